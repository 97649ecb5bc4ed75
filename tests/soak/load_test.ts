import assert from "node:assert/strict";
import { anySeed } from "../faults/dice.ts";
import { loadCli } from "./load_cli.ts";
import { loadWorker } from "./load_worker.ts";

const SECONDS = Number(Deno.env.get("LOAD_SECONDS") ?? 60);
const seed = anySeed();

Deno.test(`${SECONDS} s of mixed traffic by 50 callers: no unexpected status, no token spent twice, flat memory (SEED=${seed})`, async () => {
  const report = await loadWorker(SECONDS, seed, SECONDS);
  console.log(JSON.stringify(report));
  assert.equal(report.spentAgain, 0);
});

Deno.test("20,000 recoveries in one run of the command line keep its memory flat", async () => {
  console.log(JSON.stringify(await loadCli(20_000)));
});
