import { anySeed } from "./dice.ts";
import { consumerDeaths } from "./consumer_deaths.ts";

const seed = anySeed();

Deno.test(`a consumer of events that is thrown out in the middle of a batch loses none (SEED=${seed})`, async () => {
  console.log(JSON.stringify(await consumerDeaths(20, seed)));
});
