import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { AlertOutbox } from "../../../src/worker/directory/alert_outbox.ts";
import type { DirectoryAlert } from "../../../src/worker/directory/directory_api.ts";
import type { ChatMessage } from "../../../src/worker/directory/digest.ts";
import { FactTable } from "../../../src/worker/directory/directory_facts.ts";
import { directoryDatabase } from "./directory_database.ts";

const NOW = Date.parse("2026-11-27T10:00:00Z");
const MINUTE = 60_000;

function outbox(): {
  add: (id: string, kind: DirectoryAlert["kind"]) => boolean;
  send: (now: number) => Promise<number | undefined>;
  box: AlertOutbox;
  got: string[];
} {
  const sql = directoryDatabase();
  const box = new AlertOutbox(sql, new FactTable(sql));
  const got: string[] = [];
  const post = (message: ChatMessage): Promise<void> => {
    got.push(
      message.kind === "single"
        ? `${message.alert.target.id} ${message.alert.kind}`
        : `${message.alerts.length}`,
    );
    return Promise.resolve();
  };
  return {
    box,
    got,
    add: (id, kind) => box.add({ kind: "location", id }, { kind, at: NOW }),
    send: (now) => box.send(now, post),
  };
}

Deno.test("trouble that is over before it was told is not told, nor that it is over", async () => {
  const { add, send, got } = outbox();
  for (const id of ["L1", "L2", "L3", "L4"]) ok(add(id, "broken"));
  await send(NOW);
  ok(add("L5", "broken"));
  ok(add("L6", "broken"));
  equal(add("L5", "back"), false);
  const nextAt = await send(NOW + 1);
  ok(nextAt !== undefined && nextAt <= NOW + MINUTE);
  await send(nextAt);
  deepEqual(got, ["4", "L6 broken"]);
  equal(add("L6", "back"), true);
});

Deno.test("what the chat did not take is told later, and nothing is lost", async () => {
  const { add, send, box, got } = outbox();
  add("L1", "broken");
  add("L2", "reauthorization_required");
  await rejects(box.send(NOW, () => Promise.reject(new Error("503"))));
  equal(await send(NOW + MINUTE), undefined);
  deepEqual(got, ["L1 broken", "L2 reauthorization_required"]);
  equal(await send(NOW + 2 * MINUTE), undefined);
  equal(got.length, 2);
});
