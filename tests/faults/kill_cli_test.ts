import { anySeed } from "./dice.ts";
import { killCli } from "./kill_cli.ts";

const KILLS = 4;
const seed = anySeed();

Deno.test(`the command line killed ${KILLS} times while it recovers loses no connection (SEED=${seed})`, async () => {
  console.log(JSON.stringify(await killCli(KILLS, seed)));
});
