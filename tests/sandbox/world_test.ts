import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { type Answered, get, HOST, reconnect, refresh } from "./client.ts";

Deno.test("a location may call 100 times in 10 s, another is not touched by it", async () => {
  let now = Date.UTC(2026, 10, 24, 12);
  const sandbox = createSandbox({ now: () => now });
  const [one, two] = ["one", "two"].map((locationId) => sandbox.install({ locationId }).access_token);
  for (let call = 0; call < 100; call++) {
    const { status, headers } = await get(sandbox, "/locations/one", one ?? "");
    assert.equal(status, 200);
    assert.equal(headers.get("x-ratelimit-remaining"), String(99 - call));
  }
  now += 4_000;
  const refused = await get(sandbox, "/locations/one", one ?? "");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "6");
  assert.equal(refused.headers.get("x-ratelimit-max"), "100");
  assert.equal(refused.headers.get("x-ratelimit-interval-milliseconds"), "10000");
  assert.equal(refused.headers.get("x-ratelimit-limit-daily"), "200000");
  assert.equal(refused.headers.get("x-ratelimit-daily-remaining"), "199900");
  assert.equal((await get(sandbox, "/locations/two", two ?? "")).status, 200);
  assert.equal((await reconnect(sandbox, { locationId: "one" })).status, 200, "/oauth does not count");
  now += 6_000;
  assert.equal((await get(sandbox, "/locations/one", one ?? "")).status, 200);
  assert.equal(sandbox.counts.rateLimited, 1);
});

Deno.test("limits can be other, count /oauth too, say no Retry-After, or be off", async () => {
  const strict = createSandbox({ rateLimit: { max: 1, oauth: true, retryAfter: false }, locations: 1 });
  const [locationId = ""] = strict.locationIds();
  const { refresh_token } = strict.install({ locationId });
  assert.equal((await reconnect(strict, { locationId })).status, 200);
  const refused = await refresh(strict, refresh_token);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), null);
  assert.ok(strict.isLiving(refresh_token ?? ""), "a 429 burns nothing");

  const daily = createSandbox({ now: () => 0, rateLimit: { daily: 1 } });
  const token = daily.install({ locationId: "x" }).access_token;
  await get(daily, "/locations/x", token);
  const usedUp = await get(daily, "/locations/x", token);
  assert.deepEqual([usedUp.status, usedUp.headers.get("x-ratelimit-daily-remaining")], [429, "0"]);
  assert.equal(usedUp.headers.get("retry-after"), null, "HighLevel documents no Retry-After");

  const free = createSandbox({ rateLimit: false });
  const { headers } = await get(free, "/locations/x", free.install({ locationId: "x" }).access_token);
  assert.equal(headers.get("x-ratelimit-max"), null);
});

Deno.test("a sandbox agency has limits of its own, and so has each of its locations", async () => {
  const sandbox = createSandbox({
    now: () => 0,
    companies: [
      { companyId: "small", limits: { max: 2, daily: 3 }, locations: [{ locationId: "sub" }] },
      { companyId: "big", locations: [{ locationId: "other" }] },
    ],
  });
  const { access_token } = sandbox.install({ locationId: "sub" });
  const call = (): Promise<Answered> => get(sandbox, "/locations/sub", access_token);
  const first = await call();
  assert.deepEqual(
    ["max", "remaining", "limit-daily", "daily-remaining"].map((n) => first.headers.get(`x-ratelimit-${n}`)),
    ["2", "1", "3", "2"],
  );
  assert.deepEqual([(await call()).status, (await call()).status], [200, 429]);
  const other = await get(sandbox, "/locations/other", sandbox.install({ companyId: "big" }).access_token);
  assert.equal(other.headers.get("x-ratelimit-max"), "100");
});

Deno.test("webhooks carry a true signature over the exact text", async () => {
  const sandbox = createSandbox({ companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }] });
  const event = sandbox.webhook("INSTALL", { locationId: "sub" });
  assert.deepEqual([event.type, event.companyId, event.locationId], ["INSTALL", "agency", "sub"]);
  assert.equal(sandbox.webhook("UNINSTALL", { companyId: "agency" }).locationId, undefined);

  const { body, headers } = await sandbox.signWebhook(event);
  const bytes = (text: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const spki = bytes(await sandbox.webhookPublicKey());
  const key = await crypto.subtle.importKey("spki", spki, "Ed25519", false, ["verify"]);
  const signature = bytes(headers["x-ghl-signature"] ?? "");
  const check = (text: string): Promise<boolean> =>
    crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(text));
  assert.equal(await check(body), true);
  assert.equal(await check(body + " "), false);
});

Deno.test("requests are counted and logged, the newest with headers and body", async () => {
  const sandbox = createSandbox({ keepRequests: 3, keepBodies: 1 });
  for (const path of ["/a", "/b", "/c", "/d"]) {
    await sandbox.fetch(HOST + path, { method: "POST", body: path });
  }
  assert.deepEqual(sandbox.requests.map(({ path, status, body }) => [path, status, body]), [
    ["/b", 404, undefined],
    ["/c", 404, undefined],
    ["/d", 404, "/d"],
  ]);
  assert.deepEqual([sandbox.counts.total, sandbox.counts.unknown], [4, 4]);
  sandbox.resetCounts();
  assert.deepEqual([sandbox.counts.total, sandbox.requests.length], [0, 0]);
});

Deno.test("a world loaded from its snapshot goes on where it was", async () => {
  let now = Date.UTC(2026, 10, 24);
  const before = createSandbox({ now: () => now, companies: [{ locations: 2 }] });
  const [locationId = ""] = before.locationIds();
  const spent = before.install({ locationId });
  const renewed = await refresh(before, spent.refresh_token);
  const lost = before.install({ locationId: "lost" });
  before.loseTokens({ locationId: "lost" });
  before.removeReconnect();

  const after = createSandbox({ now: () => now });
  after.load(JSON.parse(JSON.stringify(before.state())));
  assert.deepEqual(after.state(), before.state());
  assert.deepEqual(after.app, before.app);
  assert.ok(!after.isLiving(lost.access_token));
  assert.equal((await reconnect(after, { locationId })).body.message, "API endpoint has been removed");
  assert.equal((await refresh(after, spent.refresh_token)).body.refresh_token, renewed.body.refresh_token);
  now += 30_000;
  assert.equal((await refresh(after, spent.refresh_token)).status, 400);
  assert.equal(after.counts.spentRefreshTokenUses, 1);
  const next = await refresh(after, renewed.body.refresh_token);
  assert.ok(!before.knows(next.body.access_token));
});

Deno.test("fetch can be passed around like the global one", async () => {
  const { fetch } = createSandbox();
  assert.equal((await fetch(new URL(HOST))).status, 404);
  assert.equal((await fetch(new Request(HOST), { method: "POST" })).status, 404);
  await assert.rejects(fetch(HOST, { signal: AbortSignal.abort(new Error("no")) }), /no/);
});

Deno.test("a hundred thousand connections are cheap to have", () => {
  const sandbox = createSandbox({ companies: [{ locations: 100_000 }] });
  assert.equal(new Set(sandbox.locationIds()).size, 100_000);
  assert.equal(sandbox.issuedSecrets().length, 0);
});
