import { check, HIGHLEVELS, OF_PERSONS } from "./kinds.ts";

// Somebody forgets the connection, authorises, imports or names it, while another process refreshes or recovers it.
for (const start of OF_PERSONS) {
  Deno.test(`${start.name}: whatever one fault does in whatever order, what the person wanted holds`, async () => {
    await check(start, HIGHLEVELS, { preemptions: 2, faults: 0 });
    await check(start, HIGHLEVELS.slice(0, 2), { preemptions: 1, faults: 1 });
  });
}
