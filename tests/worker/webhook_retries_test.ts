import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { importTokens, nameOf, statusOf, type Target } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, type WorkerWorld, worldClock } from "./worker_world.ts";

/*
 * HighLevel delivers again only after a 429: what meets trouble of ours, of whatever kind, is told so, and taken once when the
 * trouble is over.
 */

const MINUTE = 60_000;

function newSandbox(): Sandbox {
  worldClock.offsetMs = 0;
  return createSandbox({ app: SANDBOX_APP, now: worldClock.now });
}

/** Hands a webhook to the worker, as HighLevel's servers do; `answers` gets the answers. */
function sendTo(world: () => WorkerWorld, answers: Response[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const init = { method: "POST", key: null, headers: request.headers, body: await request.text() };
    const response = await world().call("/webhooks/highlevel", init);
    const text = await response.text();
    answers.push(new Response(text, response));
    return new Response(text, response);
  };
}

async function problemOf(answer: Response | undefined): Promise<Record<string, unknown>> {
  equal(answer?.status, 429);
  ok(Number(answer?.headers.get("retry-after")) >= 60);
  equal(answer?.headers.get("content-type"), "application/problem+json");
  return Object(await answer?.json());
}

/** How often the history of a connection tells of an event. */
async function told(world: WorkerWorld, target: Target, type: string): Promise<number> {
  const { history } = Object(
    await world.handle("call", {
      name: nameOf(target),
      method: "describe",
      args: [],
    }),
  );
  return history.filter((entry: { type: string }) => entry.type === type).length;
}

/** An UNINSTALL that meets `trouble`, and comes again ten minutes after each answer, until `mend` is done and later. */
async function meets(
  world: WorkerWorld,
  trouble: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  await world.advance(1_000);
  const answers: Response[] = [];
  await trouble();
  const body = sandbox.webhook("UNINSTALL", location);
  const delivery = await sandbox.sendWebhook(body, sendTo(() => world, answers));
  equal(delivery.isFinal, false);
  equal(await statusOf(world, location), "connected");
  await world.advance(10 * MINUTE);
  equal(await sandbox.redeliver(), 1);
  equal(delivery.isFinal, false);
  await mend();
  await world.advance(10 * MINUTE);
  await sandbox.redeliver();
  deepEqual(delivery.statuses, [429, 429, 200]);
  equal(delivery.isFinal, true);
  deepEqual(await answers.at(-1)?.json(), { taken: true });
  equal(await statusOf(world, location), undefined);
  // Its copies, also of a day later, change nothing.
  await importTokens(world, location);
  for (const laterMs of [0, 23 * 60 * MINUTE]) {
    await world.advance(laterMs);
    await sandbox.sendWebhook(body, sendTo(() => world, answers));
    deepEqual(await answers.at(-1)?.json(), { taken: false });
  }
  equal(await statusOf(world, location), "connected");
  equal(await told(world, location, "uninstalled"), 1);
  return await problemOf(answers[0]);
}

Deno.test("a webhook that meets an object in trouble is delivered again, and taken once when it is over", async (t) => {
  await using world = await startWorld({ sandbox: newSandbox(), entry: TEST_ENTRY });
  await t.step("its storage is full", async () => {
    const problem = await meets(
      world,
      () => world.handle("full", { full: true }),
      () => world.handle("full", { full: false }),
    );
    equal(problem.code, "store_failed");
  });
  await t.step("it is reset", async () => {
    const problem = await meets(
      world,
      () => world.handle("reset", { times: 2 }),
      () => Promise.resolve(),
    );
    equal(problem.code, "internal");
    ok(!String(problem.detail).includes("Durable"));
  });
});

Deno.test("a webhook that meets a worker with missing or wrong settings is delivered again", async (t) => {
  const sandbox = newSandbox();
  await using mended = await startWorld({ sandbox, entry: TEST_ENTRY });
  const cases: readonly (readonly [string, Record<string, string | undefined>, RegExp])[] = [
    ["a missing one", { HIGHLEVEL_CLIENT_SECRET: undefined }, /HIGHLEVEL_CLIENT_SECRET is missing/],
    ["sealing keys that are none", { SEALING_KEYS: "c2hvcnQ=" }, /SEALING_KEYS/],
    [
      "a key to check webhooks that is none",
      { HIGHLEVEL_WEBHOOK_PUBLIC_KEY: "bm8ga2V5" },
      /HIGHLEVEL_WEBHOOK_PUBLIC_KEY must be an Ed25519 key/,
    ],
  ];
  for (const [name, variables, names] of cases) {
    await t.step(name, async () => {
      await using wrong = await startWorld({ sandbox, variables });
      let world: WorkerWorld = wrong;
      const location = sandbox.addLocation();
      await importTokens(mended, location);
      await mended.advance(1_000);
      const answers: Response[] = [];
      const delivery = await sandbox.sendWebhook(
        sandbox.webhook("UNINSTALL", location),
        sendTo(() => world, answers),
      );
      const problem = await problemOf(answers[0]);
      equal(problem.code, "misconfigured");
      match(String(problem.detail), names);
      world = mended;
      await mended.advance(10 * MINUTE);
      await sandbox.redeliver();
      deepEqual(delivery.statuses, [429, 200]);
      equal(await statusOf(mended, location), undefined);
    });
  }
});

Deno.test("what no later delivery would mend is final: a wrong signature, a body too large, another app", async () => {
  await using world = await startWorld({ sandbox: newSandbox(), entry: TEST_ENTRY });
  const { sandbox } = world;
  const location = sandbox.addLocation();
  const body = sandbox.webhook("UNINSTALL", location);
  const send = sendTo(() => world, []);
  const forging = async (request: Request): Promise<Response> =>
    await send(new Request(request, { headers: { "x-ghl-signature": btoa("x".repeat(64)) } }));
  const cases: readonly (readonly [object, typeof send, number])[] = [
    [body, forging, 401],
    [{ ...body, filler: "x".repeat(1_048_576) }, send, 413],
    [{ ...body, appId: "000000000000000000000000" }, send, 200],
    [{ ...body, timestamp: new Date(worldClock.now() - 25 * 60 * MINUTE).toISOString() }, send, 401],
  ];
  for (const [sent, way, status] of cases) {
    const delivery = await sandbox.sendWebhook(sent, way);
    deepEqual([delivery.statuses, delivery.isFinal], [[status], true]);
  }
});

Deno.test("below a mount point webhooks are told the same", async () => {
  await using world = await startWorld({
    sandbox: newSandbox(),
    entry: "tests/worker/mounted_entry.ts",
    host: true,
    variables: { ADMIN_KEY: undefined },
  });
  const response = await world.call("/highlevel/webhooks/highlevel", { method: "POST", key: null });
  equal((await problemOf(response)).code, "misconfigured");
  const other = await world.call("/highlevel/recoveries", { method: "POST", key: null });
  equal(other.status, 503);
  await other.body?.cancel();
});
