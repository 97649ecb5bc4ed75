import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import { sha256Hex } from "./digest.ts";
import type { AppTypes, RequestScope } from "./route.ts";

/** A cookie that carries JSON which only this worker can have written; browsers send it anywhere below the mount, from its own pages only. */
export interface SignedCookie {
  /** Its name. */
  readonly name: string;
  /** How long browsers keep it, seconds. */
  readonly maxAge: number;
  /** What its key is made from. */
  readonly keyFrom: (settings: RequestScope["settings"]) => string;
}

/** Sets `cookie` to `value`. */
export async function writeCookie(
  context: Context<AppTypes>,
  cookie: SignedCookie,
  value: object,
): Promise<void> {
  const { name, maxAge } = cookie;
  await setSignedCookie(context, name, btoa(JSON.stringify(value)), await keyOf(context, cookie), {
    ...cookieScope(context, ""),
    maxAge,
    httpOnly: true,
    sameSite: "Strict",
  });
}

/** The JSON of `cookie`; nothing where there is none, or somebody else wrote it. */
export async function readCookie(
  context: Context<AppTypes>,
  cookie: SignedCookie,
): Promise<string | undefined> {
  const value = await getSignedCookie(context, await keyOf(context, cookie), cookie.name);
  return value ? atob(value) : undefined;
}

/** Has the browser forget `cookie`. */
export function dropCookie(context: Context<AppTypes>, { name }: SignedCookie): void {
  deleteCookie(context, name, cookieScope(context, ""));
}

/** Where browsers send a cookie of this app: at `path` below the mount, and over TLS only where they came by TLS. */
export function cookieScope(context: Context<AppTypes>, path: string): { path: string; secure: boolean } {
  const secure = new URL(context.req.url).protocol === "https:";
  return { path: context.get("scope").base + path || "/", secure };
}

async function keyOf(context: Context<AppTypes>, { keyFrom }: SignedCookie): Promise<string> {
  return await sha256Hex(keyFrom(context.get("scope").settings));
}
