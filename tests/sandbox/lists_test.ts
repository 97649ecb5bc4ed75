import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { type Answered, get } from "./client.ts";

interface Listing {
  readonly sandbox: Sandbox;
  readonly legacy: (query: string) => Promise<Answered>;
  readonly v3: (query: string, appId?: string) => Promise<Answered>;
}

function listing(sandbox: Sandbox): Listing {
  const { access_token } = sandbox.install({ companyId: "agency" });
  const ownId = sandbox.app.clientId.split("-")[0];
  return {
    sandbox,
    legacy: (query) =>
      get(sandbox, `/oauth/installedLocations?companyId=agency&appId=${ownId}&${query}`, access_token),
    v3: (query, appId = ownId) =>
      get(sandbox, `/oauth/installed-locations?companyId=agency&appId=${appId}&${query}`, access_token, "v3"),
  };
}

const CLINICS = [
  { locationId: "a", name: "North Clinic", versionId: "v1", planId: "gold", onTrial: true },
  { locationId: "b", name: "South clinic", versionId: "v2", planId: "gold" },
  { locationId: "c", name: "Bakery", versionId: "v1", installed: false },
  { locationId: "d", name: "Bank" },
];

Deno.test("both lists filter by every filter of HighLevel's files", async () => {
  const { legacy, v3 } = listing(createSandbox({ companies: [{ companyId: "agency", locations: CLINICS }] }));
  const cases: [query: string, ids: string[]][] = [
    ["", ["a", "b", "c", "d"]],
    ["query=CLINIC", ["a", "b"]],
    ["query=ba", ["c", "d"]],
    ["locationId=b", ["b"]],
    ["locationId=nobody", []],
    ["versionId=v1", ["a", "c"]],
    ["planId=gold", ["a", "b"]],
    ["onTrial=true", ["a"]],
    ["onTrial=false&planId=gold", ["b"]],
    ["isInstalled=true&versionId=v1", ["a"]],
    ["isInstalled=false", ["c"]],
  ];
  const idsOf = (items: { _id: string }[]): string[] => items.map(({ _id }) => _id);
  for (const [query, ids] of cases) {
    const old = await legacy(query);
    assert.deepEqual([idsOf(old.body.locations), old.body.count], [ids, ids.length], query);
    const { body } = await v3(query);
    assert.deepEqual([idsOf(body.items), body.pagination.totalRecords], [ids, ids.length], query);
  }
  for (const query of ["isInstalled=yes", "onTrial=1"]) {
    assert.deepEqual([(await legacy(query)).status, (await v3(query)).status], [422, 422]);
  }
});

Deno.test("an item names the version that is installed, and both lists say whether later locations get the app", async () => {
  const agency = { companyId: "agency", locations: CLINICS };
  const { legacy, v3 } = listing(
    createSandbox({ companies: [{ ...agency, bulk: { installToFutureLocations: true } }] }),
  );
  const old = await legacy("");
  const versions = old.body.locations.map(({ versionId }: { versionId?: string }) => versionId);
  assert.deepEqual(versions, ["v1", "v2", undefined, undefined]);
  assert.equal(old.body.installToFutureLocations, true);
  assert.equal((await v3("")).body.installToFutureLocations, true);
  const plain = listing(createSandbox({ companies: [agency] }));
  assert.equal((await plain.legacy("")).body.installToFutureLocations, false);
});

Deno.test("v3 pages know what comes before and after them", async () => {
  const { v3 } = listing(createSandbox({ companies: [{ companyId: "agency", locations: 5 }] }));
  const first = (await v3("pageSize=2")).body.pagination;
  assert.deepEqual({ ...first, nextPageToken: "" }, {
    hasNextPage: true,
    hasPrevPage: false,
    currentPageSize: 2,
    nextPageToken: "",
    totalRecords: 5,
  });
  const second = (await v3(`pageSize=2&pageToken=${first.nextPageToken}`)).body.pagination;
  assert.deepEqual([second.hasPrevPage, second.hasNextPage], [true, true]);
  const last = (await v3(`pageSize=2&pageToken=${second.nextPageToken}`)).body;
  assert.deepEqual(
    [last.pagination.hasNextPage, last.pagination.currentPageSize, last.items.length],
    [false, 1, 1],
  );
  assert.ok(!("nextPageToken" in last.pagination));
  const back = await v3(`pageSize=2&pageToken=${second.prevPageToken}`);
  assert.equal(back.body.pagination.hasPrevPage, false);
});

Deno.test("a v3 page has 1 to 100 items; the legacy list's file names no largest limit", async () => {
  const { legacy, v3 } = listing(createSandbox({ companies: [{ companyId: "agency", locations: 150 }] }));
  assert.equal((await v3("pageSize=100")).body.items.length, 100);
  assert.equal((await v3("")).body.items.length, 20);
  for (const pageSize of ["0", "101", "x"]) {
    const { status, body } = await v3(`pageSize=${pageSize}`);
    assert.deepEqual([status, body.error.code, typeof body.error.resolution], [
      422,
      "VALIDATION_ERROR",
      "string",
    ]);
  }
  assert.equal((await legacy("limit=500")).body.locations.length, 150);
});

Deno.test("v3 does not find another app, and says what to do", async () => {
  const { v3 } = listing(createSandbox({ companies: [{ companyId: "agency" }] }));
  const { status, body } = await v3("", "another");
  assert.deepEqual([status, body.error.code, typeof body.error.resolution], [
    404,
    "RESOURCE_NOT_FOUND",
    "string",
  ]);
});

Deno.test("the installer's details name company, location and user of the call's own token", async () => {
  const whiteLabel = { domain: "crm.example" };
  const sandbox = createSandbox({
    companies: [{
      companyId: "agency",
      name: "Agency",
      userId: "owner",
      whiteLabel,
      locations: [{ locationId: "sub", userId: "user1", planId: "gold" }],
    }],
  });
  const path = `/marketplace/app/${sandbox.app.clientId.split("-")[0]}/installations`;
  const sub = sandbox.install({ locationId: "sub" }).access_token;
  const { body } = await get(sandbox, path, sub);
  const details = body.installationDetails;
  assert.deepEqual(
    [
      details.companyId,
      details.companyName,
      details.locationId,
      details.userId,
      details.marketplaceAppPlanId,
    ],
    ["agency", "Agency", "sub", "user1", "gold"],
  );
  assert.deepEqual([details.isWhitelabelCompany, details.whitelabelDetails], [true, whiteLabel]);
  assert.equal(details.companyEmail, null, "told to agencies only");

  const agency = sandbox.install({ companyId: "agency" }).access_token;
  const own = (await get(sandbox, path, agency, "v3")).body.installationDetails;
  assert.deepEqual([own.locationId, own.userId, own.companyEmail], [
    undefined,
    "owner",
    "owner@agency.example",
  ]);

  assert.equal((await get(sandbox, "/marketplace/app/another/installations", sub)).status, 403);
  sandbox.setScope("contacts.readonly");
  assert.equal((await get(sandbox, path, sub)).status, 401);
  assert.equal(sandbox.counts.installerDetails, 4);
});
