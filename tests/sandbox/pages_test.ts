import assert from "node:assert/strict";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";
import { exchange, HOST } from "./client.ts";

const MARKETPLACE = "https://marketplace.gohighlevel.com";

function world(options: SandboxOptions = {}): Sandbox {
  const sub = { locationId: "sub", name: `Bob's <Bar> & "Grill"` };
  return createSandbox({ companies: [{ companyId: "agency", locations: [sub] }], ...options });
}

function choose(sandbox: Sandbox, query: Record<string, string> = {}): Promise<Response> {
  const page = new URL(`${MARKETPLACE}/v2/oauth/chooselocation`);
  page.search = new URLSearchParams({
    response_type: "code",
    client_id: sandbox.app.clientId,
    redirect_uri: sandbox.app.redirectUri,
    scope: "contacts.readonly",
    state: "state1",
    ...query,
  }).toString();
  return sandbox.fetch(page, { redirect: "manual" });
}

/** What a redirect says in its query. */
async function back(answer: Promise<Response>): Promise<Record<string, string>> {
  const response = await answer;
  assert.equal(response.status, 302);
  return Object.fromEntries(new URL(response.headers.get("location") ?? "").searchParams);
}

Deno.test("an installation from the marketplace comes back with a code alone", async () => {
  const sandbox = world({ locations: [{ locationId: "first" }] });
  const cases: [query: string, id: string][] = [
    ["?sandbox_target=location:first&state=x", "first"],
    ["?sandbox_target=company:agency", "agency"],
    ["", "sub"],
  ];
  for (const [query, id] of cases) {
    const answer = sandbox.fetch(`${HOST}/marketplace/install${query}`, { redirect: "manual" });
    const { code = "", ...more } = await back(answer);
    assert.deepEqual(more, {}, "no state");
    const { body } = await exchange(sandbox, code);
    assert.equal(body.locationId ?? body.companyId, id);
  }
  assert.equal(sandbox.counts.marketplaceInstall, 3);
  const tokens = await exchange(sandbox, sandbox.marketplaceCode({ locationId: "new" }));
  assert.equal(tokens.body.locationId, "new");
  assert.equal(
    (await sandbox.fetch(`${HOST}/marketplace/install?sandbox_target=location:nobody`)).status,
    400,
  );
});

Deno.test("a marketplace code is for the app's current pair", async () => {
  const older = { clientId: "65a1b2c3d4e5f60718293a4b-older001", clientSecret: "older-secret" };
  const sandbox = createSandbox({ app: { previous: [older] } });
  const code = sandbox.marketplaceCode({ locationId: "sub" });
  const byOlder = { client_id: older.clientId, client_secret: older.clientSecret };
  assert.equal((await exchange(sandbox, code, byOlder)).status, 400);
  assert.equal((await exchange(sandbox, code)).status, 200);
});

Deno.test("an agency's user yields an agency's code, whatever user type is asked for", async () => {
  const sandbox = world();
  const { code = "" } = await back(choose(sandbox, { sandbox_target: "company:agency" }));
  const { body } = await exchange(sandbox, code, { user_type: "Location" });
  assert.deepEqual([body.userType, body.companyId], ["Company", "agency"]);
});

Deno.test("the link's version is the one that is installed", async () => {
  const sandbox = world({ requireVersionId: true });
  const without = await choose(sandbox);
  assert.equal(without.status, 400);
  assert.match(await without.text(), /"message":"error\.noversionid"/);
  assert.equal((await choose(sandbox, { version_id: "" })).status, 400);

  const { code = "" } = await back(choose(sandbox, { version_id: "version2" }));
  assert.equal((await exchange(sandbox, code)).body.versionId, "version2");
  assert.equal(sandbox.install({ locationId: "sub" }).versionId, "version2");

  sandbox.set({ requireVersionId: false });
  const again = await back(choose(sandbox));
  assert.equal(
    (await exchange(sandbox, again["code"] ?? "")).body.versionId,
    "version2",
    "no version, no change",
  );
});

Deno.test("a user can say no", async () => {
  const sandbox = world();
  assert.deepEqual(await back(choose(sandbox, { sandbox_refuse: "1" })), {
    error: "access_denied",
    state: "state1",
  });
  const market = sandbox.fetch(`${HOST}/marketplace/install?sandbox_refuse=1`, { redirect: "manual" });
  assert.deepEqual(await back(market), { error: "access_denied" });
  assert.deepEqual(sandbox.issuedSecrets(), []);
});

/** The addresses of a page's links, by their text. */
async function linksOf(answer: Promise<Response>): Promise<Map<string, string>> {
  const response = await answer;
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
  const links = (await response.text()).matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g);
  return new Map(Array.from(links, ([, href = "", text = ""]) => [text, href.replaceAll("&amp;", "&")]));
}

Deno.test("the page for a browser has a link for every choice, and each of them works", async () => {
  for (const choosePage of [false, true]) {
    const sandbox = world({ choosePage });
    const links = await linksOf(choose(sandbox, { sandbox_page: "1" }));
    const names = ["Bob's &lt;Bar> &amp; &quot;Grill&quot;", "Company agency", "Cancel"];
    assert.deepEqual([...links.keys()], names);
    const follow = (name: string): Promise<Record<string, string>> =>
      back(sandbox.fetch(`${MARKETPLACE}/v2/oauth/chooselocation${links.get(name)}`, { redirect: "manual" }));
    assert.deepEqual(await follow("Cancel"), { error: "access_denied", state: "state1" });
    const { code = "", state } = await follow("Company agency");
    assert.equal(state, "state1");
    assert.equal((await exchange(sandbox, code)).body.companyId, "agency");
  }
});

Deno.test("the option makes the page without being asked, unless the query has chosen already", async () => {
  const sandbox = world({ choosePage: true });
  assert.equal((await linksOf(choose(sandbox))).size, 3);
  assert.ok((await back(choose(sandbox, { sandbox_target: "location:sub" })))["code"]);
  assert.equal((await linksOf(sandbox.fetch(`${HOST}/marketplace/install`))).size, 3);
  assert.ok((await back(choose(world())))["code"], "by default it redirects at once");
  const wrong = await choose(sandbox, { redirect_uri: "https://evil.example/" });
  assert.equal(wrong.status, 400);
});

Deno.test("a page of a large world stays readable", async () => {
  const sandbox = createSandbox({ locations: 501, choosePage: true });
  const html = await (await choose(sandbox)).text();
  assert.equal(html.split("sandbox_target=location").length - 1, 500);
  assert.match(html, /and 1 more/);
});
