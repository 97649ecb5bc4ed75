import { check, HIGHLEVELS, OF_PROGRAMS } from "../../exhaustive/kinds.ts";

const BOUND = { preemptions: 2, faults: 2 };

for (const start of OF_PROGRAMS) {
  Deno.test(`${start.name}: whatever two faults do in whatever order, the connection lives or its loss is told`, async () => {
    await check(start, HIGHLEVELS.slice(0, 2), BOUND);
    await check(start, HIGHLEVELS.slice(0, 1), BOUND, { isLagging: true });
  });
}
