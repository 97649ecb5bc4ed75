import type { ConnectionTarget } from "../../oauth/target.ts";
import { type Problem, problemOf } from "../http/problem.ts";
import type { PlainError } from "../objects/plain_result.ts";
import { reauthorizationLink } from "../reauthorization_link.ts";
import type { Settings } from "../settings.ts";

/** The problem of a connection without a token, with the link for the person who must authorise the app again. */
export function problemFor(error: PlainError, settings: Settings, target: ConnectionTarget): Problem {
  const link = error.code === "reauthorization_required" ? reauthorizationLink(settings, target) : undefined;
  return problemOf(error, link === undefined ? {} : { authorizationUrl: link });
}
