import assert from "node:assert/strict";
import { installedLocations } from "../../src/oauth/installed_locations.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { APP, COMPANY_ID, json, recordingFetch, type Reply, stillTime } from "./recording_fetch.ts";
import { rejection } from "./rejection.ts";

Deno.test("v3 pages hold 100 locations at most, as HighLevel's file says: more is refused before it is asked", async () => {
  const { fetch, requests } = recordingFetch(json(200, { items: [], pagination: {} }));
  const app = { ...APP, apiVersion: "v3", fetch } as const;
  for (const pageSize of [101, 500]) {
    const pages = installedLocations(app, { companyId: COMPANY_ID, accessToken: "t", pageSize });
    await assert.rejects(pages.next(), { name: "TypeError", message: /^pageSize must be .* 1 to 100$/ });
  }
  assert.equal(requests.length, 0);
});

Deno.test("each location tells whether its agency's future locations get the app", async () => {
  for (const apiVersion of ["2021-07-28", "v3"] as const) {
    const sandbox = createSandbox({
      seed: 8,
      companies: [{ bulk: { installToFutureLocations: true }, locations: 2 }],
    });
    const [companyId = ""] = sandbox.companyIds();
    const { access_token: accessToken } = sandbox.install({ companyId });
    const app = { ...sandbox.app, apiVersion, fetch: sandbox.fetch };
    const found = await Array.fromAsync(installedLocations(app, { companyId, accessToken }));
    assert.deepEqual(found.map(({ installToFutureLocations }) => installToFutureLocations), [true, true]);
  }
});

const REQUEST = { companyId: COMPANY_ID, accessToken: "t", pageSize: 2 };
const items = (...ids: string[]): object[] => ids.map((_id) => ({ _id }));

async function list(replies: [Reply, ...Reply[]], apiVersion: "2021-07-28" | "v3") {
  const { fetch, requests } = recordingFetch(...replies);
  const found = await Array.fromAsync(
    installedLocations({ ...APP, apiVersion, fetch }, REQUEST, stillTime()),
  );
  return { ids: found.map(({ locationId }) => locationId), requests: requests.length };
}

Deno.test("every field of an item is read, and what is missing or strange is left out", async () => {
  const { fetch } = recordingFetch(json(200, {
    locations: [
      {
        _id: "one",
        name: "First",
        address: "Street 1",
        isInstalled: true,
        versionId: "v",
        installedAt: "2026-01-02T03:04:05Z",
      },
      { id: "two", name: "", address: 5, isInstalled: false, installedAt: "never" },
      { locationId: "three" },
    ],
  }));
  assert.deepEqual(
    await Array.fromAsync(installedLocations({ ...APP, fetch }, { ...REQUEST, pageSize: 100 })),
    [
      {
        locationId: "one",
        name: "First",
        address: "Street 1",
        isInstalled: true,
        versionId: "v",
        installedAt: new Date("2026-01-02T03:04:05Z"),
      },
      { locationId: "two", isInstalled: false },
      { locationId: "three", isInstalled: true },
    ],
  );
});

const PAGES: readonly [
  when: string,
  version: "2021-07-28" | "v3",
  replies: [Reply, ...Reply[]],
  ids: string[],
  requests: number,
][] = [
  ["nothing is installed", "2021-07-28", [json(200, { locations: [], count: 0 })], [], 1],
  ["nothing is installed", "v3", [json(200, { items: [], pagination: { hasNextPage: false } })], [], 1],
  [
    "no count is given, a short page is the last",
    "2021-07-28",
    [
      json(200, { locations: items("a", "b") }),
      json(200, { locations: items("c") }),
    ],
    ["a", "b", "c"],
    2,
  ],
  [
    "the count is too high",
    "2021-07-28",
    [
      json(200, { locations: items("a", "b"), count: 99 }),
      json(200, { locations: [], count: 99 }),
    ],
    ["a", "b"],
    2,
  ],
  ["the count is a text", "2021-07-28", [json(200, { locations: items("a"), count: "many" })], ["a"], 1],
  ["the server ignores skip and gives no count", "2021-07-28", [json(200, { locations: items("a", "b") })], [
    "a",
    "b",
  ], 2],
  [
    "the server ignores skip and counts more",
    "2021-07-28",
    [json(200, { locations: items("a", "b"), count: 99 })],
    ["a", "b"],
    2,
  ],
  [
    "the list shifts by one in between",
    "2021-07-28",
    [
      json(200, { locations: items("a", "b"), count: 4 }),
      json(200, { locations: items("b", "c"), count: 4 }),
      json(200, { locations: [], count: 4 }),
    ],
    ["a", "b", "c"],
    3,
  ],
  [
    "each page counts only itself",
    "2021-07-28",
    [
      json(200, { locations: items("a", "b"), count: 2 }),
      json(200, { locations: items("c", "d"), count: 2 }),
      json(200, { locations: items("e"), count: 1 }),
    ],
    ["a", "b", "c", "d", "e"],
    3,
  ],
  [
    "the server gives smaller pages than asked for, and counts more",
    "2021-07-28",
    [
      json(200, { locations: items("a"), count: 2 }),
      json(200, { locations: items("b"), count: 2 }),
    ],
    ["a", "b"],
    2,
  ],
  [
    "page tokens go round in circles",
    "v3",
    [
      json(200, { items: items("a"), pagination: { hasNextPage: true, nextPageToken: "2" } }),
      json(200, { items: items("b"), pagination: { hasNextPage: true, nextPageToken: "1" } }),
      json(200, { items: items("a"), pagination: { hasNextPage: true, nextPageToken: "2" } }),
      json(200, { items: items("b"), pagination: { hasNextPage: true, nextPageToken: "1" } }),
    ],
    ["a", "b"],
    5,
  ],
  [
    "the same page comes forever",
    "v3",
    [
      json(200, { items: items("a"), pagination: { nextPageToken: "2" } }),
    ],
    ["a"],
    4,
  ],
  [
    "a token without hasNextPage is followed",
    "v3",
    [
      json(200, { items: items("a"), pagination: { nextPageToken: "2" } }),
      json(200, { items: items("b"), pagination: {} }),
    ],
    ["a", "b"],
    2,
  ],
  [
    "hasNextPage without a token ends the list",
    "v3",
    [
      json(200, { items: items("a"), pagination: { hasNextPage: true } }),
    ],
    ["a"],
    1,
  ],
  [
    "legacy is answered in v3's style",
    "2021-07-28",
    [
      json(200, { items: items("a", "b"), pagination: { hasNextPage: true, nextPageToken: "2" } }),
      json(200, { items: items("c"), pagination: { hasNextPage: false } }),
    ],
    ["a", "b", "c"],
    2,
  ],
  [
    "an empty page that names another does not end the list",
    "v3",
    [
      json(200, { items: items("a"), pagination: { hasNextPage: true, nextPageToken: "2" } }),
      json(200, { items: [], pagination: { hasNextPage: true, nextPageToken: "3" } }),
      json(200, { items: items("b"), pagination: { hasNextPage: false } }),
    ],
    ["a", "b"],
    3,
  ],
  [
    "three pages without a new location end the list",
    "v3",
    [
      json(200, { items: [], pagination: { hasNextPage: true, nextPageToken: "2" } }),
    ],
    [],
    3,
  ],
];
for (const [when, version, replies, ids, requests] of PAGES) {
  Deno.test(`${when} (${version}): ${ids.length} locations with ${requests} request(s)`, async () => {
    assert.deepEqual(await list(replies, version), { ids, requests });
  });
}

Deno.test("a reader that stops early asks for no further page", async () => {
  const { fetch, requests } = recordingFetch(json(200, { locations: items("a", "b"), count: 9 }));
  for await (const { locationId } of installedLocations({ ...APP, fetch }, REQUEST)) {
    if (locationId === "b") break;
  }
  assert.equal(requests.length, 1);
});

Deno.test("a page that fails for a moment does not end the list, one that fails for good does", async () => {
  const sandbox = createSandbox({ seed: 10, companies: [{ locations: 5 }] });
  const [companyId = ""] = sandbox.companyIds();
  const { access_token: accessToken } = sandbox.install({ companyId });
  const app = { ...sandbox.app, fetch: sandbox.fetch };
  sandbox.fault({ on: "installedLocations", kind: "html_502", skip: 1 });
  const found = await Array.fromAsync(
    installedLocations(app, { companyId, accessToken, pageSize: 2 }, stillTime()),
  );
  assert.equal(found.length, 5);
  assert.equal(sandbox.counts.installedLocations, 4);

  const pages = installedLocations(app, { companyId, accessToken, pageSize: 2 }, stillTime());
  await pages.next();
  await pages.next();
  sandbox.loseTokens();
  const error = await rejection(pages.next());
  assert.deepEqual([error.code, error.target], ["unauthorized", { companyId }]);
});
