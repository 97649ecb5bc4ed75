/**
 * `deno task release:check`: refuses a release that is dirty, untested or undocumented. With `--tag v1.2.3` it is asked at that
 * tag, by the workflow that publishes: `.ci/run` has run the tests.
 */
import { parseArgs } from "node:util";
import { VERSION } from "../src/worker/version.ts";
import { releaseProblems } from "./release_problems.ts";

const ROOT = new URL("../", import.meta.url);

const { values: { tag } } = parseArgs({ args: Deno.args, options: { tag: { type: "string" } } });

async function output(command: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args: [...args], cwd: ROOT }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")} failed.`);
  return new TextDecoder().decode(stdout);
}

async function passes(...args: readonly string[]): Promise<boolean> {
  console.log(`> deno ${args.join(" ")}`);
  return (await new Deno.Command(Deno.execPath(), { args: [...args], cwd: ROOT }).spawn().status).success;
}

const problems = releaseProblems({
  version: JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))).version,
  workerVersion: VERSION,
  changelog: await Deno.readTextFile(new URL("CHANGELOG.md", ROOT)),
  changes: await output("git", "status", "--porcelain"),
  tags: (await output("git", "tag")).split("\n"),
  tag,
});
const pages = await Deno.makeTempDir({ prefix: "highlevel-docs-" });
if (
  problems.length === 0 && !await passes("doc", "--html", `--output=${pages}`, "mod.ts", "src/sandbox/mod.ts")
) {
  problems.push("The documentation does not build.");
}
await Deno.remove(pages, { recursive: true });
if (problems.length === 0 && !await passes("task", "check")) problems.push("`deno task check` fails.");
if (problems.length === 0 && tag === undefined && !await passes("task", "test")) {
  problems.push("`deno task test` fails.");
}
for (const problem of problems) console.error(`✗ ${problem}`);
console.log(
  problems.length > 0
    ? "No release."
    : tag === undefined
    ? `Ready: git tag v${VERSION} && git push origin v${VERSION}`
    : `${tag} is ready.`,
);
Deno.exit(problems.length === 0 ? 0 : 1);
