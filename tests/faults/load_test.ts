import assert from "node:assert/strict";
import { loadCli } from "../soak/load_cli.ts";
import { loadWorker } from "../soak/load_worker.ts";
import { anySeed } from "./dice.ts";

const SECONDS = 5;
const seed = anySeed();

Deno.test(`${SECONDS} s of mixed traffic by 50 callers: no unexpected status, no token spent twice, flat memory (SEED=${seed})`, async () => {
  const report = await loadWorker(SECONDS, seed);
  console.log(JSON.stringify(report));
  assert.equal(report.spentAgain, 0);
});

Deno.test("a long run of the command line keeps its memory flat", async () => {
  console.log(JSON.stringify(await loadCli(800)));
});
