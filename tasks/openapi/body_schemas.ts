import * as v from "valibot";
import { snakeCase } from "../../src/oauth/host.ts";

/*
 * Bodies that routes read by themselves: only the document has their schemas.
 */

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
export const importedTokens = v.union([
  v.looseObject({
    access_token: v.string(),
    ...Object.fromEntries(Object.entries(TOKEN_FIELDS).map(([name, schema]) => [snakeCase(name), schema])),
  }),
  v.looseObject({ accessToken: v.string(), ...TOKEN_FIELDS }),
]);

/** A webhook. The ones of other types and of other apps are answered, and nothing is done. */
export const webhook = v.looseObject({
  type: v.string(),
  appId: text,
  companyId: text,
  locationId: text,
  timestamp: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  webhookId: text,
});
