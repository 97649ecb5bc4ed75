import {
  authorizationUrl,
  exchangeCode,
  installedLocations,
  locationToken,
  reconnect,
  recoverTokens,
  refreshTokens,
} from "../../../mod.ts";
import { type Check, equal, holds } from "../check.ts";
import { COMPANY, LOCATION, world } from "../world.ts";

/** Every request, in the spelling of one version of the API. */
export function wireChecks(apiVersion: "2021-07-28" | "v3"): readonly Check[] {
  const v3 = apiVersion === "v3";
  return [
    {
      name: "a lost connection costs two requests: reconnect as JSON, exchange as a form",
      async run() {
        const { sandbox, app, now } = world({ apiVersion });
        sandbox.addLocation(LOCATION);
        const { authorizationCode, expiresAt, traceId } = await reconnect(app, LOCATION, { now });
        holds(expiresAt.getTime() > now() && traceId !== "", "the grant tells its end and its trace id");
        const tokens = await exchangeCode(app, { code: authorizationCode, userType: "Location" }, { now });
        holds(sandbox.isLiving(tokens.accessToken), "the token works");
        equal(tokens.locationId, LOCATION.locationId, "locationId");
        equal(tokens.expiresAt.getTime(), now() + 86_399_000, "expiresAt");
        holds(tokens.scope.includes("contacts.readonly"), "the scope is a list");
        const [first, second] = sandbox.requests;
        equal(JSON.parse(first?.body ?? ""), {
          clientKey: app.clientId,
          clientSecret: app.clientSecret,
          ...LOCATION,
        }, "the body of reconnect");
        const form = new URLSearchParams(second?.body);
        equal(form.get(v3 ? "grantType" : "grant_type"), "authorization_code", "the grant type");
        equal(form.get(v3 ? "userType" : "user_type"), "Location", "the user type");
        equal(second?.headers?.version, apiVersion, "the Version header");
        equal(second?.headers?.["content-type"], "application/x-www-form-urlencoded", "the content type");
        equal(sandbox.requests.map(({ redirect }) => redirect), ["manual", "manual"], "redirects");
        equal(sandbox.counts.total, 2, "requests");
      },
    },
    {
      name: "refreshTokens rotates both tokens",
      async run() {
        const { sandbox, app, connect } = world({ apiVersion });
        const { refreshToken = "" } = await connect(LOCATION);
        const next = await refreshTokens(app, { refreshToken, userType: "Location" });
        holds(sandbox.isLiving(next.accessToken) && next.refreshToken !== refreshToken, "both are new");
        equal(sandbox.counts.total, 1, "requests");
      },
    },
    {
      name: "locationToken mints a location's tokens from its agency's",
      async run() {
        const { sandbox, app, connect } = world({ apiVersion });
        sandbox.addLocation({ ...LOCATION, ...COMPANY });
        const { accessToken } = await connect(COMPANY);
        const tokens = await locationToken(app, { ...COMPANY, ...LOCATION, accessToken });
        equal([tokens.userType, tokens.locationId], ["Location", LOCATION.locationId], "whose it is");
        equal(sandbox.requests[0]?.path, v3 ? "/oauth/location-token" : "/oauth/locationToken", "the path");
      },
    },
    {
      name: "installedLocations reads every page",
      async run() {
        const { sandbox, app, connect } = world({ apiVersion });
        const ids = Array.from({ length: 25 }, () => sandbox.addLocation(COMPANY).locationId);
        const { accessToken } = await connect(COMPANY);
        const found: string[] = [];
        for await (const location of installedLocations(app, { ...COMPANY, accessToken, pageSize: 10 })) {
          found.push(location.locationId);
        }
        equal(found.sort(), ids.sort(), "the locations");
        equal(sandbox.counts.installedLocations, 3, "pages");
      },
    },
    {
      name: "recoverTokens needs no store, and works for an agency",
      async run() {
        const { sandbox, app } = world({ apiVersion });
        sandbox.addCompany(COMPANY);
        const tokens = await recoverTokens(app, COMPANY);
        equal([tokens.userType, tokens.companyId], ["Company", COMPANY.companyId], "whose it is");
        holds(sandbox.isLiving(tokens.accessToken), "the token works");
      },
    },
    {
      name: "authorizationUrl leads a person to the code that is exchanged",
      async run() {
        const { sandbox, app, now } = world({ apiVersion });
        sandbox.addLocation(LOCATION);
        const url = authorizationUrl(app, { scope: ["contacts.readonly", "oauth.write"], state: "a&b" });
        equal(url.searchParams.get("scope"), "contacts.readonly oauth.write", "the scope");
        const page = await sandbox.fetch(url);
        const { searchParams } = new URL(page.headers.get("location") ?? "");
        equal(searchParams.get("state"), "a&b", "the state that comes back");
        const tokens = await exchangeCode(app, {
          code: searchParams.get("code") ?? "",
          userType: "Location",
        }, { now });
        holds(sandbox.isLiving(tokens.accessToken), "the token works");
      },
    },
  ];
}
