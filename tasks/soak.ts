/**
 * `deno task test:soak`: the long versions. 10,000 random inputs to every parser, workerd killed 200 times and the command
 * line 60 times, a minute of load. About ten minutes; figures come as lines of JSON. `SEED=…` brings a run again.
 */

const ROOT = new URL("../", import.meta.url);
const RUNS: readonly (readonly string[])[] = [
  ["tests/fuzz"],
  ["tests/soak/kill_worker_test.ts"],
  ["tests/soak/kill_cli_test.ts"],
  ["tests/soak/load_test.ts"],
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
