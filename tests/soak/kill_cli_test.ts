import { anySeed } from "../faults/dice.ts";
import { killCli } from "../faults/kill_cli.ts";

const KILLS = Number(Deno.env.get("CLI_KILLS") ?? 60);
const seed = anySeed();

Deno.test(`the command line killed ${KILLS} times while it recovers loses no connection (SEED=${seed})`, async () => {
  console.log(JSON.stringify(await killCli(KILLS, seed)));
});
