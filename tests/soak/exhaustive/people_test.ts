import { check, HIGHLEVELS, OF_PERSONS } from "../../exhaustive/kinds.ts";

for (const start of OF_PERSONS) {
  Deno.test(`${start.name}: whatever two faults do in whatever order, what the person wanted holds`, async () => {
    await check(start, HIGHLEVELS.slice(0, 2), { preemptions: 2, faults: 2 });
  });
}
