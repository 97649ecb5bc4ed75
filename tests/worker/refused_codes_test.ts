import { deepEqual, equal, ok } from "node:assert/strict";
import { addressOf } from "../../src/worker/http/address_of.ts";
import { RefusedCodes } from "../../src/worker/customer/refused_codes.ts";

const MINUTE = 60_000;

Deno.test("ten refused codes of a minute are allowed, and count for a minute", async () => {
  const codes = new RefusedCodes(undefined, 1);
  for (let count = 0; count < 10; count++) {
    equal(codes.waitMs(["a"], 1_000 + count), 0, `${count}`);
    await codes.begin(["a"], 1_000 + count).refused();
  }
  equal(codes.waitMs(["a"], 2_000), MINUTE - 1_000);
  equal(codes.waitMs(["b"], 2_000), 0);
  equal(codes.waitMs(["b", "a"], 2_000), MINUTE - 1_000, "any of a visitor's counts");
  equal(codes.waitMs(["a"], 1_000 + MINUTE), 0);
});

Deno.test("codes that are granted do not count, those under way do for as long as they are", () => {
  const codes = new RefusedCodes(undefined, 1);
  for (let count = 0; count < 50; count++) codes.begin(["a"], 0).granted();
  equal(codes.waitMs(["a"], 0), 0);
  const attempts = Array.from({ length: 10 }, () => codes.begin(["a"], 0));
  const waitMs = codes.waitMs(["a"], 0);
  ok(waitMs > 0 && waitMs < 5_000, "only a moment");
  attempts[0]?.granted();
  equal(codes.waitMs(["a"], 0), 0);
  equal(codes.waitMs(["a"], MINUTE), 0);
  attempts[1]?.granted();
  for (let count = 0; count < 2; count++) codes.begin(["a"], MINUTE);
  ok(codes.waitMs(["a"], MINUTE) > 0, "eight of the minute before are still under way");
});

Deno.test("the more pairs an app has, the fewer codes may be refused: 30 calls at most", async () => {
  for (const [pairs, allowed] of [[1, 10], [2, 10], [3, 7], [5, 5], [40, 1]] as const) {
    const codes = new RefusedCodes(undefined, pairs);
    let refused = 0;
    for (; codes.waitMs(["a"], 0) === 0; refused++) await codes.begin(["a"], 0).refused();
    equal(refused, allowed, `${pairs} pairs`);
  }
});

Deno.test("a limit that is bound closes early, and one that fails closes nothing", async () => {
  const asked: string[] = [];
  const bound = new RefusedCodes({
    limit: ({ key }) => {
      asked.push(key);
      return Promise.resolve({ success: key !== "full" });
    },
  }, 1);
  await bound.begin(["free"], 0).refused();
  equal(bound.waitMs(["free"], 0), 0);
  await bound.begin(["free", "full"], 0).refused();
  equal(bound.waitMs(["full"], 0), MINUTE);
  equal(bound.waitMs(["free"], 0), 0);
  deepEqual(asked, ["free", "free", "full"], "asked for refused codes only");

  const broken = new RefusedCodes({ limit: () => Promise.reject(new Error("no limit today")) }, 1);
  await broken.begin(["a"], 0).refused();
  equal(broken.waitMs(["a"], 0), 0);
});

Deno.test("visitors that are remembered do not grow without end, and the latest are among them", async () => {
  const codes = new RefusedCodes(undefined, 40);
  for (let count = 0; count < 3_000; count++) await codes.begin([`visitor ${count}`], 0).refused();
  ok(codes.waitMs(["visitor 2999"], 0) > 0);
  equal(codes.waitMs(["visitor 0"], 0), 0);
});

Deno.test("addresses of one IPv6 network are one visitor", () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8:7:1:aaaa:bbbb:cccc:dddd", "2001:db8:7:1"],
    ["2001:0DB8:0007:0001::1", "2001:db8:7:1"],
    ["2001:db8:7::1", "2001:db8:7:0"],
    ["2001:db8::7:1:2:3:4", "2001:db8:0:7"],
    ["::1", "0:0:0:0"],
    ["fe80::", "fe80:0:0:0"],
    ["::ffff:203.0.113.9", "::ffff:203.0.113.9"],
    [undefined, "unknown"],
  ];
  for (const [address, expected] of cases) {
    const headers = address === undefined ? {} : { "CF-Connecting-IP": address };
    equal(addressOf(new Request("https://worker.example/", { headers })), expected);
  }
});
