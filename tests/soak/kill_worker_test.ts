import { anySeed } from "../faults/dice.ts";
import { killWorker } from "../faults/kill_worker.ts";

const KILLS = Number(Deno.env.get("KILLS") ?? 200);
const seed = anySeed();

Deno.test(`workerd killed ${KILLS} times at random moments loses no connection and no bulk target, and needs no person (SEED=${seed})`, async () => {
  console.log(JSON.stringify(await killWorker(KILLS, seed)));
});
