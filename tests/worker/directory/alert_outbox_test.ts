import { deepEqual, doesNotMatch, equal, match, ok, rejects } from "node:assert/strict";
import { AlertOutbox } from "../../../src/worker/directory/alert_outbox.ts";
import { messageBody } from "../../../src/worker/directory/alert_text.ts";
import { chatPauseMs } from "../../../src/worker/directory/post_alert.ts";
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
    got.push(said(message));
    return Promise.resolve();
  };
  return {
    box,
    got,
    add: (id, kind) => box.add({ kind: "location", id }, { kind, at: NOW }),
    send: (now) => box.send(now, post),
  };
}

function said(message: ChatMessage): string {
  switch (message.kind) {
    case "notice":
      return String(message.notice.text);
    case "single":
      return `${message.alert.target.id} ${message.alert.kind}`;
    case "digest":
      return `${message.alerts.length}`;
  }
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

Deno.test("what a sweep has found is told once the chat takes it, however late, in order", async () => {
  const { add, send, box, got } = outbox();
  box.addNotice({ text: "overdue" });
  box.addNotice({ text: "ending" });
  await rejects(box.send(NOW, () => Promise.reject(new Error("503"))));
  add("L1", "broken");
  // It goes away again after the first.
  let taken = 0;
  await rejects(box.send(NOW, (message) => {
    if (taken++ > 0) return Promise.reject(new Error("429"));
    return Promise.resolve(void got.push(said(message)));
  }));
  await send(NOW + 24 * 60 * MINUTE);
  deepEqual(got, ["overdue", "ending", "L1 broken"]);
  await send(NOW + 48 * 60 * MINUTE);
  equal(got.length, 3);
  for (let n = 0; n < 30; n++) box.addNotice({ text: `${n}` });
  await send(NOW);
  deepEqual(got.slice(3), Array.from({ length: 20 }, (_, n) => `${n + 10}`), "the latest, while it is away");
});

Deno.test("that an object's storage takes no writes is told in its own words, and is no trouble that could be over", async () => {
  const { add, box } = outbox();
  ok(add("L1", "not_stored"));
  equal(add("L1", "back"), false);
  const bodies: Record<string, unknown>[] = [];
  await box.send(NOW, (message) => Promise.resolve(void bodies.push(messageBody(message, undefined))));
  equal(bodies.length, 1);
  match(String(bodies[0]?.text), /takes no writes .* is used until it expires/);
  doesNotMatch(String(bodies[0]?.text), /broken/);
  for (const id of ["L2", "L3", "L4", "L5"]) ok(add(id, "not_stored"));
  await box.send(
    NOW,
    (message) => Promise.resolve(void bodies.push(messageBody(message, "https://w.example/"))),
  );
  await box.send(
    NOW + MINUTE,
    (message) => Promise.resolve(void bodies.push(messageBody(message, "https://w.example/"))),
  );
  match(String(bodies[1]?.text), /^4 connections: the storage of 4 takes no writes/);
});

Deno.test("a chat that was away for hours is tried again within a quarter of an hour", () => {
  ok(chatPauseMs(0) < 10_000);
  for (const attempt of [9, 12, 40]) equal(chatPauseMs(attempt), 15 * MINUTE);
});
