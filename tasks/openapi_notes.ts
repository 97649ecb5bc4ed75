import * as v from "valibot";

/** What the document says of a route and the route need not know. */
export interface RouteNote {
  /** The JSON of its body, where the route reads that by itself. */
  readonly body?: v.GenericSchema;
  /** Headers it needs. */
  readonly headers?: readonly string[];
  /** Problems that it shows to people: the status, and when. */
  readonly pages?: Readonly<Record<number, string>>;
}

const text = v.optional(v.string());
const number = v.optional(v.union([v.number(), v.string()]));

/** Fields of imported tokens besides the access token, by their names in camelCase. */
const TOKEN_FIELDS = {
  refreshToken: text,
  tokenType: text,
  expiresIn: v.pipe(
    number,
    v.description("Lifetime, seconds. Without it the token is refreshed before its first use."),
  ),
  expiresAt: v.pipe(
    number,
    v.description("ISO 8601, or ms or seconds since 1970; goes before the lifetime."),
  ),
  scope: v.optional(v.union([v.string(), v.array(v.string())])),
  userType: v.optional(v.picklist(["Location", "Company"])),
  locationId: text,
  companyId: text,
  userId: text,
  appId: v.pipe(text, v.description("Must be this app's id.")),
  applicationId: v.pipe(text, v.description("The same.")),
  name: v.pipe(text, v.description("What to call the connection.")),
};

/** Tokens to import. Spellings may be mixed; each schema shows one. */
const importedTokens = v.union([
  v.looseObject({
    access_token: v.string(),
    ...Object.fromEntries(
      Object.entries(TOKEN_FIELDS).map((
        [name, schema],
      ) => [name.replace(/[A-Z]/g, "_$&").toLowerCase(), schema]),
    ),
  }),
  v.looseObject({ accessToken: v.string(), ...TOKEN_FIELDS }),
]);

/** A webhook. The ones of other types and of other apps are answered, and nothing is done. */
const webhook = v.looseObject({
  type: v.string(),
  appId: text,
  companyId: text,
  locationId: text,
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  webhookId: text,
});

/** By method and path of the route. */
export const routeNotes: Readonly<Record<string, RouteNote>> = {
  "put /connections/:kind/:id": { body: importedTokens },
  "post /webhooks/highlevel": { body: webhook, headers: ["X-GHL-Signature"] },
  "get /oauth/callback": {
    pages: {
      400: "Not connected: refused, or not started in this browser within 10 minutes",
      409: "Another connection was authorised than the one meant",
      502: "Not connected: HighLevel gave no tokens",
      503: "Not connected: the tokens could not be stored, or the worker is not set up",
    },
  },
};
