import type { RateLimitBinding } from "../env.ts";
import { addressOf } from "./address_of.ts";
import type { Role } from "../settings.ts";
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
 * Lets a request through if its bearer key may do what `needed` may.
 *
 * @throws {ProblemError} 401 without a key or with a wrong one, 403 with a lower one, 429 after too many wrong ones.
 */
export async function requireRole(
  request: Request,
  needed: Role,
  keys: Keyring,
  wrongKeys: RateLimitBinding | undefined,
): Promise<Role> {
  const key = bearerKey(request.headers.get("authorization"));
  const challenge = { "WWW-Authenticate": `Bearer realm="highlevel-reconnect"` };
  if (key === undefined) {
    throw new ProblemError({
      status: 401,
      code: "missing_key",
      detail: "Send a key: Authorization: Bearer <key>.",
      headers: challenge,
    });
  }
  const role = await keys.roleOf(key);
  if (!role) {
    await limitWrongKeys(request, wrongKeys);
    throw new ProblemError({
      status: 401,
      code: "wrong_key",
      detail: "This key is not known here.",
      headers: challenge,
    });
  }
  if (!mayDo(role, needed)) {
    throw new ProblemError({
      status: 403,
      code: "not_allowed",
      detail: `This needs a key of role ${needed}.`,
    });
  }
  return role;
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
