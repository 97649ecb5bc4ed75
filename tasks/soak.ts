/**
 * `deno task test:soak`: the long versions. 10,000 random inputs to every parser, all orders of two processes with two
 * preemptions and two faults, 50,000 random walks, a minute of three processes whose clocks are apart, workerd killed 200
 * times, the command line 60 times, and 100 processes on every shared store, a minute of load, a worker with 2,000 connections, 100,000
 * records moved, and 100,000 connections that refresh for a month of virtual time. Most of its time goes
 * to the orders; figures come as lines. `SEED=…` brings a run again.
 */

const ROOT = new URL("../", import.meta.url);
const RUNS: readonly (readonly string[])[] = [
  ["tests/fuzz"],
  ["--parallel", "tests/soak/exhaustive"],
  ["tests/soak/random_walk_test.ts"],
  ["tests/soak/refresh_rate_test.ts"],
  ["tests/soak/three_processes_test.ts"],
  ["tests/soak/kill_worker_test.ts"],
  ["tests/soak/kill_cli_test.ts"],
  ["tests/soak/kill_stores_test.ts"],
  ["tests/soak/consumer_deaths_test.ts"],
  ["tests/soak/load_test.ts"],
  ["tests/soak/move_worker_test.ts", "tests/soak/move_many_test.ts"],
];

let isGood = true;
for (const paths of RUNS) {
  console.log(`\n> ${paths.join(" ")}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...paths],
    cwd: ROOT,
    stdout: "inherit",
    stderr: "inherit",
    env: { NO_COLOR: "1", FUZZ_RUNS: Deno.env.get("FUZZ_RUNS") ?? "10000" },
  }).output();
  isGood &&= success;
}
if (!isGood) Deno.exit(1);
