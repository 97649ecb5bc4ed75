import assert from "node:assert/strict";
import { DAY, MINUTE, world } from "./world.ts";

/** Many lost connections without another way, and what a call of Reconnect meets. */
function lostWorld(count: number) {
  const w = world();
  const targets = Array.from({ length: count }, (_, index) => ({ locationId: `lost${index}` }));
  for (const target of targets) w.sandbox.addLocation(target);
  const recoverAll = async (): Promise<Record<string, number>> => {
    const outcomes: Record<string, number> = {};
    for await (const { outcome } of w.another().recoverAll(targets)) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  };
  return { ...w, targets, recoverAll };
}

Deno.test("a gateway's page that says 404 once gives nothing up", async () => {
  const { sandbox, events, recoverAll } = lostWorld(1_000);
  sandbox.fault({ on: "reconnect", kind: "html_404" });
  assert.deepEqual(await recoverAll(), { recovered: 1_000 });
  assert.ok(events.every(({ type }) => type !== "endpoint_removed"));
});

Deno.test("a bare 404 is believed for some minutes, by all processes, and then asked again", async () => {
  const { sandbox, clock, recoverAll } = lostWorld(100);
  sandbox.fault({ on: "reconnect", kind: "json_404" });
  assert.deepEqual(await recoverAll(), { reauthorization_required: 100 });
  assert.equal(sandbox.counts.reconnect, 1);
  clock.at += 4 * MINUTE;
  assert.deepEqual(await recoverAll(), { reauthorization_required: 100 });
  assert.equal(sandbox.counts.reconnect, 1);
  clock.at += MINUTE;
  assert.deepEqual(await recoverAll(), { recovered: 100 });
});

Deno.test("a person's own recover asks again what a bare 404 said, and all believe the new answer", async () => {
  const { sandbox, clock, targets, another, recoverAll } = lostWorld(10);
  sandbox.fault({ on: "reconnect", kind: "json_404" });
  await recoverAll();
  const [first = { locationId: "" }] = targets;
  assert.equal((await another().recover(first)).outcome, "recovered");
  clock.at += MINUTE;
  assert.deepEqual(await recoverAll(), { recovered: 10 });
});

Deno.test("HighLevel's own words hold for a day, also against a person's recover", async () => {
  const { sandbox, clock, targets, another } = lostWorld(2);
  const [first = { locationId: "" }, second = { locationId: "" }] = targets;
  sandbox.removeReconnect();
  const connections = another();
  assert.equal((await connections.recover(first)).outcome, "reauthorization_required");
  sandbox.restoreReconnect();
  clock.at += DAY - MINUTE;
  assert.equal((await connections.recover(second)).outcome, "reauthorization_required");
  assert.equal(sandbox.counts.reconnect, 1);
  clock.at += MINUTE;
  assert.equal((await connections.recover(second)).outcome, "recovered");
});

Deno.test("a note of the first edition, which says nothing of how long it holds, holds for a day", async () => {
  const { sandbox, clock, memory, targets, another } = lostWorld(1);
  const [first = { locationId: "" }] = targets;
  const appId = sandbox.app.clientId.split("-")[0];
  const note = { format: 1, summary: { updatedAt: clock.at }, body: "{}", dropAt: clock.at + DAY } as const;
  await memory.put(`app/${appId}/reconnect`, note);
  assert.equal((await another().recover(first)).outcome, "reauthorization_required");
  assert.equal(sandbox.counts.reconnect, 0);
});
