// Runs that once ended badly: the decisions that lead there, and the patch that brings the bug back.
import type { Decision } from "./explore.ts";
import type { Patch } from "./patched.ts";
import type { RunOptions } from "./run.ts";

/** A bug that was found, and is mended. */
export interface Found extends Pick<RunOptions, "windowMs" | "hasReconnect"> {
  /** What went wrong. */
  readonly bug: string;
  /** The name of its start. */
  readonly start: string;
  readonly decisions: readonly Decision[];
  readonly patches: readonly Patch[];
}

/** Without this, a tombstone is no longer told by itself from an old copy: its moment alone counts. */
export const TOMBSTONES_BY_MOMENT: Patch = {
  file: "connections/transitions.ts",
  find: `if (isFresh && current?.status === "forgotten" && before?.status !== "forgotten") return true;`,
  put: "",
};

const WINDOW_ON = { windowMs: 30_000, hasReconnect: false };

export const FOUND: readonly Found[] = [
  {
    bug:
      "a store that hangs at the note of the Reconnect endpoint held the connection, and its lock, for ever",
    ...WINDOW_ON,
    start: "lost here",
    decisions: [["A1.get3", "A1.get3 hangs"]],
    patches: [{
      file: "connections/reconnect_endpoint.ts",
      find: `await inTime("read", () => store.get(key))`,
      put: "await store.get(key)",
    }],
  },
  {
    bug: "the note that a token is about to be spent was written over a tombstone, and the token spent",
    ...WINDOW_ON,
    start: "being forgotten",
    decisions: [["A1.put1", "B1.start"]],
    patches: [{
      file: "connections/attempt.ts",
      find: "await records.writeThrough(key.key, note, noted, fence)",
      put: "await records.replace(key.key, note, fence)",
    }],
  },
  {
    bug: "a refresh whose write hung was written again, whatever stood there: over a person's authorisation",
    ...WINDOW_ON,
    start: "being authorised",
    decisions: [["A1.put2", "A1.put2 late"]],
    patches: [{
      file: "connections/record_store.ts",
      find: "        written = await resultOrError(writeOver(key, record, before, fence));",
      put: "        await resultOrError(put(key, record, defined({ fence })));",
    }],
  },
  {
    bug: "a refresh that could not look at the store again wrote over a tombstone",
    ...WINDOW_ON,
    start: "being forgotten",
    decisions: [["A1.put2", "B1.start"], ["A1.get5", "A1.get5 hangs"]],
    patches: [{
      file: "connections/record_store.ts",
      find: "        written = await resultOrError(writeOver(key, record, before, fence));",
      put: "        await resultOrError(put(key, record, defined({ fence })));",
    }],
  },
  {
    bug:
      "a tombstone written without a look was earlier than the note that it replaced, and taken for an old one",
    ...WINDOW_ON,
    start: "being forgotten",
    decisions: [["A1.start", "B1.start"], ["B1.put1", "A1.start"], ["A1.put2", "A1.put2 sleeps"]],
    patches: [{
      file: "connections/record_store.ts",
      find: "if (!await put(key, record, defined({ ifVersion }))) continue;",
      put: "if (!await put(key, record, {})) continue;",
    }, TOMBSTONES_BY_MOMENT],
  },
  {
    bug:
      "tokens that waited in memory kept their place in time: a later finding about older ones replaced them",
    windowMs: 0,
    hasReconnect: false,
    start: "expired",
    decisions: [["A1.put2", "A1.put2 sleeps"], ["B1.put3", "B1.put3 full"]],
    patches: [{
      file: "connections/record_store.ts",
      find: "Math.max(record.updatedAt, (current?.updatedAt ?? 0) + 1)",
      put: "record.updatedAt",
    }],
  },
  {
    bug: "a person's authorisation that waited in memory was replaced by a refresh that did, too",
    ...WINDOW_ON,
    start: "being authorised",
    decisions: [["A1.start", "B1.start"], ["B1.put1", "B1.put1 sleeps"], ["A1.put2", "A1.put2 full"]],
    patches: [{
      file: "connections/record_store.ts",
      find: "Math.max(record.updatedAt, (current?.updatedAt ?? 0) + 1)",
      put: "record.updatedAt",
    }],
  },
  {
    bug:
      "a token at hand that ended while the next one was waited for ended the call with an error that was none",
    ...WINDOW_ON,
    start: "ending in two seconds",
    decisions: [["A1.refresh1", "A1.refresh1 slow"]],
    patches: [{
      file: "connections/token_source.ts",
      find: "if (!ended && !stillUsable(held, request)) ended = await work;",
      put: "",
    }],
  },
  {
    bug: "an import that was under way was written over a tombstone: where the one who forgot died, it stood",
    ...WINDOW_ON,
    start: "imported, being forgotten",
    decisions: [["A1.put1", "B1.start"]],
    patches: [{
      file: "connections/save_tokens.ts",
      find: "await records.writeThrough(key, record, before, fence)",
      put: "await records.replace(key, record, fence)",
    }],
  },
  {
    bug: "a name that was noted was written over a tombstone",
    ...WINDOW_ON,
    start: "noted, being forgotten",
    decisions: [["A1.put1", "B1.start"]],
    patches: [{
      file: "connections/note.ts",
      find: "await records.writeThrough(key, { ...record, updatedAt: nextUpdatedAt(before) }, before, fence)",
      put: "void await records.replace(key, { ...record, updatedAt: nextUpdatedAt(before) }, fence)",
    }],
  },
  {
    bug: "a person authorised anew while the store was down: an old tombstone found later ended that",
    ...WINDOW_ON,
    start: "forgotten, being authorised",
    decisions: [["B1.get1", "B1.get1 down"]],
    patches: [{
      file: "connections/authorize.ts",
      find: `? { target, status: "forgotten", updatedAt: at - 1 }`,
      put: "? undefined",
    }],
  },
];
