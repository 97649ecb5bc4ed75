import { threeProcesses } from "../connections/three_processes.ts";

const SECONDS = Number(Deno.env.get("PROCESS_SECONDS") ?? 60);

Deno.test(`${SECONDS} s of refreshes by three processes whose clocks are a minute apart lose nothing`, async () => {
  await threeProcesses(SECONDS);
});
