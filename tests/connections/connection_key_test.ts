import assert from "node:assert/strict";
import { connectionKeys, spreadOf, targetOf } from "../../src/connections/connection_key.ts";

Deno.test("C8: names that are alike are spread evenly over the time there is", () => {
  const buckets = Array.from({ length: 20 }, () => 0);
  for (let at = 0; at < 10_000; at++) {
    const spread = spreadOf(`90e8fdfd872188aadcdd1913/location/location${at}`);
    assert.ok(spread >= 0 && spread < 1);
    const bucket = Math.floor(spread * buckets.length);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const [at, count] of buckets.entries()) {
    assert.ok(count > 400 && count < 600, `${count} of 500 in part ${at}`);
  }
  assert.equal(spreadOf("a"), spreadOf("a"), "always the same");
});

Deno.test("a key names its target, and nothing else is a key", () => {
  const keyOf = connectionKeys("app/");
  for (const target of [{ locationId: "abc" }, { companyId: "abc" }]) {
    const { key, target: own } = keyOf(target);
    assert.deepEqual(own, target);
    assert.deepEqual(targetOf("app/", key), target);
  }
  assert.notEqual(keyOf({ locationId: "abc" }).key, keyOf({ companyId: "abc" }).key);
  for (const key of ["app/location/", "app/place/abc", "app/reconnect", "app/location/a b", "app/"]) {
    assert.equal(targetOf("app/", key), undefined, key);
  }
  assert.throws(() => keyOf({ locationId: "a/b" }), { name: "TypeError", message: /^locationId must/ });
});
