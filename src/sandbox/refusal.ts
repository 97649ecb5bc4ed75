import type { Answer } from "./call.ts";

/** Ends a call with an error answer. */
export class Refusal extends Error {
  /** The answer to give. */
  readonly answer: Answer;

  /** Refuses with HighLevel's usual error body, more members, and headers. */
  constructor(
    status: number,
    message: string | readonly string[],
    extra: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof message === "string" ? message : message.join("; "));
    this.name = "Refusal";
    this.answer = { status, body: { statusCode: status, message, ...extra }, headers };
  }
}

/** Ends a call with exactly this answer, in no other style and without a trace id. */
export class VerbatimRefusal extends Error {
  /** The answer to give. */
  readonly answer: Answer;

  /** Refuses with an answer. */
  constructor(answer: Answer) {
    super("The answer says it all.");
    this.name = "VerbatimRefusal";
    this.answer = answer;
  }
}

/** 401: the token lives, but this is not for it. HighLevel says 401 here, not 403. */
export function unauthorized(message: string): Refusal {
  return new Refusal(401, message, { error: "Unauthorized" });
}

/** 401: a call with a bearer token has no `Version` header. */
export function versionMissing(): Refusal {
  return unauthorized("version header was not found.");
}

/** 401: the token may not act for this location. */
export function notAccessible(): Refusal {
  return unauthorized("This location is not accessible from this token.");
}

/** 401: the client id or secret is wrong. */
export function invalidClient(): Refusal {
  return new Refusal(401, "Invalid client: client credentials are invalid", { error: "invalid_client" });
}

/** 400: a code or refresh token is invalid, expired or already used. */
export function invalidGrant(what: "refresh token" | "authorization code"): Refusal {
  return new Refusal(400, `Invalid grant: ${what} is invalid`);
}

/** 400: the refresh token belongs to another pair of the app. */
export function issuedToAnotherClient(): Refusal {
  return new Refusal(400, "Invalid grant: refresh token was issued to another client");
}

/** 401: the code is invalid, expired or already used, as public code bases report it. */
export function codeNotFound(): VerbatimRefusal {
  const body = { error: "UnAuthorized!", error_description: "Authorization code not found" };
  return new VerbatimRefusal({ status: 401, body });
}

/** 400: a field is not what it must be. */
export function invalidParameter(name: string): Refusal {
  return new Refusal(400, `Invalid parameter: \`${name}\``);
}

/** 400: the location is paused or unpaid. */
export function notActive(status: 400 | 403 = 400): Refusal {
  return new Refusal(status, "Location is not active");
}

/** 422: the fields named are wrong. */
export function unprocessable(messages: readonly string[]): Refusal {
  return new Refusal(422, messages, { error: "Unprocessable Entity" });
}

/** 404: there is no such path. */
export function notFound(method: string, path: string): Refusal {
  return new Refusal(404, `Cannot ${method} ${path}`, { error: "Not Found" });
}

/** OAuth's own error body for an answer of the token endpoint. */
export function inOAuthStyle(answer: Answer, message: string): Answer {
  const prefix = message.slice(0, Math.max(message.indexOf(":"), 0)).toLowerCase().replaceAll(" ", "_");
  const error = prefix.startsWith("invalid_") && prefix !== "invalid_parameter" ||
      prefix === "unsupported_grant_type"
    ? prefix
    : "invalid_request";
  return { ...answer, body: { error, error_description: message } };
}
