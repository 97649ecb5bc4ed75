import type { RateLimitBinding } from "../env.ts";
import type { Role } from "../settings.ts";
import { type Actor, actorName } from "./actor.ts";
import { addressOf } from "./address_of.ts";
import type { Keyring } from "./keyring.ts";
import { ProblemError } from "./problem.ts";

const RANK: Readonly<Record<Role, number>> = { viewer: 1, service: 2, admin: 3 };

/** Whether `role` may do what `needed` may. */
export function mayDo(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** The bearer key of an `Authorization` header. */
export function bearerKey(authorization: string | null | undefined): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * Whose bearer key a request has.
 *
 * @throws {ProblemError} 401 without a key or with a wrong one, 429 after too many wrong ones.
 */
export async function authenticate(
  request: Request,
  keys: Keyring,
  wrongKeys: RateLimitBinding | undefined,
): Promise<Actor> {
  const key = bearerKey(request.headers.get("authorization"));
  const known = key === undefined ? undefined : await keys.find(key);
  if (known) return known.actor;
  if (key !== undefined) await limitWrongKeys(request, wrongKeys);
  throw new ProblemError({
    status: 401,
    code: key === undefined ? "missing_key" : "wrong_key",
    detail: (key === undefined ? "" : "That key is not valid. ") +
      "Send an admin, service, viewer or named key of this worker: Authorization: Bearer <key>.",
    headers: { "WWW-Authenticate": `Bearer realm="highlevel-reconnect"` },
  });
}

/**
 * Lets `actor` do what `needed` may.
 *
 * @throws {ProblemError} 403 where his key is of a lower role.
 */
export function requireRole({ role }: Actor, needed: Role): void {
  if (mayDo(role, needed)) return;
  throw new ProblemError({
    status: 403,
    code: "not_allowed",
    detail: `This needs a key of role ${needed}.`,
  });
}

/**
 * Counts a request of `actor` at the app `appId`. Both keys that a name has while they are changed count as one.
 *
 * @throws {ProblemError} 429 where there were too many.
 */
export async function limitRequests(
  actor: Actor,
  appId: string,
  requests: RateLimitBinding | undefined,
): Promise<void> {
  // A limit that cannot be asked limits nothing: tokens are worth more than it.
  const key = `${appId}/${actorName(actor)}`;
  const limit = await requests?.limit({ key }).catch(() => undefined);
  if (limit?.success !== false) return;
  throw new ProblemError({
    status: 429,
    code: "too_many_requests",
    detail: `Too many requests came with the key of ${actorName(actor)}.`,
    retryAfterSeconds: 60,
  });
}

/** Counts a wrong key of this address; refuses with 429 when there were too many. */
export async function limitWrongKeys(
  request: Request,
  wrongKeys: RateLimitBinding | undefined,
): Promise<void> {
  // A limit that cannot be asked limits nothing: the key stays wrong.
  const limit = await wrongKeys?.limit({ key: addressOf(request) }).catch(() => undefined);
  if (limit?.success !== false) return;
  throw new ProblemError({
    status: 429,
    code: "too_many_wrong_keys",
    detail: "Too many wrong keys came from this address.",
    retryAfterSeconds: 60,
  });
}
