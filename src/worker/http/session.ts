import type { Context } from "hono";
import type { Actor } from "./actor.ts";
import type { KnownKey } from "./keyring.ts";
import { ProblemError } from "./problem.ts";
import type { AppTypes, Route } from "./route.ts";
import { isTried } from "./tried.ts";
import { dropCookie, readCookie, type SignedCookie, writeCookie } from "./signed_cookie.ts";

const COOKIE: SignedCookie = {
  name: "highlevel_session",
  maxAge: 12 * 3_600,
  keyFrom: ({ sealingKeys }) => JSON.stringify(["session", sealingKeys[0]]),
};

/** A browser that showed a key. */
export interface Session {
  /** Names the session, so that it can be ended before its time. */
  readonly id: string;
  /** Whose key it was. */
  readonly actor: Actor;
  /** When it ends, ms. */
  readonly endsAt: number;
}

/** A session as the cookie has it. It holds as long as the key with the id `key` is in the settings, and is what that key is. */
interface KeptSession extends Omit<Session, "actor"> {
  readonly key: string;
}

/** Starts a session of `known` under a new id and ends the one this browser came with. */
export async function startSession(context: Context<AppTypes>, known: KnownKey): Promise<void> {
  await revoke(context);
  const session: KeptSession = {
    id: crypto.randomUUID(),
    key: known.id,
    endsAt: Date.now() + COOKIE.maxAge * 1000,
  };
  await writeCookie(context, COOKIE, session);
}

/** The session of this browser, if it is one of ours, in time, was not ended, and its key is still one. */
export async function sessionOf(context: Context<AppTypes>): Promise<Session | undefined> {
  const session = await signedSession(context);
  if (!session) return undefined;
  const { keys, env: { TOKENS } } = context.get("scope");
  const known = await keys.withId(session.key);
  if (!known) return undefined;
  const ended = await TOKENS.get(endedKey(session), { type: "text", cacheTtl: 30 });
  return ended === null ? { id: session.id, actor: known.actor, endsAt: session.endsAt } : undefined;
}

/**
 * Whose signed-in browser calls `route` of the API without a key: it may look at what viewers may, since the dashboard's pages read that
 * themselves; and from a page of this origin call what the API's page tries.
 */
export async function signedInCaller(
  context: Context<AppTypes>,
  route: Pick<Route, "method" | "path" | "access">,
): Promise<Actor | undefined> {
  if (context.req.header("authorization") !== undefined) return undefined;
  const isLook = route.access === "viewer" && context.req.method === "GET";
  if (!isLook && !(isTried(route) && isFromOwnPage(context.req.raw))) return undefined;
  return (await sessionOf(context))?.actor;
}

/**
 * Ends the session of this browser, for good: its cookie is refused from now on, whoever sends it. Where KV has just
 * answered that the session lives, it may say so for 30 seconds more.
 */
export async function endSession(context: Context<AppTypes>): Promise<void> {
  await revoke(context);
  dropCookie(context, COOKIE);
}

/**
 * Lets a POST through only if it comes from a page of this origin.
 *
 * @throws {ProblemError} 403.
 */
export function requireSameOrigin(request: Request): void {
  if (isFromOwnPage(request)) return;
  throw new ProblemError({
    status: 403,
    code: "not_allowed",
    detail: "This form was not sent from the dashboard. Nothing was changed.",
  });
}

/** Whether a page of this origin sends `request`. Older browsers say only the origin; who says neither is no browser, and has keys to send. */
function isFromOwnPage(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  return request.headers.get("origin") === new URL(request.url).origin;
}

/** `wanted` if it is a path of this app, else the app's first page: never another origin, never another app. */
export function ownPath(base: string, wanted: string | undefined): string {
  const home = base || "/";
  if (wanted === undefined || !/^\/[\w~.%/?&=+,:@*-]*$/.test(wanted)) return home;
  const { host, pathname, search } = new URL(wanted, "https://own.invalid");
  const isOwn = host === "own.invalid" && !pathname.startsWith("//") &&
    (pathname === home || pathname.startsWith(`${base}/`));
  return isOwn ? pathname + search : home;
}

/** What the cookie says, whether or not it was ended. */
async function signedSession(context: Context<AppTypes>): Promise<KeptSession | undefined> {
  const json = await readCookie(context, COOKIE);
  if (json === undefined) return undefined;
  const session: KeptSession = JSON.parse(json);
  return session.endsAt > Date.now() ? session : undefined;
}

async function revoke(context: Context<AppTypes>): Promise<void> {
  const session = await signedSession(context);
  if (!session) return;
  const leftSeconds = Math.ceil((session.endsAt - Date.now()) / 1000);
  await context.get("scope").env.TOKENS.put(endedKey(session), "", {
    expirationTtl: Math.max(60, leftSeconds),
  });
}

function endedKey({ id }: Pick<Session, "id">): string {
  return `session/${id}`;
}
