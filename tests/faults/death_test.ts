import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { makeCell, type Passage } from "./cell.ts";
import { STEPS } from "./steps.ts";

/** A process that dies at its n-th await: nothing it waits for from then on ever comes. */
class Mortal {
  /** Awaits so far. */
  awaits = 0;
  /** Resolves when it dies. */
  readonly died: Promise<void>;
  #die: () => void;
  #isDead = false;
  readonly #at: number;
  readonly #when: "before" | "after";

  constructor(at: number, when: "before" | "after") {
    this.#at = at;
    this.#when = when;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.died = promise;
    this.#die = resolve;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  readonly through: Passage = async (work) => {
    if (this.#isDead) return await never();
    const isLast = ++this.awaits === this.#at;
    if (isLast && this.#when === "before") this.#end();
    if (this.#isDead) return await never();
    const result = await work();
    if (isLast) this.#end();
    return this.#isDead ? await never() : result;
  };

  #end(): void {
    this.#isDead = true;
    this.#die();
  }
}

for (const step of STEPS) {
  Deno.test(`${step.name}: a process killed at any await, before or after its effect, leaves what the next one heals`, async () => {
    let deaths = 0;
    let honest = 0;
    for (const when of ["before", "after"] as const) {
      for (let at = 1;; at++) {
        const mortal = new Mortal(at, when);
        const cell = makeCell({ seed: at, timeoutMs: 15_000, isSlow: false, through: mortal.through });
        await step.prepare(cell);
        cell.w.sandbox.resetCounts();
        const lived = step.run(cell).then(() => true);
        await Promise.race([lived, mortal.died]);
        if (!mortal.isDead) break;
        deaths++;

        const next = cell.w.another();
        await step.goOn?.({ ...cell, connections: next });
        for (const target of cell.targets) {
          const error = await next.fetch(target, `/locations/${target.locationId ?? "child"}`).then(
            (response) => assert.equal(response.status, 200, `${when} await ${at}`),
            (thrown: unknown) => thrown,
          );
          if (error === undefined) continue;
          // Killed between HighLevel's rotation and the write, with no other way back: nobody can, and it is told.
          assert.ok(error instanceof HighLevelError && step.hasNoWayBack, `${when} await ${at}: ${error}`);
          assert.equal(error.code, "reauthorization_required");
          assert.ok(cell.w.sandbox.counts.spentRefreshTokenUses > 0, "the refresh token was not even spent");
          honest++;
        }
        assert.ok(cell.w.sandbox.counts.spentRefreshTokenUses <= cell.targets.length);
      }
    }
    assert.ok(deaths > 4, `${deaths} deaths`);
    console.log(`${deaths} deaths, ${honest} of them told as needing a person`);
  });
}

function never(): Promise<never> {
  return new Promise(() => {});
}
