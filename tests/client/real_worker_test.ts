import assert from "node:assert/strict";
import { createClient, WorkerError } from "../../src/client/mod.ts";
import type { ConnectionTarget, WorkerClient } from "../../src/client/mod.ts";
import { documentedPath } from "../../tasks/openapi/document.ts";
import { routes } from "../../src/worker/create_app.ts";
import { importLost } from "../worker/calls.ts";
import { KEYS, startWorld, until, type WorkerWorld } from "../worker/worker_world.ts";
import { freePort } from "../../tasks/free_port.ts";
import { rejectionOf } from "./stub_worker.ts";
import { undocumented } from "./undocumented.ts";

/** A request of a client, and what the worker answered. */
interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly status: number;
  readonly answer: unknown;
}

async function clientOf(
  world: WorkerWorld,
  recorded: Recorded[],
  key: string = KEYS.admin,
): Promise<WorkerClient> {
  const url = String(await world.miniflare.ready);
  return createClient({
    url,
    key,
    highlevel: { fetch: world.sandbox.fetch },
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      const answer: unknown = isJson ? await response.clone().json() : undefined;
      const { pathname: path } = new URL(input);
      const { method = "GET", body } = init;
      recorded.push({ method, path, hasBody: body !== undefined, status: response.status, answer });
      return response;
    },
  });
}

/** What `value` is as JSON. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("the client and a real worker agree on every path, every body and every key", async (t) => {
  await using world = await startWorld();
  const { sandbox } = world;
  const recorded: Recorded[] = [];
  const client = await clientOf(world, recorded);
  const last = (): Recorded => recorded.at(-1) ?? assert.fail("nothing was asked");
  const { locationId } = sandbox.addLocation({ name: "Harbour" });
  const living: ConnectionTarget = { locationId };
  const gone: ConnectionTarget = { locationId: sandbox.addLocation().locationId };
  const nobody: ConnectionTarget = { locationId: "nobody" };

  await t.step("a code, a token, a call, and what is known of the connection", async () => {
    const grant = { code: sandbox.authorize(living), userType: "Location", expected: living } as const;
    const connection = await client.authorize(grant);
    assert.deepEqual(asJson(connection), last().answer);
    assert.ok(sandbox.isLiving(await client.accessToken(living)));
    const response = await client.fetch(living, `/locations/${locationId}`);
    assert.equal(response.status, 200);
    await response.body?.cancel();
    assert.equal(await client.check(living), "living");
    assert.deepEqual(asJson(await client.get(living)), last().answer);
    assert.deepEqual(await client.health(living), { action: "none" });
    assert.deepEqual([await client.get(nobody), await client.health(nobody)], [undefined, undefined]);
    assert.equal(await client.check(nobody), "unknown");
  });

  await t.step("a token that HighLevel has lost is healed by one word to the worker", async () => {
    const before = await client.accessToken(living);
    sandbox.loseTokens();
    assert.equal(await client.check(living), "dead");
    const asked = recorded.length;
    const response = await client.fetch(living, `/locations/${locationId}`);
    assert.equal(response.status, 200);
    await response.body?.cancel();
    assert.equal(recorded.length, asked + 1);
    assert.notEqual(await client.accessToken(living), before);
  });

  await t.step("a code for somebody else is told, with the one that was authorised", async () => {
    const error = await rejectionOf(client.authorize({ code: sandbox.authorize(living), expected: gone }));
    assert.ok(error instanceof WorkerError);
    assert.deepEqual([error.code, error.status], ["wrong_connection", 409]);
  });

  await t.step("a lost connection: link, health, recovery, plan, list", async () => {
    await importLost(world, gone);
    const error = await rejectionOf(client.accessToken(gone));
    assert.ok(error instanceof WorkerError);
    assert.equal(error.code, "reauthorization_required");
    assert.match(error.authorizationUrl ?? "", /^https:/);
    assert.deepEqual(asJson(await client.health(gone)), last().answer);
    assert.deepEqual(asJson(await client.link(gone, { expiresInSeconds: 3_600 })), last().answer);
    const { outcome, error: why, attempts } = await client.recover(gone);
    assert.equal(outcome, "reauthorization_required");
    assert.equal(why?.code, Object(last().answer).code);
    assert.deepEqual(asJson(attempts), Object(last().answer).attempts);
    assert.equal((await client.recover(living)).outcome, "recovered");
    await until(async () => (await Array.fromAsync(client.list())).length === 2);
    assert.deepEqual(asJson(await Array.fromAsync(client.list())), Object(last().answer).connections);
    const query = { status: "reauthorization_required", kind: "location", order: "since" } as const;
    await until(async () => (await Array.fromAsync(client.list(query))).length === 1);
    assert.deepEqual((await Array.fromAsync(client.list(query)))[0]?.target, gone);
    const [planned, ...others] = await Array.fromAsync(client.plan());
    assert.ok(planned?.kind === "location" && planned.url !== undefined && others.length === 0);
    const { kind: _, target, ...rest } = planned;
    assert.deepEqual(asJson({ ...target, ...rest }), Object(last().answer).alone[0]);
  });

  await t.step("tokens got elsewhere are saved, and forgotten, and erased with a receipt", async () => {
    const { access_token: accessToken, refresh_token: refreshToken = "" } = sandbox.install(living);
    const tokens = {
      accessToken,
      refreshToken,
      tokenType: "Bearer",
      expiresAt: new Date(Date.now() + 3_600_000),
      scope: ["locations.readonly"],
      userType: "Location",
    } as const;
    await client.save(living, tokens, { name: "Harbour" });
    assert.equal(await client.accessToken(living), accessToken);
    assert.equal((await client.get(living))?.name, "Harbour");
    await client.suspend(living, { reason: "not paid" });
    const refused = await rejectionOf(client.accessToken(living));
    assert.ok(refused instanceof WorkerError && refused.reason === "suspended", String(refused));
    assert.equal(refused.code, "location_inactive");
    const { outcome, error: why } = await client.recover(living);
    assert.deepEqual([outcome, why?.code], ["paused", "location_inactive"]);
    const { status, suspended } = await client.get(living) ?? {};
    assert.deepEqual([status, suspended?.by, suspended?.reason], ["paused", "admin", "not paid"]);
    const { action, isSuspended } = await client.health(living) ?? {};
    assert.deepEqual([action, isSuspended], ["wait", true]);
    await assert.rejects(client.suspend(living, { reason: "x".repeat(201) }), TypeError);
    await client.resume(living);
    assert.equal(await client.accessToken(living), accessToken);
    await client.forget(living);
    const error = await rejectionOf(client.accessToken(living));
    assert.ok(error instanceof WorkerError && error.code === "not_installed", String(error));
    const { erased, remains } = await client.erase(living);
    assert.deepEqual({ erased, remains }, {
      erased: Object(last().answer).erased,
      remains: Object(last().answer).remains,
    });
  });

  await t.step("a bulk recovery: started, followed, listed, stopped", async () => {
    const back = { locationId: sandbox.addLocation({ installed: true }).locationId };
    const events = await Array.fromAsync(client.recoverMany({ targets: [gone, back] }));
    const done = events.at(-1);
    assert.ok(done?.type === "done");
    assert.deepEqual([done.job.total, done.job.recovered, done.job.reauthorization_required], [2, 1, 1]);
    const unrecovered = events.flatMap((event) =>
      event.type === "unrecovered" ? [event.recovery.target] : []
    );
    assert.deepEqual(unrecovered, [gone]);
    const { id } = done.job;
    assert.deepEqual(asJson(await client.jobs.get(id)), last().answer);
    assert.deepEqual(asJson(await Array.fromAsync(client.jobs.list())), Object(last().answer).recoveries);
    for (const act of ["pause", "resume", "cancel"] as const) {
      assert.deepEqual(asJson(await client.jobs[act](id)), last().answer);
    }
    assert.equal(await client.jobs.get("none"), undefined);
    const again = await client.jobs.start({ status: "reauthorization_required" });
    await until(async () => (await client.jobs.get(again.id))?.status === "done");
  });

  await t.step("events that an address does not have", async () => {
    assert.deepEqual(await Array.fromAsync(client.events.list({ state: "waiting" })), []);
    assert.deepEqual(await client.events.replay({ ids: ["evt_none"] }), {
      replayed: 0,
      unknown: ["evt_none"],
    });
    assert.deepEqual(await client.events.replay({ since: new Date(0) }), { replayed: 0, unknown: [] });
  });

  await t.step("a key of the role service gets tokens, and nothing else", async () => {
    const service = await clientOf(world, [], KEYS.service);
    const { locationId } = sandbox.addLocation({ installed: true });
    assert.ok(sandbox.isLiving(await service.accessToken({ locationId })));
    const refused = await rejectionOf(service.recover({ locationId }));
    assert.ok(refused instanceof WorkerError);
    assert.deepEqual([refused.code, refused.problem?.code], ["forbidden", "not_allowed"]);
    const wrong = await rejectionOf((await clientOf(world, [], "wrong-key")).accessToken({ locationId }));
    assert.ok(wrong instanceof WorkerError);
    assert.deepEqual([wrong.code, wrong.problem?.code], ["unauthorized", "wrong_key"]);
  });

  await t.step("every request and every answer is as the OpenAPI document has it", async () => {
    const { body: document } = await world.json("/openapi.json");
    const seen = new Set<string>();
    for (const { method, path, hasBody, status, answer } of recorded) {
      const pattern = Object.keys(Object(document.paths)).find((known) =>
        new RegExp(`^${known.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path)
      ) ?? "";
      const name = `${method} ${path}`;
      const operation = Object(document.paths)[pattern]?.[method.toLowerCase()];
      assert.ok(operation, `${name} is not documented`);
      seen.add(`${method.toLowerCase()} ${pattern}`);
      assert.ok(!hasBody || operation.requestBody !== undefined, `${name} takes no body`);
      assert.ok(hasBody || operation.requestBody?.required !== true, `${name} wants a body`);
      const { content = {} } = operation.responses[status] ?? operation.responses.default;
      const { schema } = content["application/json"] ?? content["application/problem+json"] ?? {};
      if (answer !== undefined) {
        assert.deepEqual(undocumented(answer, schema, document), [], name);
      }
    }
    const expected = routes.map(({ method, path }) => `${method} ${documentedPath(path)}`).filter((name) =>
      /^\w+ \/(connections|recoveries|events|plan|oauth\/code)(\/|$)/.test(name) &&
      !/\/name$|^delete .*\/link$/.test(name)
    );
    assert.deepEqual([...seen].toSorted(), expected.toSorted());
  });
});

Deno.test("a job is followed across a restart of the worker, and each connection is told once", async () => {
  const persist = await Deno.makeTempDir();
  try {
    const port = freePort();
    await using world = await startWorld({ persist, port });
    const targets = Array.from({ length: 30 }, (_, at) => {
      const { locationId } = world.sandbox.addLocation({ installed: at % 2 === 0 });
      return { locationId };
    });
    const without = targets.filter((_, at) => at % 2 === 1);
    const client = await clientOf(world, []);
    const told: string[] = [];
    let restarted = false;
    for await (const event of client.recoverMany({ targets })) {
      if (event.type === "unrecovered") told.push(event.recovery.target.locationId ?? "");
      else if (restarted && event.job.status !== "cancelled") await client.jobs.cancel(event.job.id); // it has gone on
      if (!restarted && told.length > 0) {
        restarted = true;
        await world.restart();
      }
      if (event.type === "done") assert.equal(event.job.total, 30);
    }
    assert.ok(restarted);
    assert.deepEqual(told.toSorted(), [...new Set(told)].toSorted());
    assert.ok(told.every((id) => without.some(({ locationId }) => locationId === id)));
  } finally {
    await Deno.remove(persist, { recursive: true });
  }
});
