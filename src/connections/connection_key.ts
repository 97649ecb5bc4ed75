import { checkTarget, type ConnectionTarget } from "../oauth/target.ts";

/** Where a connection's record is kept, and what follows from that. */
export interface ConnectionKey {
  /** The store's key: `<app id>/location/<id>` or `<app id>/company/<id>`. */
  readonly key: string;
  /** Which connection, with nothing else that the caller's object may carry. */
  readonly target: ConnectionTarget;
  /** From 0 up to 1, the same for the same key: spreads over time what many connections would do at once. */
  readonly spread: number;
}

/** Keys of locations remembered. */
const MAX_KEYS = 5_000;

/** The store's key of `target`, below the app's `prefix`. Checks the target. */
export function keyOf(prefix: string, target: ConnectionTarget): string {
  const { locationId, companyId } = checkTarget(target);
  return locationId === undefined ? `${prefix}company/${companyId}` : `${prefix}location/${locationId}`;
}

/** The target that `key` names, if it is a key of {@linkcode keyOf}. */
export function targetOf(prefix: string, key: string): ConnectionTarget | undefined {
  const [, kind, id] = /^(location|company)\/([\w-]{1,128})$/.exec(key.slice(prefix.length)) ?? [];
  if (!id || !key.startsWith(prefix)) return undefined;
  return kind === "company" ? { companyId: id } : { locationId: id };
}

/** Gives keys below `prefix`, each made and checked once for many calls. */
export function connectionKeys(prefix: string): (target: ConnectionTarget) => ConnectionKey {
  const known = new Map<string, ConnectionKey>();
  return (target) => {
    const { locationId = "", companyId } = target ?? {};
    const found = companyId === undefined ? known.get(locationId) : undefined;
    if (found) return found;
    const own = Object.freeze(checkTarget(target)); // it is handed out
    const key = keyOf(prefix, own);
    const made = { key, target: own, spread: spreadOf(key) };
    if (known.size >= MAX_KEYS) known.clear();
    if (locationId) known.set(locationId, made);
    return made;
  };
}

/** A number from 0 up to 1 that `text` always gives: FNV-1a, and the last steps of MurmurHash3, so that names alike are far apart. */
export function spreadOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
