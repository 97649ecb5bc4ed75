import type { ConnectionTarget } from "../oauth/target.ts";

/**
 * What the SDK gets in the place of a refresh token: it names the connection and the access token that was handed out with it, and buys
 * nothing. When the SDK refreshes, it tells which token HighLevel refused.
 */
export interface StandIn {
  /** Whose it is. */
  readonly target: ConnectionTarget;
  /** What was handed out with it. */
  readonly accessToken: string;
}

const PREFIX = "stand-in";

/** A stand-in as text. */
export function standInFor(target: ConnectionTarget, accessToken: string): string {
  const [kind, id] = target.locationId === undefined
    ? ["company", target.companyId]
    : ["location", target.locationId];
  return [PREFIX, kind, id, accessToken].join(" ");
}

/** The stand-in that `text` is; `undefined` where it is none. */
export function readStandIn(text: string | null | undefined): StandIn | undefined {
  const [prefix, kind, id = "", accessToken = ""] = (text ?? "").split(" ");
  if (prefix !== PREFIX) return undefined;
  return { target: kind === "company" ? { companyId: id } : { locationId: id }, accessToken };
}
