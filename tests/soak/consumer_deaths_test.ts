import { anySeed } from "../faults/dice.ts";
import { consumerDeaths } from "../faults/consumer_deaths.ts";

const DEATHS = Number(Deno.env.get("DEATHS") ?? 100);
const seed = anySeed();

Deno.test(`a consumer of events that is thrown out ${DEATHS} times, at any of its calls, loses none (SEED=${seed})`, async () => {
  for (let run = 0; run < 20; run++) console.log(JSON.stringify(await consumerDeaths(DEATHS, seed + run)));
});
