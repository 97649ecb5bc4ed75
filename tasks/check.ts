/** `deno task check`: format, lint, types, documentation, the OpenAPI document, and what would be published. Stops at the first that fails. */

import config from "../deno.json" with { type: "json" };

/** The doors that programs import; each says all that its callers need. */
const DOCUMENTED = Object.entries(config.exports).flatMap(([door, file]) =>
  /^\.\/(worker|cli)/.test(door) ? [] : [file]
);

const STEPS: readonly (readonly string[])[] = [
  ["fmt", "--check"],
  ["check", "mod.ts", "src", "tests", "tasks", "examples"], // takes longest
  ["lint"],
  ...DOCUMENTED.map((file) => ["doc", "--lint", file]),
  ["run", "-A", "tasks/surface.ts", "--check"],
  ["run", "-A", "tasks/openapi.ts", "--check"],
  ["run", "-A", "tasks/cli_help.ts", "--check"],
  ["test", "-A", "--quiet", "tests/project/dependency_rule_test.ts", "tests/project/web_types_test.ts"],
  ["publish", "--dry-run", "--allow-dirty", "--no-check"], // types: above
];

const queue = [...STEPS];
await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, async () => {
  for (let args = queue.shift(); args; args = queue.shift()) await run(args);
}));

/** Runs one step; the first that fails ends all. */
async function run(args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  console.log(`${success ? "ok  " : "FAIL"} deno ${args.join(" ")}`);
  if (success) return;
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
  Deno.exit(1);
}
