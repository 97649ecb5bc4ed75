/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { Actor } from "../http/actor.ts";
import type { AppTypes } from "../http/route.ts";
import { readerOf } from "./language.ts";
import { Layout } from "./layout.tsx";
import type { PageParts, View } from "./view.ts";
import { ZONE_COOKIE, zoneOf } from "./zone.ts";

/** The cookie that keeps the language chosen here. */
export const LANGUAGE_COOKIE = "highlevel_language";

/** What pages load, and where they send forms: this origin alone, and nothing inline. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What a page of this request is drawn with. */
export async function viewOf(context: Context<AppTypes>, actor: Actor | undefined): Promise<View> {
  const { words, base, settings } = context.get("scope");
  const { pathname, search } = new URL(context.req.url);
  const { language, locale } = readerOf(
    getCookie(context, LANGUAGE_COOKIE),
    context.req.header("accept-language"),
  );
  return {
    words: await words(language),
    locale,
    zone: zoneOf(getCookie(context, ZONE_COOKIE)),
    base,
    path: pathname + search,
    hasEvents: settings.events !== undefined,
    role: actor?.role,
    isReadOnly: settings.readOnly,
    ...actor?.name !== undefined && { name: actor.name },
    now: Date.now(),
  };
}

/** The response that shows `page`. */
export async function showPage(
  context: Context<AppTypes>,
  view: View,
  page: PageParts,
  status: 200 | 400 | 401 | 403 | 404 | 413 | 415 | 422 | 429 | 500 | 503 = 200,
): Promise<Response> {
  const document = await <Layout view={view} page={page} />;
  context.header("Content-Security-Policy", POLICY);
  context.header("Content-Language", view.words.code);
  context.header("Vary", "Accept-Language, Cookie");
  context.header("Cache-Control", "no-store");
  return context.html(`<!doctype html>${document}`, status);
}
