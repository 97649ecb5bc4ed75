import assert from "node:assert/strict";
import { cliWorld, csvOf, finish } from "../cli/cli_world.ts";
import { residentBytes } from "../faults/workerd_process.ts";
import { Memory } from "./memory.ts";

/** Figures of a run. */
export interface CliLoadReport {
  readonly connections: number;
  readonly seconds: number;
  readonly memory: string;
}

/** Recovers many connections in one run of the command line, whose memory must stay as it is. */
export async function loadCli(locations: number): Promise<CliLoadReport> {
  await using world = cliWorld({ locations, keepRequests: 10 });
  const file = world.write("ids.csv", csvOf(world.sandbox.locationIds()));
  const memory = new Memory();
  const startedAt = Date.now();
  // V8 collects the later the more memory a machine has: with little, what is not let go would end the run.
  const child = world.start(["recover", "--file", file], {
    env: { DENO_V8_FLAGS: "--max-old-space-size=90" },
  });
  const sampler = setInterval(() => {
    // Starting up is no part of the work.
    if (world.sandbox.counts.total > locations / 10) memory.add(residentBytes(child.pid));
  }, 50);
  const { code, err } = await finish(child);
  clearInterval(sampler);
  assert.equal(code, 0, err.slice(-500));
  memory.assertFlat("the command line");
  return { connections: locations, seconds: (Date.now() - startedAt) / 1_000, memory: memory.toString() };
}
