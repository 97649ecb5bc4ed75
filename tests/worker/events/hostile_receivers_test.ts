import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import * as v from "valibot";
import { endpointName } from "../../../src/worker/events/endpoints_of.ts";
import { answerSchemas } from "../../../tasks/openapi/answer_schemas.ts";
import { deliver } from "../calls.ts";
import { KEYS, startWorld, TEST_ENTRY, until } from "../worker_world.ts";
import { type Received, receivers, SECRETS } from "./receivers.ts";

const SITE = "https://events.example";
const PATHS = ["/well", "/fails", "/redirects", "/resets", "/stalls", "/gone"] as const;

Deno.test("receivers that fail, redirect, reset, stall, want no more, or whose object ends: no accepted id is lost", async (t) => {
  let isTroubled = true;
  const stalled = Promise.withResolvers<void>();
  const answers: Record<string, (received: Received) => Response | Promise<Response> | undefined> = {
    "/fails": () => new Response("no", { status: 500 }),
    "/redirects": () => new Response(null, { status: 307, headers: { Location: `${SITE}/elsewhere` } }),
    "/resets": () => Promise.reject(new Error("reset")),
    "/stalls": () => stalled.promise.then(() => new Response()),
    "/gone": () => new Response(null, { status: 410 }),
  };
  const world = receivers((received) =>
    isTroubled ? answers[new URL(received.url).pathname]?.(received) : undefined
  );
  await using worker = await startWorld({
    entry: TEST_ENTRY,
    variables: {
      EVENT_URLS: PATHS.map((path) => `${SITE}${path}?key=address-secret`).join(),
      EVENT_SECRETS: SECRETS.join(),
    },
    upstream: world.upstream,
  });
  const { sandbox } = worker;
  const { locationId } = sandbox.addLocation();
  const names = new Map<string, string>();
  for (const path of PATHS) names.set(path, await endpointName(`${SITE}${path}?key=address-secret`));
  const ids = Array.from({ length: 30 }, (_, at) => `hook-${at}`);
  const has = (path: string): boolean => {
    const taken = new Set(world.taken(path).map(({ id }) => id));
    return ids.every((id) => taken.has(id));
  };
  const events = async (query: string): Promise<v.InferOutput<typeof answerSchemas.eventPage>> => {
    const { status, body } = await worker.json(`/events${query}`);
    equal(status, 200);
    return v.parse(answerSchemas.eventPage, body);
  };

  await t.step("the others are not held up", async () => {
    for (const webhookId of ids) {
      const timestamp = new Date().toISOString();
      const body = { type: "ContactCreate", locationId, webhookId, timestamp, name: "a person" };
      deepEqual(await deliver(worker, body), { status: 200, taken: true });
    }
    await until(() => has("/well"));
  });

  await t.step("what waits and what is dead is listed, for admins alone, and shows no secret", async () => {
    const isWhole = ({ deliveries }: { deliveries: readonly unknown[] }): boolean => deliveries.length === 4;
    await until(async () => (await events("?state=waiting&limit=100")).events.filter(isWhole).length === 30);
    const dead = await events("?limit=20");
    equal(dead.events.length, 20);
    const rest = await events(`?limit=20&cursor=${encodeURIComponent(dead.cursor ?? "")}`);
    deepEqual([...dead.events, ...rest.events].map(({ id }) => id).sort(), ids.toSorted());
    for (const { deliveries, target, type } of dead.events) {
      deepEqual(deliveries.map(({ endpoint, place, problem }) => [endpoint, place, problem]), [[
        SITE,
        6,
        "gone",
      ]]);
      deepEqual([type, target], ["ContactCreate", { locationId }]);
    }
    for (const key of [KEYS.viewer, KEYS.service]) equal((await worker.call("/events", { key })).status, 403);
    const [first] = (await events("?state=waiting&limit=1")).events;
    deepEqual(first?.deliveries.map(({ place }) => place), [2, 3, 4, 5]);
  });

  await t.step("an object that ends keeps what it took", async () => {
    for (const name of names.values()) {
      await worker.handle("call", { name, of: "endpoint", method: "testEnd" }).catch(() => {});
    }
    await worker.advance(3_600_000);
    // The one that stalls would hold its alarm up: it rings once it is well.
    for (const [path, name] of names) if (path !== "/stalls") await worker.ring(name, "endpoint");
    ok(
      world.all.filter(({ url }) => url.includes("/fails")).length < 60,
      "an address that is down is not hammered",
    );
  });

  await t.step("once they are well everything arrives, by itself", async () => {
    isTroubled = false;
    stalled.resolve();
    for (const path of PATHS.slice(1, 5)) {
      await until(async () => {
        if (has(path)) return true;
        await worker.advance(15 * 60_000);
        await worker.ring(names.get(path) ?? "", "endpoint");
        return false;
      });
    }
    equal(world.all.some(({ url }) => url.includes("/elsewhere")), false, "a redirect is not followed");
    await until(async () => (await events("?state=waiting")).events.length === 0);
  });

  await t.step("dead letters are sent again: one, then all", async () => {
    const replay = async (body: object) =>
      await worker.json("/events/replay", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
      });
    for (
      const wrong of [{ ids: [] }, { ids: ["a b"] }, { since: "soon" }, { ids: ["a"], since: "2026-11-27" }]
    ) {
      equal((await replay(wrong)).status, 422, JSON.stringify(wrong));
    }
    deepEqual(await replay({ ids: ["hook-3", "never-was"] }), {
      status: 200,
      body: { replayed: 1, unknown: ["never-was"] },
    });
    await worker.ring(names.get("/gone") ?? "", "endpoint");
    await until(() => world.taken("/gone").length === 1);
    deepEqual((await replay({ since: new Date(0).toISOString() })).body, { replayed: 29 });
    await worker.ring(names.get("/gone") ?? "", "endpoint");
    await until(() => has("/gone"));
    deepEqual((await events("")).events, []);
    const audited = worker.logs.filter((line) => line.includes('"audit"')).map((line) => JSON.parse(line));
    deepEqual(
      audited.filter(({ what, outcome }) => what === "replay" && outcome === "done").map(({ count }) =>
        count
      ),
      [1, 29],
    );
  });

  await t.step("the dashboard's page shows addresses and sends again", async () => {
    const signed = await worker.call("/ui/sign-in", {
      key: null,
      method: "POST",
      body: new URLSearchParams({ key: KEYS.admin, next: "/ui/events" }),
      headers: { Origin: new URL((await worker.call("/healthz")).url).origin },
    });
    equal(signed.status, 303);
    const cookie = (signed.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const page = await (await worker.call("/ui/events", { key: null, headers: { cookie } })).text();
    match(page, /<h1>Events<\/h1>/);
    match(page, /6\. https:\/\/events\.example/);
    match(page, /There are no undelivered events\./);
    doesNotMatch(page, /address-secret/);
  });

  deepEqual(world.faults, []);
  const shown = JSON.stringify(worker.logs);
  for (const secret of [...SECRETS, "address-secret", "a person"]) {
    ok(!shown.includes(secret), "a log shows a secret");
  }
});
