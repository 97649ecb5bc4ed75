import { setCookie } from "hono/cookie";
import { LANGUAGES } from "./language.ts";
import { LANGUAGE_COOKIE, showPage } from "./show_page.tsx";
import { type SignInNote, signInPage, signInPath } from "./sign_in_page.tsx";
import { noSuchPage, readForm, seeOther, type Ui, uiRoute } from "./ui_route.ts";
import { limitWrongKeys } from "../http/authenticate.ts";
import { assetFile } from "../http/asset_file.ts";
import { ProblemError } from "../http/problem.ts";
import { noInput, type Route, route } from "../http/route.ts";
import { endSession, ownPath, startSession } from "../http/session.ts";
import { cookieScope } from "../http/signed_cookie.ts";
import { campaignPages } from "./ui_campaigns.ts";
import { bulkRoutes } from "./ui_bulk.ts";
import { eventPages } from "./ui_events.ts";
import { connectionPages } from "./ui_connections.ts";

const YEAR_SECONDS = 365 * 24 * 3_600;

/** The dashboard: its files, signing in and out, the language; then its pages. */
export const uiRoutes: readonly Route[] = [
  ...["style.css", "customer.css", "app.js", "api.js", "icon.svg"].map((name) =>
    route({
      ...noInput,
      method: "get",
      path: `/ui/${name}`,
      access: "session",
      handle: async (context) => {
        const known = context.req.header("if-none-match");
        const { env } = context.get("scope");
        const file = await assetFile(env, name, known === undefined ? {} : { "If-None-Match": known });
        return new Response(file.body, file); // its own headers cannot be changed
      },
    })
  ),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/sign-in",
    changes: "nothing",
    needs: "nobody",
    handle: async (ui) => {
      const { context, scope: { keys, env, base } } = ui;
      const form = await readForm(context.req.raw);
      const next = ownPath(base, form.get("next") ?? undefined);
      const known = await keys.find(form.get("key")?.trim() ?? "");
      if (!known) return await refuseKey(ui, next, env.WRONG_KEYS);
      await startSession(context, known);
      return seeOther(context, next);
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/sign-out",
    changes: "nothing",
    needs: "nobody",
    handle: async ({ context, scope: { base } }) => {
      await endSession(context);
      return seeOther(context, `${base || "/"}?note=signedOut`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/language",
    changes: "nothing",
    needs: "nobody",
    handle: async ({ context, scope: { base } }) => {
      const form = await readForm(context.req.raw);
      const code = form.get("to") ?? "";
      if (LANGUAGES.has(code)) {
        const scope = cookieScope(context, "");
        setCookie(context, LANGUAGE_COOKIE, code, { ...scope, sameSite: "Lax", maxAge: YEAR_SECONDS });
      }
      return seeOther(context, ownPath(base, form.get("next") ?? undefined));
    },
  }),
  ...connectionPages,
  ...bulkRoutes,
  ...eventPages,
  ...campaignPages,
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/*",
    needs: "viewer",
    handle: ({ context, view: { base, path } }) => {
      if (path === `${base}/ui/sign-in`) return seeOther(context, base || "/"); // where a wrong key left the browser
      throw noSuchPage();
    },
  }),
];

/** Says that a key is wrong, or that too many were. */
async function refuseKey(
  { context, view }: Ui,
  next: string,
  wrongKeys: Parameters<typeof limitWrongKeys>[1],
): Promise<Response> {
  let note: SignInNote = "wrongKey";
  try {
    await limitWrongKeys(context.req.raw, wrongKeys);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    note = "tooManyKeys";
    context.header("Retry-After", "60");
  }
  const path = signInPath(view.base, next); // the address a form was sent to is no page
  const page = signInPage(view, { note, next });
  return await showPage(context, { ...view, path }, page, note === "wrongKey" ? 401 : 429);
}
