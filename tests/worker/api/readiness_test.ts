import { deepEqual, equal, ok } from "node:assert/strict";
import { Readiness } from "../../../src/worker/api/readiness.ts";
import { reconnectApp } from "../../../src/worker/reconnect_app.ts";
import type { WorkerEnv } from "../../../src/worker/env.ts";
import { SECRETS } from "../events/receivers.ts";
import { KEYS, startWorld, TEST_ENTRY } from "../worker_world.ts";

type Answer = () => Promise<unknown>;

/** A worker whose parts answer as told; counts how often each was touched. */
function readinessOf(
  answers: Readonly<Partial<Record<"kv" | "object" | "queue" | "events", Answer>>>,
  settings: object = {},
) {
  const touched = { kv: 0, object: 0, queue: 0, events: 0 };
  const touch = (part: keyof typeof touched) => (): Promise<unknown> => {
    touched[part]++;
    return answers[part]?.() ?? Promise.resolve();
  };
  const env: object = {
    HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
    HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
    SEALING_KEYS: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ADMIN_KEY: "admin-key-0123456789",
    TOKENS: { get: touch("kv") },
    JOBS: { idFromName: (name: string) => name, get: () => ({ progress: touch("object") }) },
    RECOVERIES: { metrics: touch("queue") },
    EVENTS: { metrics: touch("events") },
    EVENT_ENDPOINTS: {},
    CONNECTIONS: {},
    DIRECTORY: {},
    ...settings,
  };
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  ok(isEnv(env));
  return { readiness: new Readiness(reconnectApp(env)), touched };
}

const refuse: Answer = () => Promise.reject(new Error("secret-1"));

Deno.test("each part is touched, and the one that fails is named", async () => {
  deepEqual(await readinessOf({}).readiness.check(0), { kv: "ok", object: "ok", queue: "ok" });
  for (const part of ["kv", "object", "queue"] as const) {
    const { readiness } = readinessOf({ [part]: refuse });
    deepEqual(await readiness.check(0), { kv: "ok", object: "ok", queue: "ok", [part]: "failed" });
  }
  const throwing = readinessOf({
    kv: () => {
      throw new Error("at once");
    },
  });
  equal((await throwing.readiness.check(0)).kv, "failed");
});

Deno.test("where events are sent, the queue that has to take webhooks counts too", async () => {
  const settings = { EVENT_URLS: "https://a.example/", EVENT_SECRETS: SECRETS.join() };
  const well = readinessOf({}, settings);
  equal((await well.readiness.check(0)).queue, "ok");
  equal(well.touched.events, 1);
  equal((await readinessOf({ events: refuse }, settings).readiness.check(0)).queue, "failed");
  equal((await readinessOf({ events: refuse }).readiness.check(0)).queue, "ok", "nobody needs it");
});

Deno.test("whoever floods it touches nothing more than once in ten seconds", async () => {
  const { readiness, touched } = readinessOf({});
  for (let now = 0; now < 10_000; now += 100) await readiness.check(now);
  deepEqual(touched, { kv: 1, object: 1, queue: 1, events: 0 });
  await readiness.check(10_000);
  deepEqual(touched, { kv: 2, object: 2, queue: 2, events: 0 });
});

Deno.test("/readyz touches KV, an object and the queue, without a key, and leaves nothing behind", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { status, body } = await world.json("/readyz", { key: null });
  equal(status, 200);
  deepEqual(body, { status: "ready" }, "which parts there are is told to holders of a key");
  const { body: told } = await world.json("/readyz", { key: KEYS.viewer });
  deepEqual(told, { status: "ready", checks: { kv: "ok", object: "ok", queue: "ok" } });
  deepEqual((await world.json("/readyz", { key: "a-wrong-key" })).body, { status: "ready" });
  deepEqual(
    await world.sql(
      "readyz",
      "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'",
      [],
      "job",
    ),
    [],
  );
});
