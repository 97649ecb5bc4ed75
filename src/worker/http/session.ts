import type { Context } from "hono";
import type { Role } from "../settings.ts";
import { ProblemError } from "./problem.ts";
import type { AppTypes } from "./route.ts";
import { dropCookie, readCookie, type SignedCookie, writeCookie } from "./signed_cookie.ts";

const COOKIE: SignedCookie = {
  name: "highlevel_session",
  path: "",
  maxAge: 12 * 3_600,
  sameSite: "Strict",
  // Every key, so that changing one ends all sessions.
  keyFrom: ({ sealingKeys, keys }) => JSON.stringify(["session", sealingKeys[0], keys]),
};

/** A browser that showed a key. */
export interface Session {
  /** Names the session, so that it can be ended before its time. */
  readonly id: string;
  /** What the key may do. */
  readonly role: Role;
  /** When it ends, ms. */
  readonly endsAt: number;
}

/** Starts a session of `role` under a new id and ends the one this browser came with. */
export async function startSession(context: Context<AppTypes>, role: Role): Promise<void> {
  await revoke(context);
  const session: Session = {
    id: crypto.randomUUID(),
    role,
    endsAt: Date.now() + COOKIE.maxAge * 1000,
  };
  await writeCookie(context, COOKIE, session);
}

/** The session of this browser, if it is one of ours, in time, and was not ended. */
export async function sessionOf(context: Context<AppTypes>): Promise<Session | undefined> {
  const session = await signedSession(context);
  if (!session) return undefined;
  const { TOKENS } = context.get("scope").env;
  const ended = await TOKENS.get(endedKey(session), { type: "text", cacheTtl: 30 });
  return ended === null ? session : undefined;
}

/** Whether a signed-in browser only looks: a GET without a key. The dashboard's pages read these routes themselves. */
export async function isSignedInLook(context: Context<AppTypes>): Promise<boolean> {
  const { method } = context.req;
  if (method !== "GET" || context.req.header("authorization") !== undefined) return false;
  return await sessionOf(context) !== undefined;
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
  const site = request.headers.get("sec-fetch-site");
  // Older browsers say only the origin; who says neither is no browser, and has keys to send instead.
  const isOwn = site === null
    ? request.headers.get("origin") === new URL(request.url).origin
    : site === "same-origin";
  if (isOwn) return;
  throw new ProblemError({
    status: 403,
    code: "not_allowed",
    detail: "This form was not sent from the dashboard. Nothing was changed.",
  });
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
async function signedSession(context: Context<AppTypes>): Promise<Session | undefined> {
  const json = await readCookie(context, COOKIE);
  if (json === undefined) return undefined;
  const session: Session = JSON.parse(json);
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

function endedKey({ id }: Session): string {
  return `session/${id}`;
}
