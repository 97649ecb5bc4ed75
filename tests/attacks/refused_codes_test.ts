import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { importLost, look, recover, statusOf } from "../worker/calls.ts";
import { choice, InstallBrowser } from "../worker/install_browser.ts";
import {
  SANDBOX_APP,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
} from "../worker/worker_world.ts";

const MINUTE = 60_000;

function sandboxOfTwoPairs(): Sandbox {
  const previous = [
    { clientId: "6637aef4b7c0e85d3b1f9d77-old00001", clientSecret: "older-secret" },
    { clientId: "6637aef4b7c0e85d3b1f9d77-old00002", clientSecret: "oldest-secret" },
  ];
  return createSandbox({ app: { ...SANDBOX_APP, previous }, now: worldClock.now });
}

async function start(options: Parameters<typeof startWorld>[0] = {}): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now, codeLifetimeMs: 10 * MINUTE });
  return await startWorld({ sandbox, entry: TEST_ENTRY, ...options });
}

/** Somebody at an address of his own. */
function visitor(world: WorkerWorld, address: string): InstallBrowser {
  return new InstallBrowser(world, { "CF-Connecting-IP": address });
}

async function written(world: WorkerWorld): Promise<number> {
  return Number(Object(await world.handle("woken"))["kv.put"] ?? 0);
}

/** What 40 visits with made-up codes end in, one after the other. */
async function guess(browsers: readonly InstallBrowser[], query = ""): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < 40; index++) {
    const browser = browsers[index % browsers.length];
    const visit = await browser?.visit(`/oauth/callback?code=guessed${index}${query}`);
    statuses.push(visit?.status ?? 0);
  }
  return statuses;
}

const count = (statuses: readonly number[], status: number): number =>
  statuses.filter((one) => one === status).length;

for (const limits of [{}, { REFUSED_CODES: 10 }]) {
  const how = "REFUSED_CODES" in limits ? "with its limit" : "without a limit bound";
  Deno.test(`K7: made-up codes without a state cost ten exchanges a minute in all, and write nothing, ${how}`, async () => {
    await using world = await start({ limits });
    const { sandbox } = world;
    const broken = sandbox.addLocation();
    assert.equal(await recover(world, broken), 200);
    sandbox.uninstall(broken);
    assert.equal(await recover(world, broken), 424);
    const before = await written(world);
    sandbox.resetCounts();

    const addresses = Array.from({ length: 40 }, (_, index) => visitor(world, `203.0.113.${index}`));
    const statuses = await guess(addresses);
    assert.equal(count(statuses, 502), 10);
    assert.equal(count(statuses, 429), 30);
    assert.deepEqual([sandbox.counts.exchange, sandbox.counts.total], [10, 10], "nothing but those was sent");
    assert.equal(await written(world), before, "KV was not written");

    // Who comes with a state of his own is not held up by them.
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = visitor(world, "198.51.100.7");
    const back = await browser.authorize(`?location=${locationId}`, choice("location", locationId));
    assert.equal((await browser.visit(back)).status, 200);

    await world.advance(MINUTE + 1);
    const code = sandbox.marketplaceCode({ locationId });
    if (!("REFUSED_CODES" in limits)) {
      assert.equal((await browser.visit(`/oauth/callback?code=${code}`)).status, 200);
    }
  });
}

Deno.test("K7: an address that brings refused codes waits, also with states of its own; others do not", async () => {
  await using world = await start();
  const { sandbox } = world;
  const known = sandbox.addLocation();
  assert.equal(await recover(world, known), 200);
  sandbox.uninstall(known);
  assert.equal(await recover(world, known), 424);
  const before = await written(world);
  sandbox.resetCounts();

  const statuses: number[] = [];
  for (let index = 0; index < 40; index++) {
    // 40 browsers of one network, each with a valid state that names somebody's unhealthy connection.
    const browser = visitor(world, `2001:db8:7:1::${index.toString(16)}`);
    const page = await browser.begin(`?location=${known.locationId}`);
    const state = page.searchParams.get("state");
    statuses.push((await browser.visit(`/oauth/callback?code=guessed${index}&state=${state}`)).status);
  }
  assert.equal(count(statuses, 502), 10);
  assert.equal(count(statuses, 429), 30);
  assert.equal(sandbox.counts.exchange, 10);
  await world.ring(`location/${known.locationId}`);
  assert.equal(sandbox.counts.total, 10, "nobody climbed for a code that was refused");
  assert.equal(await written(world), before);
  assert.equal((await look(world, known)).status, "reauthorization_required");

  const { locationId } = sandbox.addLocation({ installed: false });
  const other = visitor(world, "2001:db8:7:2::1");
  const back = await other.authorize("", choice("location", locationId));
  assert.equal((await other.visit(back)).status, 200, "the next network is another visitor");
  const late = visitor(world, "2001:db8:7:1::ffff");
  const way = await late.authorize("", choice("location", locationId));
  assert.equal((await late.visit(way)).status, 429);
  await world.advance(MINUTE + 1);
  assert.equal((await late.visit(way)).status, 200, "nothing was spent meanwhile");
});

Deno.test("codes that come all at once are counted before they are exchanged", async () => {
  await using world = await start();
  const { sandbox } = world;
  const slow = sandbox.fault({ on: "exchange", kind: "delay", ms: 300, times: 100 });
  const statuses = await Promise.all(Array.from({ length: 40 }, async (_, index) => {
    const { status } = await visitor(world, `203.0.113.${index}`).visit(
      `/oauth/callback?code=guessed${index}`,
    );
    return status;
  }));
  slow.remove();
  assert.equal(sandbox.counts.exchange, 10);
  assert.equal(count(statuses, 502), 10);
  const told = await world.call("/oauth/callback?code=one-more", { key: null });
  assert.equal(told.status, 429);
  const seconds = Number(told.headers.get("retry-after"));
  assert.ok(seconds > 0 && seconds <= 60, `${seconds}`);
  assert.match(await told.text(), /Nothing was changed/);
});

Deno.test("an app with older pairs spends at most 30 calls a minute on refused codes", async () => {
  worldClock.offsetMs = 0;
  const sandbox = sandboxOfTwoPairs();
  const previous = sandbox.app.previous.map(({ clientId, clientSecret }) => `${clientId}:${clientSecret}`);
  const variables = { HIGHLEVEL_PREVIOUS_CREDENTIALS: previous.join() };
  await using world = await start({ sandbox, variables });
  await guess([visitor(world, "203.0.113.1")]);
  assert.ok(sandbox.counts.exchange > 15 && sandbox.counts.exchange <= 30, `${sandbox.counts.exchange}`);
});

Deno.test("an outage of HighLevel counts as well: whoever makes up codes then is bounded too", async () => {
  await using world = await start();
  const { sandbox } = world;
  const outage = sandbox.fault({ on: "any", kind: "status", status: 503, times: 1_000 });
  const statuses = await guess([visitor(world, "203.0.113.1")]);
  assert.equal(count(statuses, 429), 30);
  assert.ok(sandbox.counts.exchange <= 30, `${sandbox.counts.exchange}`);
  outage.remove();
});

Deno.test("a wrong state costs nothing at all, however often", async () => {
  await using world = await start();
  const { sandbox } = world;
  const before = await written(world);
  const state = "&state=00000000-0000-4000-8000-000000000000";
  const statuses = await guess([visitor(world, "203.0.113.1")], state);
  assert.equal(count(statuses, 400), 40);
  assert.equal(sandbox.counts.total, 0);
  assert.equal(await written(world), before);
});

Deno.test("the limit that is bound ends an isolate's patience at once", async () => {
  await using world = await start({ limits: { REFUSED_CODES: 3 } });
  const statuses = await guess([visitor(world, "203.0.113.1")]);
  assert.equal(count(statuses, 429), 36);
  assert.equal(world.sandbox.counts.exchange, 4, "the fourth refusal is the one too many");
});

Deno.test("an answer that was lost is made good for the connection that a state named, and only then", async () => {
  await using world = await start();
  const { sandbox } = world;
  const { locationId } = sandbox.addLocation();
  await importLost(world, { locationId });
  assert.equal(await recover(world, { locationId }), 424);
  const browser = visitor(world, "203.0.113.1");
  const back = await browser.authorize(`?location=${locationId}`, choice("location", locationId));
  sandbox.fault({ on: "exchange", kind: "reset_after" });
  assert.equal((await browser.visit(back)).status, 502);
  await until(async () => await statusOf(world, { locationId }) === "connected");
});
