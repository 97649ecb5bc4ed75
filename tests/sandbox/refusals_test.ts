import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { type Answered, get, HOST, postForm, read } from "./client.ts";

const AGENCY = { companyId: "agency", locations: [{ locationId: "sub" }] };
const WRONG_CLASS = "This authClass type is not allowed to access this scope. Please use a different token.";
const NOT_ACCESSIBLE = "This location is not accessible from this token.";

function mint(sandbox: Sandbox, token: string, fields = {}, version = "2021-07-28"): Promise<Answered> {
  return postForm(sandbox, "/oauth/locationToken", { companyId: "agency", locationId: "sub", ...fields }, {
    authorization: `Bearer ${token}`,
    version,
  });
}

function list(sandbox: Sandbox, token: string, companyId = "agency", version?: string): Promise<Answered> {
  const path = version === "v3" ? "/oauth/installed-locations" : "/oauth/installedLocations";
  const appId = sandbox.app.clientId.split("-")[0];
  return get(sandbox, `${path}?companyId=${companyId}&appId=${appId}`, token, version);
}

/** The answer without what is different every time. */
function said({ status, body }: Answered): unknown {
  const { traceId, ...rest } = body;
  assert.equal(typeof traceId, "string");
  return { status, ...rest };
}

function unauthorized(message: string): unknown {
  return { status: 401, statusCode: 401, message, error: "Unauthorized" };
}

Deno.test("a scope can be taken from every token at once; what lacks it is refused with 401", async () => {
  const sandbox = createSandbox({ companies: [AGENCY] });
  const agency = sandbox.install({ companyId: "agency" }).access_token;
  const sub = sandbox.install({ locationId: "sub" }).access_token;
  const answers = async (): Promise<unknown[]> =>
    (await Promise.all([
      mint(sandbox, agency),
      list(sandbox, agency),
      get(sandbox, "/locations/sub", sub),
      get(sandbox, "/contacts/?locationId=sub", sub),
    ])).map(({ status }) => status);
  assert.deepEqual(await answers(), [201, 200, 200, 200]);

  sandbox.setScope("contacts.readonly");
  assert.deepEqual(await answers(), [401, 401, 401, 200]);
  const missing = unauthorized("The token is not authorized for this scope.");
  assert.deepEqual(said(await mint(sandbox, agency)), missing);
  assert.deepEqual(
    said(await list(sandbox, agency, "agency", "v3")),
    missing,
    "the guard stands before the list",
  );
  assert.equal(sandbox.app.scope, "contacts.readonly");
  assert.equal(sandbox.install({ locationId: "sub" }).scope, "contacts.readonly");
  assert.ok(sandbox.isLiving(agency));
});

Deno.test("a location's token is of the wrong kind for what is an agency's", async () => {
  const sandbox = createSandbox({ companies: [AGENCY] });
  const sub = sandbox.install({ locationId: "sub" }).access_token;
  assert.deepEqual(said(await mint(sandbox, sub)), unauthorized(WRONG_CLASS));
  assert.deepEqual(said(await list(sandbox, sub)), unauthorized(WRONG_CLASS));
});

Deno.test("a token acts for its own locations and its own company only", async () => {
  const sandbox = createSandbox({ companies: [AGENCY, { companyId: "rival", locations: 1 }] });
  const agency = sandbox.install({ companyId: "agency" }).access_token;
  const rivals = sandbox.locationIds().find((id) => id !== "sub") ?? "";
  for (const locationId of [rivals, "nobody"]) {
    assert.deepEqual(
      said(await get(sandbox, `/locations/${locationId}`, agency)),
      unauthorized(NOT_ACCESSIBLE),
    );
  }
  assert.deepEqual(said(await mint(sandbox, agency, { locationId: rivals })), unauthorized(NOT_ACCESSIBLE));
  assert.equal((await mint(sandbox, agency, { locationId: "nobody" })).body.message, "Location not found");
  const mismatch = unauthorized("Token's user type mismatch!");
  assert.deepEqual(said(await mint(sandbox, agency, { companyId: "rival" })), mismatch);
  assert.deepEqual(said(await list(sandbox, agency, "rival")), mismatch);
  assert.equal((await get(sandbox, "/contacts/?locationId=sub", agency)).status, 200);
});

Deno.test("every call with a bearer token names its version", async () => {
  const sandbox = createSandbox({ companies: [AGENCY] });
  const authorization = `Bearer ${sandbox.install({ companyId: "agency" }).access_token}`;
  const appId = sandbox.app.clientId.split("-")[0];
  const paths = [
    "/locations/sub",
    "/contacts/?locationId=sub",
    "/oauth/installedLocations?companyId=agency",
    "/oauth/installed-locations?companyId=agency",
    `/marketplace/app/${appId}/installations`,
  ];
  for (const path of paths) {
    const answer = await read(sandbox.fetch(HOST + path, { headers: { authorization } }));
    assert.deepEqual(said(answer), unauthorized("version header was not found."), path);
  }
  const minted = await postForm(sandbox, "/oauth/location-token", {}, { authorization });
  assert.deepEqual(said(minted), unauthorized("version header was not found."));
});

Deno.test("three versions are known everywhere, an older one to the API only, any other to nobody", async () => {
  const sandbox = createSandbox({ companies: [AGENCY] });
  const agency = sandbox.install({ companyId: "agency" }).access_token;
  const statuses = async (version: string): Promise<number[]> => [
    (await get(sandbox, "/locations/sub", agency, version)).status,
    (await get(sandbox, "/contacts/?locationId=sub", agency, version)).status,
    (await mint(sandbox, agency, {}, version)).status,
  ];
  assert.deepEqual(await statuses("2021-07-28"), [200, 200, 201]);
  assert.deepEqual(await statuses("2023-02-21"), [200, 200, 201], "the default of HighLevel's SDK");
  assert.deepEqual(await statuses("2021-04-15"), [200, 200, 400]);
  assert.deepEqual(await statuses("2019-01-01"), [400, 400, 400]);
  assert.deepEqual(await statuses("v3"), [200, 200, 400], "v3 has another path");
  assert.match((await mint(sandbox, agency, {}, "2021-04-15")).body.message, /version header is invalid/);
  assert.ok((await mint(sandbox, agency, {}, "2023-02-21")).body.access_token, "the legacy spelling");
});
