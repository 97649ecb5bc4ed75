import type { Call } from "./call.ts";
import type { Installation } from "./installation.ts";
import { readFields, required } from "./read_body.ts";
import { invalidParameter } from "./refusal.ts";

const FIELD_NAMES = {
  "2021-07-28": {
    clientId: "client_id",
    clientSecret: "client_secret",
    grantType: "grant_type",
    code: "code",
    refreshToken: "refresh_token",
    userType: "user_type",
    redirectUri: "redirect_uri",
  },
  v3: {
    clientId: "clientId",
    clientSecret: "clientSecret",
    grantType: "grantType",
    code: "code",
    refreshToken: "refreshToken",
    userType: "userType",
    redirectUri: "redirectUri",
  },
};

/** A field of a token request, by its name in v3. */
export type TokenField = keyof typeof FIELD_NAMES.v3;

/** A request to the token endpoint: a form or JSON, in the spelling of the version it names. */
export interface TokenRequest {
  /** A field; refuses where it is missing or empty. */
  readonly required: (field: TokenField) => string;
  /** A field that may be missing. */
  readonly optional: (field: TokenField) => string | undefined;
  /** Which token is wanted, if the request says so; refuses any other word. */
  readonly userType: () => Installation["kind"] | undefined;
  /** How this request spells a field. */
  readonly nameOf: (field: TokenField) => string;
}

/** Reads a token request. */
export function tokenRequest(call: Call): TokenRequest {
  const names = FIELD_NAMES[call.version];
  const fields = readFields(call);
  return {
    required: (field) => required(fields, names[field]),
    optional: (field) => fields.get(names[field]),
    userType() {
      const value = fields.get(names.userType);
      if (value === undefined) return undefined;
      if (value === "Company") return "company";
      if (value === "Location") return "location";
      throw invalidParameter(names.userType);
    },
    nameOf: (field) => names[field],
  };
}

/** Which grant a token request asks for, read without judging: for counts and faults. */
export function grantIn(body: string): "exchange" | "refresh" | undefined {
  const grantType = body.trimStart().startsWith("{") ? grantTypeInJson(body) : grantTypeInForm(body);
  if (grantType === "authorization_code") return "exchange";
  if (grantType === "refresh_token") return "refresh";
  return undefined;
}

function grantTypeInForm(body: string): unknown {
  const form = new URLSearchParams(body);
  return form.get("grant_type") ?? form.get("grantType");
}

function grantTypeInJson(body: string): unknown {
  try {
    const fields: Readonly<Record<string, unknown>> = JSON.parse(body);
    return fields["grant_type"] ?? fields["grantType"];
  } catch {
    return undefined; // The endpoint itself refuses what is no JSON.
  }
}
