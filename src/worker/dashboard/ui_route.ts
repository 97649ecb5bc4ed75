import type { Context } from "hono";
import type * as v from "valibot";
import { HighLevelError } from "../../oauth/mod.ts";
import { ProblemError } from "../http/problem.ts";
import { refuseWhileReadOnly } from "../http/read_only.ts";
import { readBytes } from "../http/read_json.ts";
import type { Changing } from "../http/change.ts";
import { type AppTypes, noInput, type RequestScope, type Route, route } from "../http/route.ts";
import { ownPath, requireSameOrigin, sessionOf } from "../http/session.ts";
import { arrivalPage, troubleNotice } from "./notice_page.tsx";
import { showPage, viewOf } from "./show_page.tsx";
import { signInPath } from "./sign_in_page.tsx";
import type { View } from "./view.ts";
import { logError } from "../log.ts";

/** What a page's handler works with. */
export interface Ui {
  /** Hono's context. */
  readonly context: Context<AppTypes>;
  /** What every route of the worker gets. */
  readonly scope: RequestScope;
  /** What the page is drawn with. */
  readonly view: View;
}

/**
 * A route of the dashboard: whoever is not signed in is sent to sign in, a form must come from this origin, and what
 * goes wrong is told by a page.
 */
export function uiRoute<P extends v.GenericSchema, Q extends v.GenericSchema>(
  definition: Changing<"get" | "post"> & {
    readonly path: string;
    readonly needs: "nobody" | "viewer" | "admin";
    readonly params: P;
    readonly query: Q;
    readonly handle: (
      ui: Ui,
      input: { readonly params: v.InferOutput<P>; readonly query: v.InferOutput<Q> },
    ) => Promise<Response> | Response;
  },
): Route {
  const { path, needs, params, query, handle, method, changes = "nothing" } = definition;
  const checked = route({
    ...noInput,
    method,
    changes,
    path,
    access: "session",
    params,
    query,
    handle: async (context, input) => {
      if (method === "post") requireSameOrigin(context.req.raw);
      const session = await sessionOf(context);
      if (session) context.set("actor", session.actor);
      const view = await viewOf(context, session?.actor);
      if (!session && method === "get" && context.req.header("sec-fetch-site") === "cross-site") {
        return await showPage(context, view, arrivalPage(view));
      }
      if (needs !== "nobody" && !session) {
        if (method === "get") return seeOther(context, signInPath(view.base, view.path));
        const page = context.req.header("referer")?.replace(/^\w+:\/\/[^/]+/, ""); // the one with the form
        return seeOther(context, `${signInPath(view.base, ownPath(view.base, page))}&note=sessionEnded`);
      }
      if (needs === "admin" && view.role !== "admin") {
        throw new ProblemError({ status: 403, code: "not_allowed", detail: "This needs the admin key." });
      }
      refuseWhileReadOnly(context, changes);
      return await handle({ context, scope: context.get("scope"), view }, input);
    },
  });
  return {
    ...checked,
    handle: (context) => checked.handle(context).catch((error: unknown) => troublePage(context, error)),
  };
}

/** Ends a request for a page that does not exist. */
export function noSuchPage(): Error {
  return new ProblemError({ status: 404, code: "not_found", detail: "There is no such page." });
}

/** What a person is told at an address that nothing has, in his language. */
export function missingPage(context: Context<AppTypes>): Promise<Response> {
  return troublePage(context, noSuchPage());
}

/** Sends the browser on after a form: never to another origin. */
export function seeOther(context: Context<AppTypes>, path: string): Response {
  context.header("Cache-Control", "no-store");
  return context.redirect(path, 303);
}

/** The fields of a form that was sent, at most `maxBytes` long. */
export async function readForm(request: Request, maxBytes = 16_384): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new ProblemError({ status: 415, code: "unsupported_media_type", detail: "Send a form." });
  }
  return new URLSearchParams(new TextDecoder().decode(await readBytes(request, maxBytes)));
}

/** What went wrong, as a page in the reader's language. */
async function troublePage(context: Context<AppTypes>, error: unknown): Promise<Response> {
  const view = await viewOf(context, (await sessionOf(context).catch(() => undefined))?.actor);
  const { words } = view;
  const requestId = context.get("requestId");
  const show = (title: string, lead: string, status: Parameters<typeof showPage>[3]): Promise<Response> =>
    showPage(context, view, troubleNotice(view, { title, lead, requestId }), status);
  if (error instanceof ProblemError) {
    const { status, code } = error.problem;
    if (code === "read_only") return await show(words.readOnly, words.readOnlyLead, 503);
    switch (status) {
      case 403:
        return await show(words.notAllowed, words.notAllowedLead, status);
      case 404:
        return await show(words.notFound, words.notFoundLead, status);
      case 413:
      case 415:
      case 422:
        return await show(words.invalid, words.invalidLead, status);
    }
  }
  const isTold = error instanceof ProblemError || error instanceof HighLevelError;
  if (!isTold) {
    logError(error, { requestId, outcome: "answered" });
  }
  return await show(words.trouble, words.troubleLead, isTold ? 503 : 500);
}
