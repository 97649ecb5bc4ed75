import { anySeed } from "./dice.ts";
import { killWorker } from "./kill_worker.ts";

const KILLS = 20;
const seed = anySeed();

Deno.test(`workerd killed ${KILLS} times at random moments loses no connection and no bulk target, and needs no person (SEED=${seed})`, async () => {
  console.log(JSON.stringify(await killWorker(KILLS, seed)));
});
