import assert from "node:assert/strict";
import { RedisStore } from "../../src/stores/redis_store.ts";

Deno.test("RedisStore names an option that is missing or wrong", () => {
  const send = () => Promise.resolve(null);
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^send must be a function/],
    [{ send, prefix: "" }, /^prefix must be/],
    [{ send, prefix: "a{b}" }, /^prefix must be/],
    [{ send, leaseMs: 999 }, /^leaseMs must be/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => Reflect.construct(RedisStore, [options]), { name: "TypeError", message });
  }
});

Deno.test("every key of a store is in one slot of a cluster, and every key that a script touches is named to it", async () => {
  const commands: string[][] = [];
  const send = (...command: string[]) => {
    commands.push(command);
    if (command[0] === "ZRANGEBYLEX") return Promise.resolve(["a", "b"]);
    const isList = command[0] !== "EVAL" || command[1]?.includes("return shown");
    return Promise.resolve(isList ? [null, null, null, null] : "1");
  };
  const store = new RedisStore({ send, prefix: "mine" });
  await store.get("a");
  await store.put("a", { format: 1, summary: { updatedAt: 1 }, body: "" });
  await store.delete("a");
  await store.list();
  await store.lock("a", () => Promise.resolve());
  for (const [name, ...args] of commands) {
    const keys = name === "EVAL" ? args.slice(2, 2 + Number(args[1])) : args.slice(0, 1);
    assert.ok(keys.length > 0 && keys.every((key) => key.startsWith("{mine}:")), `${name} ${keys}`);
    if (name === "EVAL") assert.doesNotMatch(args[0] ?? "", /mine|highlevel/);
  }
});

Deno.test("RedisStore says which key holds something foreign", async () => {
  const send = () => Promise.resolve(["1", "MARK", "MARK", null]);
  await assert.rejects(new RedisStore({ send }).get("a"), {
    code: "store_failed",
    message: /^The record under a is none of this module/,
  });
});

Deno.test("a send that does not give the reply is told, with what it must give", async () => {
  const record = { format: 1, summary: { updatedAt: 1 }, body: "" } as const;
  for (const answer of [undefined, null, "OK", { result: [] }]) {
    const store = new RedisStore({ send: () => Promise.resolve(answer) });
    const calls = answer === "OK" ? [() => store.get("a"), () => store.list()] : [
      () => store.get("a"),
      () => store.put("a", record),
      () => store.delete("a"),
      () => store.list(),
      () => store.lock("a", () => Promise.resolve()),
    ];
    for (const call of calls) {
      await assert.rejects(call(), {
        code: "store_failed",
        message: "send must give Redis's reply as it is: see the client's line in docs/STORES.md.",
      });
    }
  }
});

Deno.test("what was to be dropped leaves Redis also where every process writes once, as functions do", async () => {
  let sweeps = 0;
  const send = (command: string) => {
    if (command === "ZRANGEBYSCORE") sweeps++;
    return Promise.resolve(command === "EVAL" ? "1" : []);
  };
  for (let processes = 0; sweeps === 0 && processes < 5_000; processes++) {
    await new RedisStore({ send }).put("a", { format: 1, summary: { updatedAt: 1 }, body: "", dropAt: 2 });
  }
  assert.equal(sweeps, 1);
});
