import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { AppTypes } from "../http/route.ts";
import { openText, sealText } from "../http/sealed_text.ts";
import { cookieScope } from "../http/signed_cookie.ts";

/** Where browsers send the cookie of a state, below the mount. */
const PATH = "/oauth";
/** How long an installation may take, seconds. */
const LIFETIME_SECONDS = 600;
/** Installations that one browser may have begun; with more, the oldest ends. Headers must not grow without end. */
const MAX_STATES = 8;
const NONCE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const COOKIE_NAME = /^highlevel_state_[0-9a-f]{12}$/;

/** What a browser carries from `/oauth/install` to `/oauth/callback`. */
export interface InstallState {
  /** Comes back as `state`. */
  readonly nonce: string;
  /** The connection that shall come back. */
  readonly expected?: ConnectionTarget;
  /** The link that the browser came by. */
  readonly link?: string;
  /** Until when it can come back, ms. */
  readonly endsAt: number;
}

/**
 * Binds a new state to this browser by a sealed cookie of its own, so that installations in several tabs do not disturb each
 * other, and whoever reads a browser's cookies learns no id; returns what goes into the authorisation URL.
 */
export async function startState(
  context: Context<AppTypes>,
  meant: Pick<InstallState, "expected" | "link">,
): Promise<string> {
  await dropOldest(context);
  const nonce = crypto.randomUUID();
  const state: InstallState = { nonce, ...meant, endsAt: Date.now() + LIFETIME_SECONDS * 1000 };
  const { id, settings: { sealingKeys } } = context.get("scope");
  setCookie(context, cookieOf(nonce), await sealText(sealingKeys, purposeOf(id), JSON.stringify(state)), {
    ...cookieScope(context, PATH),
    maxAge: LIFETIME_SECONDS,
    httpOnly: true,
    sameSite: "Lax",
  });
  return meant.link === undefined ? nonce : `${nonce}.${meant.link}`;
}

/** The link that a state says the browser came by: also where another browser brings it, which can begin there again. */
export function linkIn(stateText: string): string | undefined {
  return /^[^.]*\.([\w-]{40,256})$/.exec(stateText)?.[1];
}

/** The state of this browser that came back as `stateText`, if it began one, in time, and did not use it before. Changes nothing. */
export async function readState(
  context: Context<AppTypes>,
  stateText: string,
): Promise<InstallState | undefined> {
  const [nonce = ""] = stateText.split(".", 1);
  if (!NONCE.test(nonce)) return undefined;
  const state = await stateIn(context, cookieOf(nonce));
  if (state?.nonce !== nonce || state.endsAt < Date.now()) return undefined;
  // Where KV does not answer, the code itself works once.
  const used = await context.get("scope").env.TOKENS.get(usedKey(state)).catch(() => null);
  return used === null ? state : undefined;
}

/** When an installation began, ms. */
export function beganAt({ endsAt }: InstallState): number {
  return endsAt - LIFETIME_SECONDS * 1000;
}

/** Has this browser forget a state. */
export function dropState(context: Context<AppTypes>, { nonce }: InstallState): void {
  dropCookie(context, cookieOf(nonce));
}

/** Notes that a state brought an installation: from now on nobody uses it again, also with a copy of its cookie. */
export function noteStateUsed(context: Context<AppTypes>, state: InstallState): void {
  const { env, waitUntil } = context.get("scope");
  // KV's trouble must not cost an installation: the code works once, and the state in this browser only.
  waitUntil(env.TOKENS.put(usedKey(state), "", { expirationTtl: LIFETIME_SECONDS }).catch(() => {}));
}

/** Makes room for one more state. */
async function dropOldest(context: Context<AppTypes>): Promise<void> {
  const names = Object.keys(getCookie(context)).filter((name) => COOKIE_NAME.test(name));
  if (names.length < MAX_STATES) return;
  const states = await Promise.all(
    names.map(async (name) => ({ name, endsAt: (await stateIn(context, name))?.endsAt ?? 0 })),
  );
  const oldest = states.sort((one, other) => one.endsAt - other.endsAt);
  for (const { name } of oldest.slice(0, names.length - MAX_STATES + 1)) dropCookie(context, name);
}

async function stateIn(context: Context<AppTypes>, name: string): Promise<InstallState | undefined> {
  const { id, settings: { sealingKeys } } = context.get("scope");
  const json = await openText(sealingKeys, purposeOf(id), getCookie(context, name) ?? "");
  return json === undefined ? undefined : JSON.parse(json);
}

function dropCookie(context: Context<AppTypes>, name: string): void {
  deleteCookie(context, name, cookieScope(context, PATH));
}

function cookieOf(nonce: string): string {
  return `highlevel_state_${nonce.replaceAll("-", "").slice(0, 12)}`;
}

/** What an app's states are sealed for; the number grows with their form. */
function purposeOf(id: string): string {
  return `install state 1 ${id}`;
}

function usedKey({ nonce }: InstallState): string {
  return `once/${nonce}`;
}
