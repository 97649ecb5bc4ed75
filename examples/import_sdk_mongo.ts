/**
 * Takes over the tokens that HighLevel's own SDK keeps in MongoDB, from an export of its collection:
 *
 *     mongoexport --db app --collection application_sessions --jsonArray --out sessions.json
 *     deno run --unstable-kv --allow-env --allow-read --allow-write import_sdk_mongo.ts sessions.json
 *
 * Stop what uses the old store first: a refresh token that both use is spent by one of them. (The command line's `import`
 * does the same, and reads more kinds of files.)
 */
import { Connections, DenoKvStore, sealed, type TokenSet } from "@reconnect/highlevel";

/** A document of the SDK's collection, as far as it is used here. */
interface SessionDocument {
  /** The client id up to its first `-`. */
  readonly applicationId: string;
  /** A location's or a company's id. */
  readonly resourceId: string;
  readonly access_token: string;
  readonly refresh_token?: string;
  /** Ms since the epoch; `{"$numberLong": "…"}` in exports of some versions. */
  readonly expire_at: number | { readonly $numberLong: string };
  readonly userType?: string;
  readonly companyId?: string;
  readonly scope?: string;
}

const [path = "sessions.json", database = "connections.db"] = Deno.args;
const clientId = Deno.env.get("HIGHLEVEL_CLIENT_ID") ?? "";
using kv = await Deno.openKv(database);
const connections = new Connections({
  app: { clientId, clientSecret: Deno.env.get("HIGHLEVEL_CLIENT_SECRET") ?? "" },
  store: sealed(new DenoKvStore(kv), { keys: (Deno.env.get("SEALING_KEYS") ?? "").split(",") }),
});

const documents: readonly SessionDocument[] = JSON.parse(await Deno.readTextFile(path));
const own = documents.filter(({ applicationId }) => applicationId === clientId.split("-")[0]);
for (const document of own) {
  const tokens = tokensIn(document);
  const { resourceId } = document;
  const isCompany = tokens.userType === "Company";
  await connections.save(isCompany ? { companyId: resourceId } : { locationId: resourceId }, tokens);
  console.log(
    `${resourceId}: ${tokens.expiresAt > new Date() ? "lives" : "will be refreshed when it is asked for"}`,
  );
}
console.log(`${own.length} of ${documents.length} taken over`);

function tokensIn(document: SessionDocument): TokenSet {
  const { access_token: accessToken, refresh_token: refreshToken, expire_at, resourceId, companyId } =
    document;
  const claims = claimsOf(accessToken);
  const isCompany = (document.userType ?? claims.authClass) === "Company";
  const told = Number(typeof expire_at === "object" ? expire_at.$numberLong : expire_at);
  return {
    accessToken,
    tokenType: "Bearer",
    // The SDK dates what it saves again 24 hours ahead, whether it lives or not: the token itself knows better.
    expiresAt: new Date(Math.min(told, (claims.exp ?? Infinity) * 1000)),
    ...(refreshToken && { refreshToken }),
    scope: document.scope?.split(" ") ?? [],
    userType: isCompany ? "Company" : "Location",
    ...(isCompany ? { companyId: resourceId } : { locationId: resourceId, ...(companyId && { companyId }) }),
  };
}

/** What a JWT says of itself; nothing where the token is none. */
function claimsOf(token: string): { readonly authClass?: string; readonly exp?: number } {
  try {
    return JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return {};
  }
}
