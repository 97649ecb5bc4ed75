import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { linkTarget, tell } from "./calls.ts";
import {
  SANDBOX_APP,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
  type WorldOptions,
} from "./worker_world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

async function world(options: Pick<WorldOptions, "upstream"> = {}): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
    ...options,
  });
}

async function schedule(
  world: WorkerWorld,
  name: string,
): Promise<Record<string, { at: number; attempt: number }>> {
  const rows = await world.sql(name, "SELECT name, at, attempt FROM schedule");
  return Object.fromEntries(
    rows.map((row) => [row.name, { at: Number(row.at), attempt: Number(row.attempt) }]),
  );
}

/** Moves the clock to when `item` is due and lets the alarm ring. */
async function turn(world: WorkerWorld, name: string, item: string): Promise<void> {
  const due = (await schedule(world, name))[item]?.at ?? NaN;
  ok(!Number.isNaN(due), `${item} is on the schedule`);
  await world.advance(Math.max(0, due - worldClock.now() + 1));
  await world.ring(name);
}

async function connect(world: WorkerWorld): Promise<{ locationId: string; name: string }> {
  const { locationId } = world.sandbox.addLocation();
  equal((await world.json(`/connections/location/${locationId}/token`)).status, 200);
  return { locationId, name: `location/${locationId}` };
}

Deno.test("a connection refreshes itself an hour before its token ends, and up to a fifth of its life, day after day", async () => {
  await using place = await world();
  const { name, locationId } = await connect(place);
  for (let day = 1; day <= 3; day++) {
    const due = (await schedule(place, name)).refresh?.at ?? 0;
    const leftMs = worldClock.now() + 86_399_000 - due;
    ok(leftMs > HOUR - MINUTE && leftMs < HOUR + DAY / 5 + MINUTE, `${leftMs / MINUTE} min before the end`);
    await turn(place, name, "refresh");
    equal(place.sandbox.counts.refresh, day);
  }
  const before = place.sandbox.counts.total;
  await place.json(`/connections/location/${locationId}/token`);
  equal(place.sandbox.counts.total, before, "whoever asks finds a living token");
});

Deno.test("what is broken is tried with growing delay for seven days; alerts tell once, and when it is back", async () => {
  await using place = await world();
  const { name, locationId } = await connect(place);
  await place.handle("hurry", { times: 100 }); // a refresh without an answer is repeated for 20 s
  const outage = place.sandbox.fault({ on: "any", kind: "status", status: 503, times: 100_000 });
  await place.advance(DAY + MINUTE);
  equal((await place.json(`/connections/location/${locationId}/token`)).status, 503);
  const startedAt = worldClock.now();
  const delays: number[] = [];
  await place.ring(name);
  await until(async () => "heal" in await schedule(place, name) || (await place.ring(name), false));
  for (let tries = 0; "heal" in await schedule(place, name) && tries < 60; tries++) {
    const before = worldClock.now();
    await turn(place, name, "heal");
    delays.push(worldClock.now() - before);
    if (tries === 8) equal((await place.json(`/connections/location/${locationId}`)).body.status, "broken");
  }
  const took = worldClock.now() - startedAt;
  ok(took > 6.5 * DAY && took < 8 * DAY, `${took / DAY} days`);
  ok((delays[0] ?? 0) < MINUTE / 4 && Math.max(...delays) <= 7.6 * HOUR, "from ten seconds to six hours");
  await tell(place, name);
  await until(() => place.alerts.length > 0);
  equal(place.alerts.length, 1, "broken is told once");
  equal(place.alerts[0]?.kind, "broken");
  match(String(place.alerts[0]?.text), new RegExp(`${locationId} has been broken for an hour`));
  outage.remove();
  equal((await place.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status, 200);
  await tell(place, name);
  await until(() => place.alerts.length > 1);
  equal(place.alerts[1]?.kind, "back");
  for (const secret of place.sandbox.issuedSecrets()) ok(!JSON.stringify(place.alerts).includes(secret));
});

Deno.test("a connection that needs a person is told when it becomes so, and not again until it was back", async () => {
  await using place = await world();
  const { name, locationId } = await connect(place);
  const fail = async (): Promise<void> => {
    place.sandbox.uninstall({ locationId });
    const { status } = await place.json(`/connections/location/${locationId}/recover`, { method: "POST" });
    equal(status, 424);
    await tell(place, name);
  };
  await fail();
  await until(() => place.alerts.length === 1);
  deepEqual(await linkTarget(place.alerts[0]?.authorizationUrl, place.sandbox.app), { locationId });
  for (let day = 0; day < 3; day++) {
    await place.advance(DAY);
    await fail();
  }
  equal(place.alerts.length, 1);
  place.sandbox.install({ locationId });
  equal((await place.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status, 200);
  await tell(place, name);
  await until(() => place.alerts.length === 2);
  await place.advance(DAY);
  await fail();
  await until(() => place.alerts.length === 3);
  deepEqual(place.alerts.map(({ kind }) => kind), [
    "reauthorization_required",
    "back",
    "reauthorization_required",
  ]);
});

Deno.test("the daily round retries what is not connected, and tells when Reconnect is back", async () => {
  await using place = await world();
  const { sandbox } = place;
  const { locationId } = await connect(place);
  sandbox.removeReconnect();
  sandbox.loseTokens({ locationId });
  equal((await place.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status, 424);
  /** One day's round and its job, to the end. */
  const round = async (): Promise<void> => {
    await place.handle("daily");
    const job = `daily-${new Date(worldClock.now()).toISOString().slice(0, 10)}-reauthorization_required`;
    await until(async () => {
      const { status, body } = await place.json(`/recoveries/${job}`);
      if (status === 200 && body.status !== "done") await place.ring(job, "job"); // real alarms do not follow the clock
      return body.status === "done";
    });
  };
  await round();
  for (let day = 0; day < 2; day++) {
    await place.advance(DAY - MINUTE);
    await round();
  }
  equal(place.alerts.some(({ kind }) => kind === "endpoint_back"), false, "still removed");
  sandbox.restoreReconnect();
  await place.advance(DAY - MINUTE);
  await round();
  ok(place.alerts.some(({ kind }) => kind === "endpoint_back"));
  equal((await place.json(`/connections/location/${locationId}`)).body.status, "connected");
});

Deno.test("the daily round lists a thousand connections with one call, also while Reconnect is removed", async () => {
  await using place = await world();
  const { sandbox } = place;
  const { locationId } = await connect(place);
  sandbox.removeReconnect();
  sandbox.loseTokens({ locationId });
  equal((await place.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status, 424);
  const { TOKENS } = await place.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  const metadata = { status: "connected", updatedAt: Date.now() };
  const text = JSON.stringify({ format: 1, summary: metadata, body: "s1.x" });
  const key = (await TOKENS.list()).keys.find(({ name }) => name.includes("/location/"))?.name ?? "";
  const keys = Array.from({ length: 1_200 }, (_, index) => key.replace(locationId, `0${index}`));
  await Promise.all(keys.map((name) => TOKENS.put(name, text, { metadata })));
  const { total } = sandbox.counts;
  await place.handle("daily");
  ok(sandbox.counts.total > total, "probed");
  const lists = Number(Object(await place.handle("woken"))["kv.list"]);
  ok(lists > 0 && lists <= 4, `${lists} calls, those of its jobs included`);
});

Deno.test("a probe of Reconnect that KV spoils does not stop the daily round", async () => {
  await using place = await world();
  const { locationId } = await connect(place);
  place.sandbox.removeReconnect();
  place.sandbox.loseTokens({ locationId });
  equal((await place.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status, 424);
  await place.handle("kv", { mode: "refuse" });
  await place.handle("daily");
  const day = new Date(worldClock.now()).toISOString().slice(0, 10);
  equal((await place.json(`/recoveries/daily-${day}-reauthorization_required`)).status, 200);
});

Deno.test("the daily round warns of refresh tokens that near their year, however often the chat refuses that", async () => {
  let refusals = 0;
  await using place = await world({
    upstream: (request) =>
      new URL(request.url).hostname === "alerts.example" && refusals++ < 2
        ? new Response(null, { status: 503 })
        : undefined,
  });
  const { locationId } = await connect(place);
  const { locationId: lost } = await connect(place);
  place.sandbox.uninstall({ locationId: lost });
  equal((await place.json(`/connections/location/${lost}/recover`, { method: "POST" })).status, 424);
  const told = async (): Promise<void> => {
    await place.handle("daily");
    // Alarms do not follow the clock.
    for (let rings = 0; rings < 4; rings++) {
      await place.ring("0", "directory");
      await place.advance(20_000);
    }
  };
  await place.advance(331 * DAY);
  await told();
  ok(refusals > 2);
  const warnings = (): unknown[] => place.alerts.filter(({ kind }) => kind === "old_refresh_tokens");
  const { text, count } = Object(warnings()[0]);
  match(text, new RegExp(locationId));
  equal(count, 1, "not of one that needs a person anyway");
  await place.advance(35 * DAY);
  await told();
  equal(warnings().length, 1, "nor when the year is over");
});

Deno.test("no token, code or key in any log line, or in the bytes on disk", async () => {
  worldClock.offsetMs = 0;
  const folder = await Deno.makeTempDir();
  try {
    const sandbox = createSandbox({ app: SANDBOX_APP });
    {
      await using place = await startWorld({ sandbox, entry: TEST_ENTRY, persist: folder });
      const { locationId } = await connect(place);
      sandbox.fault({ on: "refresh", kind: "echo_secrets" });
      for (const path of ["token", "recover"]) {
        await place.json(`/connections/location/${locationId}/${path}`, {
          method: path === "token" ? "GET" : "POST",
        });
      }
      await (await place.call(`/proxy/location/${locationId}/contacts/?email=kim@example.com`)).body
        ?.cancel();
      await place.json("/connections", { key: "wrong-key-0123456789" });
      await until(() => place.logs.length > 4);
      const lines = place.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
      ok(lines.some(({ route }) => route === "/proxy/:kind/:id/:path{.*}"), "the pattern, not the path");
      const logged = place.logs.join("\n");
      const secrets = [
        ...sandbox.issuedSecrets(),
        sandbox.app.clientSecret,
        "-key-0123456789",
        "kim@example.com",
      ];
      for (const secret of secrets) ok(!logged.includes(secret), secret.slice(0, 12));
    }
    const found = new Deno.Command("grep", {
      args: ["-rlaF", ...sandbox.issuedSecrets().flatMap((secret) => ["-e", secret]), folder],
    });
    equal(new TextDecoder().decode((await found.output()).stdout), "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
