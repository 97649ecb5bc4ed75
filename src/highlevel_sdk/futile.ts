/** A refusal that a new token would not change is remembered so long, ms. */
const HOLDS_MS = 60_000;
/** Tokens and connections remembered. */
const MOST = 1_000;

/**
 * Remembers what the SDK cannot tell: it refreshes after every 401, though HighLevel says so of a missing scope too. For a minute a token
 * is not healed that such words were said of, nor a connection once more that was healed just now.
 */
export class Futile {
  readonly #until = new Map<string, number>();

  /** Whether it is known that no new token would help where `accessToken` of the connection called `key` was refused. */
  isKnown(key: string, accessToken: string, now: number): boolean {
    return [key, accessToken].some((name) => (this.#until.get(name) ?? 0) > now);
  }

  /** Notes that HighLevel's words say of `accessToken` that it lives, and lacks something; or that a connection was healed. */
  note(keyOrToken: string, now: number): void {
    if (this.#until.size >= MOST) this.#until.clear();
    this.#until.set(keyOrToken, now + HOLDS_MS);
  }
}
