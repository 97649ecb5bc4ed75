import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { isCoded } from "../../../src/oauth/highlevel_error.ts";
import { calling } from "../../../src/worker/durable/call.ts";
import { importTokens, nameOf, recover } from "../calls.ts";
import { startWorld, TEST_ENTRY, until } from "../worker_world.ts";

/** An error with the flags that workerd sets. */
function broken(flags: object): Error {
  return Object.assign(new Error("broken"), flags);
}

/** An object whose calls end as `answers` say, one after the other; tells over which stub each came. */
function objectWith(answers: readonly unknown[]) {
  const calls: string[] = [];
  let stubs = 0;
  const api = calling(() => {
    const stub = `stub ${++stubs}`;
    return {
      token: (name: string): Promise<unknown> => {
        const answer = answers[calls.push(`${stub} ${name}`) - 1];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    };
  });
  return { api, calls };
}

Deno.test("K9: what was reset, or whose way broke, is called once more over a new stub", async () => {
  for (
    const flags of [{ retryable: true }, { durableObjectReset: true }, { retryable: true, remote: true }]
  ) {
    const { api, calls } = objectWith([broken(flags), "fine"]);
    equal(await api.token("a"), "fine");
    deepEqual(calls, ["stub 1 a", "stub 2 a"]);
  }
});

Deno.test("K9: what breaks twice, or has too much to do, says when to come again", async () => {
  const retryable = broken({ retryable: true });
  const overloaded = broken({ retryable: true, overloaded: true });
  const cases = [[[overloaded, "fine"], 1], [[retryable, overloaded], 2], [
    [retryable, retryable, "fine"],
    2,
  ]] as const;
  for (const [answers, times] of cases) {
    const { api, calls } = objectWith(answers);
    await rejects(api.token("a"), (error) => {
      ok(isCoded(error, "store_failed"));
      return error.retryable && error.retryAfterMs === 5_000;
    });
    equal(calls.length, times);
  }
});

Deno.test("an object's own trouble is its caller's, and is not repeated", async () => {
  const own = new TypeError("own");
  const { api, calls } = objectWith([own, "fine"]);
  await rejects(api.token("a"), own);
  const later = objectWith([broken({ durableObjectReset: true }), own]);
  await rejects(later.api.token("a"), own);
  deepEqual([calls.length, later.calls.length], [1, 2]);
});

Deno.test("an api is no promise: awaiting one calls nothing", async () => {
  const { api, calls } = objectWith(["fine"]);
  equal(await Promise.resolve(api), api);
  deepEqual(calls, []);
});

Deno.test("K9: a request that meets an object reset by a deployment is answered all the same, and nothing is lost", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  sandbox.expireAccessTokens(location);
  sandbox.fault({ on: "refresh", kind: "delay", ms: 500 });
  sandbox.resetCounts();
  const answer = recover(world, location);
  await until(() => sandbox.counts.refresh === 1);
  await world.handle("call", { name: nameOf(location), method: "testReset", args: [] }).catch(() => {});
  equal(await answer, 200);
  const { status, body } = await world.json(`/connections/${nameOf(location)}/token`);
  equal(status, 200);
  ok(sandbox.isLiving(String(body.access_token)));
  ok(
    world.logs.some((line) => /"method":"recover","outcome":"retried".*"reset":true/.test(line)),
    "it was repeated",
  );
});
