/** What a futile healing says holds this long, ms. */
const HOLDS_MS = 60_000;
/** Connections remembered, and paths of one. */
const MAX_CONNECTIONS = 1_000;
const MAX_PATHS = 100;

/** What is known of the healings of one connection. */
interface Known {
  /** The token that healing brought last; it is proven once it has opened something. */
  brought?: { readonly accessToken: string; readonly until: number; isProven: boolean };
  /** Until when a path is known to refuse healed tokens too, ms. */
  readonly refusing: Map<string, number>;
}

/**
 * Remembers where healing did not help: whatever refuses a new token, such as a missing scope, would refuse the next one too.
 * For a minute it is not done again for the same connection and kind of path, whatever else works meanwhile.
 */
export class Healings {
  readonly #known = new Map<string, Known>();

  /** Whether the connection under `key` may be healed after a call of `path` was refused with `accessToken`. */
  mayHelp(key: string, path: string, accessToken: string, now: number): boolean {
    const known = this.#known.get(key);
    if (!known) return true;
    const { brought } = known;
    const isUnproven = brought?.accessToken === accessToken && !brought.isProven && brought.until > now;
    if (isUnproven) this.noteRefused(key, path, now);
    return !isUnproven && !((known.refusing.get(kindOf(path)) ?? 0) > now);
  }

  /** Notes that healing brought `accessToken`. */
  noteBrought(key: string, accessToken: string, now: number): void {
    this.#of(key).brought = { accessToken, until: now + HOLDS_MS, isProven: false };
  }

  /** Notes that `path` refused a token that healing had just brought. */
  noteRefused(key: string, path: string, now: number): void {
    const { refusing } = this.#of(key);
    if (refusing.size >= MAX_PATHS) refusing.clear();
    refusing.set(kindOf(path), now + HOLDS_MS);
  }

  /** Notes that a call of `path` was let through with `accessToken`. */
  noteOpened(key: string, path: string, accessToken: string): void {
    const known = this.#known.get(key);
    if (!known) return;
    if (known.brought?.accessToken === accessToken) known.brought.isProven = true;
    known.refusing.delete(kindOf(path));
  }

  #of(key: string): Known {
    let known = this.#known.get(key);
    if (!known) {
      if (this.#known.size >= MAX_CONNECTIONS) this.#known.clear();
      this.#known.set(key, known = { refusing: new Map() });
    }
    return known;
  }
}

/** `path` without its query and with ids left open: calls of one kind are let through or refused alike. */
function kindOf(path: string): string {
  return path.replace(/[?#][^]*/, "").replace(/\/(?=[^/]*\d)[\w-]{8,}/g, "/*");
}
