import { refusalFrom } from "../oauth/request/refusal.ts";
import { readBytes } from "../oauth/request/read_bytes.ts";
import { USER_AGENT } from "../oauth/request/user_agent.ts";
import { appIdOf, type HighLevelApp, versionOf } from "../oauth/highlevel_app.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { Parts } from "./parts.ts";
import { unlessForgotten } from "./record.ts";

/** What one cheap call found out of an access token. */
export type TokenState = "living" | "dead" | "unknown";

/** Longest wait for the call, ms. */
const TIMEOUT_MS = 15_000;

/** Whether the access token held lives; see `Connections.check`. */
export async function checkConnection(
  { app, base, keyOf, records, requests }: Parts,
  given: ConnectionTarget,
): Promise<TokenState> {
  const { key, target } = keyOf(given);
  const { tokens } = unlessForgotten(await records.read(key)) ?? {};
  if (!tokens || tokens.expiresAt.getTime() <= requests.now()) return "unknown";
  return await checkToken(app, base, target, tokens.accessToken);
}

/**
 * Asks HighLevel's API once with `accessToken`, and heals nothing. Any answer of HighLevel's but that of a dead token proves
 * life; an outage, a page of somebody else's or too many requests tell nothing.
 */
async function checkToken(
  app: HighLevelApp,
  base: string,
  target: ConnectionTarget,
  accessToken: string,
): Promise<TokenState> {
  const { fetch = globalThis.fetch } = app;
  const { locationId, companyId } = target;
  const list = `oauth/${
    versionOf(app) === "v3" ? "installed-locations?pageSize" : "installedLocations?limit"
  }=1`;
  const path = locationId === undefined
    ? `${list}&companyId=${companyId}&appId=${appIdOf(app)}`
    : `locations/${locationId}`;
  const headers = {
    Accept: "application/json",
    "User-Agent": USER_AGENT,
    Authorization: `Bearer ${accessToken}`,
    Version: versionOf(app),
  };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(base + path, { headers, signal, redirect: "manual" });
    const { ok, status } = response;
    const text = new TextDecoder().decode(await readBytes(response, signal));
    const body = orUndefined<unknown>(() => JSON.parse(text));
    if (ok) return body === undefined ? "unknown" : "living";
    const { code, reason } = refusalFrom("", status, body ?? text);
    if (code === "unauthorized") return "dead";
    const saysNothing = /^(unavailable|malformed_response|rate_limited)$/.test(code) || reason === "firewall";
    return saysNothing ? "unknown" : "living";
  } catch {
    return "unknown";
  }
}
