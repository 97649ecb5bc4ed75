import { appIdOf } from "../../oauth/host.ts";
import type { HighLevelApp } from "../../oauth/mod.ts";
import { ProblemError, problemOf } from "../http/problem.ts";
import { isStorageFull } from "../durable/is_storage_full.ts";
import { noInput, type Route, route } from "../http/route.ts";
import { connectionParams } from "../http/schemas.ts";
import { targetOf } from "../kind_and_id.ts";
import { logError } from "../log.ts";
import { returnedHeaders, sentHeaders } from "./proxied_headers.ts";
import { isList, judgePath, type PathVerdict } from "./proxied_path.ts";

/** A body up to this size is held, so that the request can be repeated after healing, bytes. A larger one streams. */
const HELD_BODY_BYTES = 64 * 1024;

/** HighLevel's API with a connection's token. */
export const proxyRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "all",
    path: "/proxy/:kind/:id/:path{.*}",
    access: "service",
    changes: "nothing",
    params: connectionParams,
    handle: async (context, { params }) => {
      const { tokens, settings, base, answers, waitUntil } = context.get("scope");
      const target = targetOf(params);
      const request = context.req.raw;
      const { pathname, search: asked } = new URL(request.url);
      const prefix = `${base}/proxy/${params.kind}/${params.id}`;
      const path = pathname.slice(prefix.length);
      const search = isList(path) ? ofOwnApp(asked, settings.app) : asked;
      const isBelow = pathname.startsWith(`${prefix}/`);
      refuseUnless(isBelow ? judgePath(request.method, path, settings.proxyAllow) : "not_plain");
      const init: RequestInit = {
        method: request.method,
        headers: sentHeaders(request.headers),
        signal: request.signal,
      };
      const body = await bodyOf(request);
      if (body) init.body = body;
      const { api } = tokens;
      const response = await tokens.fetch(
        target,
        path + search,
        init,
        (error) => new ProblemError(problemOf(error)),
      ).catch(unanswered);
      const told = answers.note(response.status, Date.now());
      if (told) waitUntil(told.catch((error: unknown) => logError(error, { outcome: "passed_over" })));
      const headers = returnedHeaders(response.headers);
      const location = headers.get("location");
      if (location !== null) {
        // Relative, it would lead the caller, with the key, to another path of this origin.
        const { href } = URL.parse(location, api + path.slice(1) + search) ?? {};
        headers.delete("Location");
        if (href) {
          headers.set("Location", href.startsWith(api) ? `${prefix}/${href.slice(api.length)}` : href);
        }
      }
      headers.set("Cache-Control", "no-store");
      headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
      return new Response(response.body, { status: response.status, headers });
    },
  }),
];

/** A list of installations is of this worker's app, whoever asks: callers need not know its id. */
function ofOwnApp(search: string, app: HighLevelApp): string {
  const query = new URLSearchParams(search);
  query.set("appId", appIdOf(app));
  return `?${query}`;
}

/** Lets a path through that passed. */
function refuseUnless(verdict: PathVerdict): void {
  switch (verdict) {
    case "passed":
      return;
    case "not_plain":
      throw new ProblemError({ status: 400, code: "invalid_input", detail: "The path is not a plain one." });
    case "not_allowed":
      throw new ProblemError({
        status: 403,
        code: "path_not_allowed",
        detail: "The proxy passes on nothing below /oauth and /marketplace but what PROXY_ALLOW names.",
      });
  }
}

/** HighLevel could not be reached. What the runtime says of it may name anything, so it is not passed on. */
function unanswered(error: unknown): never {
  if (error instanceof ProblemError || isStorageFull(error)) throw error;
  throw new ProblemError({
    status: 502,
    code: "network",
    detail: "HighLevel gave no answer. The request may have been carried out.",
  });
}

/** A small body whole, so that it can be sent twice; a large or endless one as it streams. */
async function bodyOf(request: Request): Promise<ArrayBuffer | ReadableStream | undefined> {
  if (!request.body) return undefined;
  const length = Number(request.headers.get("content-length") ?? Infinity);
  return length <= HELD_BODY_BYTES ? await request.arrayBuffer() : request.body;
}
