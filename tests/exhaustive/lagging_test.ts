import { check, HIGHLEVELS, OF_PROGRAMS } from "./kinds.ts";

// Over a store that lags and has no lock nobody can tell a person's act from an old copy: only programs act here.
for (const start of OF_PROGRAMS) {
  Deno.test(`${start.name}, over a store that lags: whatever one fault does, the connection lives or its loss is told`, async () => {
    await check(start, HIGHLEVELS.slice(0, 2), { preemptions: 1, faults: 1 }, { isLagging: true });
  });
}
