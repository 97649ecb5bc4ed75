import { check, HIGHLEVELS, OF_PROGRAMS } from "./kinds.ts";

// The larger bounds are in tests/soak/exhaustive/.
for (const start of OF_PROGRAMS) {
  Deno.test(`${start.name}: whatever one fault does in whatever order, the connection lives or its loss is told`, async () => {
    await check(start, HIGHLEVELS, { preemptions: 2, faults: 0 });
    await check(start, HIGHLEVELS.slice(0, 2), { preemptions: 1, faults: 1 });
  });
}
