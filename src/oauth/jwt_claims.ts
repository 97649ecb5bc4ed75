import { isObject } from "./fields.ts";
import { orUndefined } from "./or_undefined.ts";

/**
 * What the payload of the JWT `token` claims, unverified; nothing where it is no JWT. Good for telling tokens apart, never
 * for trusting one.
 */
export function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  const claims = orUndefined<unknown>(() =>
    JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")))
  );
  return isObject(claims) ? claims : {};
}
