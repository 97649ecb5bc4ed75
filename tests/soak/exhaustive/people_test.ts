import { check, HIGHLEVELS, OF_PERSONS } from "../../exhaustive/kinds.ts";

for (const start of OF_PERSONS.filter(({ calls }) => !calls.includes("note"))) { // a name spends no token: one fault is enough
  Deno.test(`${start.name}: whatever two faults do in whatever order, what the person wanted holds`, async () => {
    await check(start, HIGHLEVELS.slice(0, 2), { preemptions: 2, faults: 2 });
  });
}
