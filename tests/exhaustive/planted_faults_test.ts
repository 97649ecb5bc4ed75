import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { type Bound, explore, replay } from "./explore.ts";
import { FOUND, TOMBSTONES_BY_MOMENT } from "./found.ts";
import { textOf } from "./kinds.ts";
import { type Patch, withPatches } from "./patched.ts";
import type { RunOptions } from "./run.ts";
import type { StoreTraits } from "./shared_store.ts";
import { startNamed } from "./starts.ts";

/** Something taken away, and how a run is to end badly by that. */
interface Planted extends Bound {
  readonly without: string;
  readonly start: string;
  readonly traits?: StoreTraits;
  readonly patches?: readonly Patch[];
  readonly told: RegExp;
}

const PLANTED: readonly Planted[] = [
  {
    without: "the lock",
    start: "expired",
    traits: { excludes: false },
    preemptions: 1,
    faults: 0,
    told: /B1 sends the refresh token again that A1 was answered for/,
  },
  {
    // Where records have versions, those hold off a sleeper too: the fence counts in stores that have none.
    without: "the fence",
    start: "expired",
    traits: { hasVersions: false, checksFences: false },
    preemptions: 1,
    faults: 1,
    told: /sends the refresh token again/,
  },
  {
    without: "the compare-and-set",
    start: "being forgotten",
    traits: { comparesVersions: false },
    preemptions: 1,
    faults: 0,
    told: /A1 writes over a tombstone/,
  },
  {
    without: "the look at the store after invalid_grant",
    start: "lost at HighLevel",
    patches: [{
      file: "connections/ladder.ts",
      find: "context.reread(record)",
      put: "Promise.resolve(undefined)",
    }],
    preemptions: 0,
    faults: 0,
    told: /goes on after invalid_grant without a look at the store/,
  },
  {
    without: "the look for a tombstone before an attempt",
    start: "being forgotten",
    patches: [{
      file: "connections/attempt.ts",
      find: "if (isForgotten || request.isForgottenSince?.()) throw forgotten(key);",
      put: "void isForgotten;",
    }],
    preemptions: 0,
    faults: 0,
    told: /writes over a tombstone/,
  },
  {
    without: "the look for a tombstone before a write",
    start: "being forgotten",
    patches: [{
      file: "connections/transitions.ts",
      find: `if (current.status === "forgotten") return true;`,
      put: "",
    }, TOMBSTONES_BY_MOMENT],
    preemptions: 1,
    faults: 0,
    told: /A1 writes over a tombstone/,
  },
  {
    without: "the note that a token is about to be spent",
    start: "expired",
    patches: [{ file: "connections/attempt.ts", find: "if (!host.keepsNotes) return;", put: "return;" }],
    preemptions: 0,
    faults: 0,
    told: /A1 spends a refresh token, and no note tells of it/,
  },
];

for (const { without, start, traits = {}, patches = [], told, ...bound } of PLANTED) {
  Deno.test(`an engine without ${without} is found out`, async () => {
    const options: RunOptions = {
      start: startNamed(start),
      windowMs: 0,
      hasReconnect: true,
      traits,
      Connections,
    };
    const { findings } = await withPatches(
      patches,
      (Patched) => explore({ ...options, Connections: patches.length > 0 ? Patched : Connections }, bound),
    );
    const [finding] = findings;
    assert.ok(finding, "nobody finds it out");
    assert.match(textOf(finding), told);
  });
}

Deno.test("a store with fences and without versions holds off a sleeper: the fence is what was taken away", async () => {
  const options = { start: startNamed("expired"), windowMs: 0, hasReconnect: true, Connections };
  const { findings } = await explore({ ...options, traits: { hasVersions: false } }, {
    preemptions: 1,
    faults: 1,
  });
  assert.deepEqual(findings, []);
});

for (const { bug, start, windowMs, hasReconnect, decisions, patches } of FOUND) {
  Deno.test(`found out where it comes back: ${bug}`, async () => {
    await withPatches(patches, async (Connections) => {
      const options = { start: startNamed(start), windowMs, hasReconnect, Connections };
      const { violations } = await replay(options, decisions);
      assert.notEqual(violations.length, 0, "nobody finds it out");
    });
  });
}
