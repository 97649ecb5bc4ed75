import { threeProcesses } from "./three_processes.ts";

Deno.test("three processes whose clocks are a minute apart refresh one connection again and again, and lose nothing", async () => {
  await threeProcesses(12); // a minute in tests/soak/
});
