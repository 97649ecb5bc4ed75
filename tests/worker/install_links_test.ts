import { deepEqual, equal, match } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { sha256Hex } from "../../src/worker/http/digest.ts";
import { deliver, importTokens, look, nameOf, put, recover, type Target } from "./calls.ts";
import { choice, InstallBrowser } from "./install_browser.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

const STANDARD = "marketplace.gohighlevel.com";
const WHITE_LABEL = "marketplace.leadconnectorhq.com";
const LABEL = { whiteLabel: { domain: "crm.example" } };

function queryOf(target: Target): string {
  return `?${nameOf(target).replace("/", "=")}`;
}

/** Host and version of the link that a connection's installation leads to. */
async function linkOf(world: WorkerWorld, target: Target | undefined): Promise<unknown[]> {
  const url = await new InstallBrowser(world).begin(target && queryOf(target));
  return [url.hostname, url.searchParams.get("version_id")];
}

/** Waits until what a webhook told stands in the record. */
async function isTold(world: WorkerWorld, target: Target): Promise<void> {
  await until(async () =>
    (await world.sql(
      nameOf(target),
      `SELECT 1 FROM key_values WHERE name = 'installation' AND value NOT LIKE '%"details":{}%'`,
    )).length === 0
  );
}

Deno.test("a link asks for the version that is installed, else for that of the setting", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, requireVersionId: true });
  await using world = await startWorld({
    sandbox,
    entry: TEST_ENTRY,
    variables: { HIGHLEVEL_VERSION_ID: "versionOfTheSetting" },
  });
  await t.step("of nobody, and of somebody unknown, who leaves nothing behind", async () => {
    for (const target of [undefined, { locationId: "nobody" }, { companyId: "nobody" }]) {
      deepEqual(await linkOf(world, target), [STANDARD, "versionOfTheSetting"]);
      if (target) deepEqual(await world.sql(nameOf(target), "SELECT name FROM sqlite_master"), []);
    }
  });
  await t.step("HighLevel takes it, and tokens tell which version it was", async () => {
    const location = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const back = await browser.authorize(queryOf(location), choice("location", location.locationId));
    equal((await browser.visit(back)).status, 200);
    equal((await look(world, location)).versionId, "versionOfTheSetting");
  });
  await t.step("told by tokens", async () => {
    const location = sandbox.addLocation({ versionId: "versionOfTokens" });
    await importTokens(world, location);
    deepEqual(await linkOf(world, location), [STANDARD, "versionOfTokens"]);
  });
  await t.step("told by an INSTALL, before and after there are tokens", async () => {
    const location = sandbox.addLocation({ versionId: "versionOfInstall" });
    const outage = sandbox.fault({ on: "any", kind: "status", status: 503, times: 1_000 });
    await deliver(world, sandbox.webhook("INSTALL", location));
    deepEqual(await linkOf(world, location), [STANDARD, "versionOfInstall"]);
    outage.remove();
    const { versionId: _, ...tokens } = sandbox.install(location);
    await put(world, location, tokens);
    deepEqual(await linkOf(world, location), [STANDARD, "versionOfInstall"]);
    equal((await look(world, location)).versionId, "versionOfInstall");
  });
  await t.step("but not one that was uninstalled, which may be withdrawn", async () => {
    const location = sandbox.addLocation({ versionId: "versionThatEnds" });
    await importTokens(world, location);
    const body = sandbox.webhook("UNINSTALL", location);
    await deliver(world, { ...body, timestamp: new Date(Date.now() + 1_000).toISOString() });
    deepEqual(await linkOf(world, location), [STANDARD, "versionOfTheSetting"]);
  });
});

Deno.test("people of a white-labelled agency are led to the site they know", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const company = sandbox.addCompany(LABEL);
  await t.step("the agency, and a location of it", async () => {
    for (const target of [company, sandbox.addLocation(company)]) {
      await importTokens(world, target);
      deepEqual(await linkOf(world, target), [STANDARD, null]);
      await deliver(world, sandbox.webhook("INSTALL", target));
      await isTold(world, target);
      deepEqual(await linkOf(world, target), [WHITE_LABEL, null]);
      equal((await look(world, target)).isWhiteLabel, true);
    }
  });
  await t.step("also one that was uninstalled, and one that waits for its tokens", async () => {
    const location = sandbox.addLocation(company);
    await importTokens(world, location);
    await deliver(world, sandbox.webhook("INSTALL", location));
    await isTold(world, location);
    const body = sandbox.webhook("UNINSTALL", location);
    await deliver(world, { ...body, timestamp: new Date(Date.now() + 1_000).toISOString() });
    deepEqual(await linkOf(world, location), [WHITE_LABEL, null]);

    const waiting = sandbox.addLocation(sandbox.addCompany(LABEL));
    await deliver(world, sandbox.webhook("INSTALL", waiting));
    deepEqual(await linkOf(world, waiting), [WHITE_LABEL, null]);
  });
  await t.step("an INSTALL that comes a moment after the redirect's tokens tells it as well", async () => {
    const location = sandbox.addLocation({ ...company, installed: false });
    const timestamp = new Date(Date.now() - 1_000).toISOString();
    const early = { ...sandbox.webhook("INSTALL", location), timestamp };
    const code = sandbox.marketplaceCode(location);
    equal((await new InstallBrowser(world).visit(`/oauth/callback?code=${code}`)).status, 200);
    await deliver(world, early);
    await isTold(world, location);
    deepEqual(await linkOf(world, location), [WHITE_LABEL, null]);
  });
  await t.step("and an agency that gives its label up is led to HighLevel's own again", async () => {
    const location = sandbox.addLocation(company);
    await importTokens(world, location);
    for (const isWhitelabelCompany of [true, false]) {
      await deliver(world, { ...sandbox.webhook("INSTALL", location), isWhitelabelCompany });
      await isTold(world, location);
      deepEqual(await linkOf(world, location), [isWhitelabelCompany ? WHITE_LABEL : STANDARD, null]);
    }
  });
});

Deno.test("where the redirect leads to the host, every link to authorise again leads to HighLevel, and says the same", async () => {
  const sandbox = createSandbox({ app: { redirectUri: "https://app.example/own/callback" } });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const company = sandbox.addCompany(LABEL);
  const location = sandbox.addLocation({ ...company, versionId: "versionInstalled" });
  const tokens = sandbox.install(location);
  await put(world, location, tokens);
  await deliver(world, sandbox.webhook("INSTALL", location));
  await isTold(world, location);
  sandbox.uninstall(location);
  const links: unknown[] = [];
  const { body: recovery } = await world.json(`/connections/${nameOf(location)}/recover`, { method: "POST" });
  links.push(recovery.authorizationUrl);
  const rejected = await sha256Hex(tokens.access_token ?? "");
  const { status, body } = await world.json(`/connections/${nameOf(location)}/token?rejected=${rejected}`);
  equal(status, 424);
  links.push(body.authorizationUrl);
  links.push(
    (await world.json(`/proxy/${nameOf(location)}/locations/${location.locationId}`)).body.authorizationUrl,
  );
  await world.ring(nameOf(location));
  await until(() => world.alerts.length > 0);
  links.push(world.alerts[0]?.authorizationUrl);
  for (const link of links) {
    const { hostname, searchParams } = new URL(String(link));
    deepEqual([hostname, searchParams.get("version_id")], [WHITE_LABEL, "versionInstalled"]);
    equal(searchParams.get("redirect_uri"), "https://app.example/own/callback");
  }
  equal(links.length, 4);
});

Deno.test("2023-02-21 is a version of the API, and a version id that cannot be one is told by its name", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  {
    await using world = await startWorld({ sandbox, variables: { HIGHLEVEL_API_VERSION: "2023-02-21" } });
    const location = sandbox.addLocation();
    equal(await recover(world, location), 200);
    const versions = sandbox.requests.flatMap(({ headers }) => headers?.version ?? []);
    deepEqual([...new Set(versions)], ["2023-02-21"]);
  }
  await using world = await startWorld({ sandbox, variables: { HIGHLEVEL_VERSION_ID: "no id!" } });
  const { status, body } = await world.json("/healthz", { key: null });
  equal(status, 503);
  match(String(body.detail), /HIGHLEVEL_VERSION_ID must be an id/);
});
