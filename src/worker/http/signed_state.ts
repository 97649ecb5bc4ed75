import type { Context } from "hono";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { AppTypes } from "./route.ts";
import { dropCookie, readCookie, type SignedCookie, writeCookie } from "./signed_cookie.ts";

/** How long an installation may take, seconds. */
const LIFETIME_SECONDS = 600;
const COOKIE: SignedCookie = {
  name: "highlevel_state",
  path: "/oauth",
  maxAge: LIFETIME_SECONDS,
  sameSite: "Lax",
  keyFrom: ({ sealingKeys }) => `install state ${sealingKeys[0]}`,
};

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
  await writeCookie(context, COOKIE, state);
  return nonce;
}

/** Ends the state of this browser and returns it, if it is the one that came back, in time, and for the first time. */
export async function endState(
  context: Context<AppTypes>,
  nonce: string | undefined,
): Promise<Pick<InstallState, "expected"> | undefined> {
  const json = await readCookie(context, COOKIE);
  dropCookie(context, COOKIE);
  if (json === undefined || !nonce) return undefined;
  const state: InstallState = JSON.parse(json);
  if (state.nonce !== nonce || state.endsAt < Date.now()) return undefined;
  const { TOKENS } = context.get("scope").env;
  const used = `once/${nonce}`;
  if (await TOKENS.get(used) !== null) return undefined;
  // KV's trouble must not cost an installation: the code works once, and the state in this browser only.
  await TOKENS.put(used, "", { expirationTtl: LIFETIME_SECONDS }).catch(() => {});
  return state.expected ? { expected: state.expected } : {};
}
