import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import type { Connections } from "../../src/connections/connections.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import { type Cell, makeCell } from "./cell.ts";
import { assertShowsNone, secretsOf, textOf } from "./secrets.ts";
import { type Step, STEPS } from "./steps.ts";
import { Table } from "./table.ts";
import { endTrouble, type Trouble, TROUBLES } from "./troubles.ts";

const DURATIONS = { once: 1, lasting: 1_000 } as const;
/** Who makes the very next call. */
type Next = "the same process" | "another process";
const table = new Table();

for (const step of STEPS) {
  Deno.test(`${step.name}: after any fault the very next call finds a living token, or says honestly that there is none`, async () => {
    for (const trouble of TROUBLES) {
      for (const duration of ["once", "lasting"] as const) {
        for (const who of ["the same process", "another process"] as const) {
          const where = `${step.name} × ${trouble.name}, ${duration}, then ${who}`;
          const { got, end, isMet } = await play(step, trouble, DURATIONS[duration], who, where);
          table.add(trouble.name, step.name, { got: isMet ? got : "–", end });
        }
      }
    }
  });
}

Deno.test("the matrix of steps and faults is printed, and every fault was met by some step", () => {
  table.print("What the caller gets while a fault is there (once | lasting)");
  for (const { name } of TROUBLES) {
    if (name === "store delete fails") continue; // no step deletes: forgetting writes a tombstone
    assert.ok(table.isMet(name), `no step met: ${name}`);
  }
});

/** Plays one cell of the matrix. */
async function play(
  step: Step,
  trouble: Trouble,
  times: number,
  who: Next,
  where: string,
): Promise<{ got: string; end: string; isMet: boolean }> {
  const { timeoutMs, isSlow } = trouble;
  const cell = makeCell({ seed: 7, timeoutMs, isSlow });
  await step.prepare(cell);
  cell.w.sandbox.resetCounts();
  await trouble.begin(cell, step.on, times);
  const got = await caught(cell, () => step.run(cell));
  const isMet = endTrouble(cell) > 0;
  const isPerson = got.includes("reauthorization_required");
  // Nobody is sent to authorise again because of an outage.
  if (isPerson) assert.ok(trouble.refuses || isTrulyLost(step, trouble, cell, who), `${where}: ${got}`);

  const next = who === "the same process" ? cell : { ...cell, connections: cell.w.another() };
  await step.goOn?.(next);
  const ends = await Promise.all(cell.targets.map((target) => use(cell, next.connections, target)));
  const isDead = ends.includes("needs a person");
  if (isDead) assert.ok(isTrulyLost(step, trouble, cell, who), `${where}: ${ends} although nothing was lost`);

  const { spentRefreshTokenUses } = cell.w.sandbox.counts;
  assert.ok(
    spentRefreshTokenUses <= mayBeSpent(trouble, cell),
    `${where}: ${spentRefreshTokenUses} spent uses`,
  );
  const text = [...cell.shown, ...cell.w.events].map(textOf).join("\n");
  assertShowsNone(text, secretsOf(cell.w.sandbox), where);
  return { got, end: isDead ? "person" : "living", isMet };
}

/**
 * How many uses of a spent refresh token can come of ignorance. A lost answer is asked for again: by the repeat, and by
 * the next call, which knows no more. Where the store did not take the new token, another process has only the old one.
 */
function mayBeSpent({ name, losesAnswers }: Trouble, { targets }: Cell): number {
  if (losesAnswers) return 2 * targets.length;
  return name.startsWith("store") ? targets.length : 0;
}

/** What the caller gets, in a word; what is thrown must be a coded error. */
async function caught(cell: Cell, run: () => Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    cell.shown.push(error);
    assert.ok(error instanceof HighLevelError, `thrown uncoded: ${error}`);
    return error.code;
  }
}

/** Calls HighLevel as a user of the connection does. */
async function use({ w, shown }: Cell, connections: Connections, target: ConnectionTarget): Promise<string> {
  const path = `/locations/${target.locationId ?? "child"}`;
  try {
    const response = await connections.fetch(target, path);
    await response.body?.cancel();
    assert.equal(response.status, 200);
    const accessToken = await connections.accessToken(target);
    assert.ok(w.sandbox.isLiving(accessToken), "the token handed out afterwards is dead");
    return "living";
  } catch (error) {
    shown.push(error);
    if (!(error instanceof HighLevelError) || error.code !== "reauthorization_required") throw error;
    assert.equal((await connections.get(target))?.status, "reauthorization_required");
    return "needs a person";
  }
}

/**
 * HighLevel ended the tokens held and gave an answer that nobody read, and there was no other way. A process that could
 * not store what it read keeps it, and so loses nothing; one that comes after it cannot know.
 */
function isTrulyLost({ hasNoWayBack }: Step, trouble: Trouble, { w }: Cell, who: Next): boolean {
  const isSpent = w.sandbox.counts.spentRefreshTokenUses > 0;
  const isUnknown = trouble.losesAnswers || (trouble.name.startsWith("store") && who === "another process");
  return hasNoWayBack === true && isSpent && isUnknown;
}
