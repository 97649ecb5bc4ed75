import { choosePage } from "./choose_page.ts";
import { asksPerson, chosenTarget } from "./chosen_target.ts";
import type { Answer, Call } from "./call.ts";
import { livingPairs } from "./key_pairs.ts";
import { invalidParameter, Refusal } from "./refusal.ts";

/**
 * `GET /v2/oauth/chooselocation`: the authorisation page. It redirects at once for what `sandbox_target` names;
 * `sandbox_refuse=1` is a user who says no, `sandbox_page=1` asks for a page to click on.
 */
export function chooseLocation(call: Call): Answer {
  const { simulation, now } = call;
  const query = call.url.searchParams;
  for (const name of ["response_type", "client_id", "redirect_uri", "scope"]) {
    if (!query.get(name)) throw new Refusal(400, `Missing parameter: \`${name}\``);
  }
  if (query.get("response_type") !== "code") throw invalidParameter("response_type");
  const clientId = query.get("client_id") ?? "";
  if (!livingPairs(simulation).some((pair) => pair.clientId === clientId)) {
    throw invalidParameter("client_id");
  }
  const redirectUri = query.get("redirect_uri") ?? "";
  if (redirectUri !== simulation.app.redirectUri) throw invalidParameter("redirect_uri");
  const versionId = query.get("version_id") || null;
  if (versionId === null && simulation.settings.requireVersionId) {
    throw new Refusal(400, "error.noversionid", { error: "Bad Request" });
  }
  if (asksPerson(call)) return choosePage(call);

  const state = query.get("state");
  if (query.get("sandbox_refuse") === "1") {
    return redirectBack(redirectUri, { error: "access_denied", state });
  }
  const expiresAt = now + simulation.settings.codeLifetimeMs;
  const purpose = { clientId, redirectUri, versionId };
  const { code } = simulation.ledger.issueCode(chosenTarget(call), simulation.random, expiresAt, purpose);
  return redirectBack(redirectUri, { code, state });
}

/** Sends the browser back to the app, with what is not `null` in the query. */
export function redirectBack(redirectUri: string, query: Readonly<Record<string, string | null>>): Answer {
  const back = new URL(redirectUri);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null) back.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: back.href } };
}
