import { authorizedFetch } from "../../connections/authorized_fetch.ts";
import { sleep } from "../../oauth/request/retry.ts";
import { ProblemError, problemOf } from "../http/problem.ts";
import { isStorageFull } from "../durable/is_storage_full.ts";
import { noInput, type Route, route } from "../http/route.ts";
import { connectionParams, targetFrom } from "../http/schemas.ts";

/** A body up to this size is held, so that the request can be repeated after healing, bytes. A larger one streams. */
const HELD_BODY_BYTES = 64 * 1024;

/** Dots, slashes and control characters in disguise: HighLevel's side might read another path than this one. */
const TRICKS = /%2e|%2f|%5c|%[01][0-9a-f]|%7f|\\|\/\//i;
/** Request headers that concern this hop, or that are the caller's own: never passed on. */
const NOT_SENT =
  /^(authorization|cookie|host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|forwarded|x-forwarded-.*|x-real-ip|cf-.*|cdn-loop|true-client-ip|origin|referer|accept-encoding)$/;
/** Answer headers that concern that hop, or that would set something at this origin. */
const NOT_RETURNED =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|content-encoding|set-cookie.*|clear-site-data|access-control-.*|strict-transport-security|public-key-pins|alt-svc|report-to|nel)$/;

/** HighLevel's API with a connection's token. */
export const proxyRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "all",
    path: "/proxy/:kind/:id/:path{.*}",
    access: "service",
    params: connectionParams,
    handle: async (context, { params }) => {
      const { edge, settings, base } = context.get("scope");
      const target = targetFrom(params);
      const request = context.req.raw;
      const { pathname, search } = new URL(request.url);
      const prefix = `${base}/proxy/${params.kind}/${params.id}`;
      const path = pathname.slice(prefix.length);
      if (!pathname.startsWith(`${prefix}/`) || TRICKS.test(path)) {
        throw new ProblemError({
          status: 400,
          code: "invalid_input",
          detail: "The path is not a plain one.",
        });
      }
      const init: RequestInit = {
        method: request.method,
        headers: passedOn(request.headers, NOT_SENT),
        signal: request.signal,
      };
      const body = await bodyOf(request);
      if (body) init.body = body;
      const { api } = edge;
      const response = await authorizedFetch(path + search, init, {
        app: settings.app,
        base: api,
        sleep,
        now: Date.now,
        key: `${params.kind}/${params.id}`,
        healings: edge.healings,
        token: async (rejected) => {
          const result = await edge.token(target, { rejected });
          if (!result.ok) throw new ProblemError(problemOf(result.error));
          return result;
        },
      }).catch(unanswered);
      const headers = passedOn(response.headers, NOT_RETURNED);
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

function passedOn(headers: Headers, without: RegExp): Headers {
  const named = (headers.get("connection") ?? "").toLowerCase().split(",").map((name) => name.trim());
  return new Headers([...headers].filter(([name]) => !without.test(name) && !named.includes(name)));
}
