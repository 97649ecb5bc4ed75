import assert from "node:assert/strict";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";

const NOW = Date.UTC(2026, 10, 26);
const WHITE_LABEL = { domain: "crm.example", logoUrl: "https://crm.example/logo.png" };

function world(options: SandboxOptions = {}): Sandbox {
  return createSandbox({
    now: () => NOW,
    companies: [{
      companyId: "agency",
      name: "Agency",
      userId: "owner",
      whiteLabel: WHITE_LABEL,
      locations: [{ locationId: "sub", userId: "user1", versionId: "v1", planId: "gold", onTrial: true }],
    }, { companyId: "plain", locations: [{ locationId: "bare", userId: "user2" }] }],
    locations: [{ locationId: "alone", userId: "user3" }],
    ...options,
  });
}

/** A body without what is different every time. */
function said({ webhookId: _, appId: __, ...rest }: object & { webhookId?: string; appId: string }): object {
  return rest;
}

Deno.test("an INSTALL says who installed what, on which plan, under which white label", () => {
  const sandbox = world();
  const timestamp = "2026-11-26T00:00:00.000Z";
  const install = sandbox.webhook("INSTALL", { locationId: "sub" });
  assert.match(install.webhookId ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(install.appId, sandbox.app.clientId.split("-")[0]);
  assert.deepEqual(said(install), {
    type: "INSTALL",
    versionId: "v1",
    companyId: "agency",
    locationId: "sub",
    installType: "Location",
    userId: "user1",
    planId: "gold",
    trial: { onTrial: true, trialDuration: 10, trialStartDate: timestamp },
    companyName: "Agency",
    isWhitelabelCompany: true,
    whitelabelDetails: WHITE_LABEL,
    timestamp,
  });
  assert.deepEqual(said(sandbox.webhook("INSTALL", { locationId: "bare" })), {
    type: "INSTALL",
    companyId: "plain",
    locationId: "bare",
    installType: "Location",
    userId: "user2",
    companyName: "Company plain",
    isWhitelabelCompany: false,
    timestamp,
  });
  const agency = sandbox.webhook("INSTALL", { companyId: "agency" });
  assert.deepEqual([agency.installType, agency.userId, agency.isWhitelabelCompany], [
    "Company",
    "owner",
    true,
  ]);
  assert.deepEqual(said(sandbox.webhook("UNINSTALL", { locationId: "sub" })), {
    type: "UNINSTALL",
    versionId: "v1",
    locationId: "sub",
    timestamp,
  });
});

Deno.test("an INSTALL of a location that came later lacks company and user", () => {
  const body = world().webhook("INSTALL", { locationId: "sub" }, { future: true });
  assert.deepEqual([body.companyId, body.userId, body.locationId], [undefined, undefined, "sub"]);
  assert.ok(!("companyId" in body || "userId" in body));
});

Deno.test("absent fields can be empty texts", () => {
  const sandbox = world({ emptyWebhookFields: true });
  const alone = sandbox.webhook("INSTALL", { locationId: "alone" });
  const { versionId, companyId, planId, companyName, whitelabelDetails, locationId, userId } = alone;
  assert.deepEqual([versionId, companyId, planId, companyName, whitelabelDetails], ["", "", "", "", ""]);
  assert.deepEqual([locationId, userId, alone.isWhitelabelCompany], ["alone", "user3", false]);
  const future = sandbox.webhook("INSTALL", { locationId: "sub" }, { future: true });
  assert.deepEqual([future.companyId, future.userId, future.whitelabelDetails], ["", "", WHITE_LABEL]);
  assert.equal(sandbox.webhook("INSTALL", { companyId: "agency" }).locationId, "");
  assert.equal(sandbox.webhook("UNINSTALL", { companyId: "agency" }).locationId, "");
  assert.equal(sandbox.webhook("UNINSTALL", { locationId: "sub" }).companyId, "");
});

Deno.test("webhooks can be as bare as HighLevel's documented examples", () => {
  const sandbox = world({ bareWebhooks: true });
  const appId = sandbox.app.clientId.split("-")[0];
  assert.deepEqual(sandbox.webhook("UNINSTALL", { locationId: "bare" }), {
    type: "UNINSTALL",
    appId,
    locationId: "bare",
  });
  const install = sandbox.webhook("INSTALL", { locationId: "sub" });
  assert.ok(!("timestamp" in install || "webhookId" in install));
});
