import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import type { ConnectionTarget } from "../../oauth/target.ts";
import { sha256Hex } from "./digest.ts";
import type { AppTypes } from "./route.ts";

const COOKIE = "highlevel_state";
/** How long an installation may take, seconds. */
const LIFETIME_SECONDS = 600;

/** What a browser carries from `/oauth/install` to `/oauth/callback`. */
interface InstallState {
  readonly nonce: string;
  /** The connection that shall come back. */
  readonly expected?: ConnectionTarget;
  readonly endsAt: number;
}

/** Binds a new state to this browser by a signed cookie; returns what goes into the authorisation URL. */
export async function startState(
  context: Context<AppTypes>,
  expected: ConnectionTarget | undefined,
): Promise<string> {
  const nonce = crypto.randomUUID();
  const state: InstallState = {
    nonce,
    ...(expected && { expected }),
    endsAt: Date.now() + LIFETIME_SECONDS * 1000,
  };
  await setSignedCookie(context, COOKIE, btoa(JSON.stringify(state)), await secretOf(context), {
    ...cookieScope(context),
    maxAge: LIFETIME_SECONDS,
    httpOnly: true,
    sameSite: "Lax",
  });
  return nonce;
}

/** Ends the state of this browser and returns it, if it is the one that came back, in time, and for the first time. */
export async function endState(
  context: Context<AppTypes>,
  nonce: string | undefined,
): Promise<Pick<InstallState, "expected"> | undefined> {
  const value = await getSignedCookie(context, await secretOf(context), COOKIE);
  deleteCookie(context, COOKIE, cookieScope(context));
  if (!value || !nonce) return undefined;
  const state: InstallState = JSON.parse(atob(value)); // signed: only we can have written it
  if (state.nonce !== nonce || state.endsAt < Date.now()) return undefined;
  const { TOKENS } = context.get("scope").env;
  const used = `once/${nonce}`;
  if (await TOKENS.get(used) !== null) return undefined;
  await TOKENS.put(used, "", { expirationTtl: LIFETIME_SECONDS });
  return state.expected ? { expected: state.expected } : {};
}

function cookieScope(context: Context<AppTypes>): { path: string; secure: boolean } {
  const isSecure = new URL(context.req.url).protocol === "https:";
  return { path: `${context.get("scope").base}/oauth`, secure: isSecure };
}

async function secretOf(context: Context<AppTypes>): Promise<string> {
  return await sha256Hex(`install state ${context.get("scope").settings.sealingKeys[0]}`);
}
