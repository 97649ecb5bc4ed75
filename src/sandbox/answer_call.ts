import type { Answer, Call, Simulation } from "./call.ts";
import { endDeprecatedVersions } from "./deprecation.ts";
import { inListStyle } from "./list_style.ts";
import type { RateLimiter } from "./rate_limit.ts";
import { inOAuthStyle, notFound, Refusal, VerbatimRefusal, versionMissing } from "./refusal.ts";
import { checkVersion, type Route } from "./routes.ts";
import { versionIn } from "./version.ts";

/** A request whose body has been read. */
export interface ReadRequest {
  /** `POST`, … */
  readonly method: string;
  /** The whole address. */
  readonly url: URL;
  /** Headers as they came. */
  readonly headers: Headers;
  /** The raw body. */
  readonly body: string;
}

/** Does the work of one request, all of it at once: nothing can come between check and effect. */
export function answerCall(
  request: ReadRequest,
  route: Route | undefined,
  simulation: Simulation,
  limiter: RateLimiter | undefined,
): Answer {
  endDeprecatedVersions(simulation);
  const limit = simulation.settings.rateLimit;
  const limitHeaders: Record<string, string> = {};
  try {
    if (route === undefined) throw notFound(request.method, request.url.pathname);
    const asked = versionIn(request.headers, route.endpoint);
    if (asked === undefined && route.bearer && request.headers.has("authorization")) throw versionMissing();
    const version = asked ?? "2021-07-28";
    checkVersion(route, version, request.url.pathname);
    const call: Call = {
      ...request,
      version,
      now: simulation.settings.now(),
      simulation,
      charge(place, path) {
        if (limiter === undefined || limit === false || (path === "oauth" && !limit.oauth)) return;
        Object.assign(limitHeaders, limiter.charge(place, call.now));
      },
    };
    const answer = route.answer(call);
    return { ...answer, headers: { ...answer.headers, ...limitHeaders } };
  } catch (error) {
    if (error instanceof VerbatimRefusal) return error.answer;
    if (!(error instanceof Refusal)) throw error;
    if (error.answer.status === 429) simulation.counts.rateLimited++;
    const { answer } = error;
    return inStyleOf(
      request,
      route,
      simulation,
      {
        ...answer,
        body: { ...bodyOf(answer), traceId: simulation.random.uuid() },
        headers: { ...limitHeaders, ...answer.headers },
      },
      error.message,
    );
  }
}

function inStyleOf(
  request: ReadRequest,
  route: Route | undefined,
  simulation: Simulation,
  answer: Answer,
  message: string,
): Answer {
  if (route?.endpoint === "token" && simulation.settings.errorStyle === "oauth") {
    return inOAuthStyle(answer, message);
  }
  const isList = route?.endpoint === "installedLocations" && route.only?.version === "v3";
  return isList && request.headers.get("version") === "v3" ? inListStyle(answer, message) : answer;
}

function bodyOf(answer: Answer): object {
  return typeof answer.body === "object" && answer.body !== null ? answer.body : {};
}
