import { deepEqual, equal, match, ok } from "node:assert/strict";
import { load } from "js-yaml";
import { ROOT } from "./root.ts";

const read = (path: string): Promise<string> => Deno.readTextFile(`${ROOT}/${path}`);
const config: { tasks: Record<string, unknown> } = JSON.parse(await read("deno.json"));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

function isWorkflow(value: unknown): value is Workflow {
  return typeof value === "object" && value !== null && "jobs" in value && "on" in value && "name" in value;
}

async function workflow(name: string): Promise<Workflow> {
  const value = load(await read(`.github/workflows/${name}`));
  ok(isWorkflow(value), `${name} is no workflow`);
  return value;
}

const NAMES = [...Deno.readDirSync(`${ROOT}/.github/workflows`)].map(({ name }) => name).sort();
deepEqual(NAMES, ["ci.yml", "publish.yml"]);

for (const name of NAMES) {
  Deno.test(`.github/workflows/${name} runs what exists, by actions that are pinned, with no right it does not need`, async () => {
    const { permissions, jobs } = await workflow(name);
    deepEqual(permissions, { contents: "read" });
    for (const [id, job] of Object.entries(jobs)) {
      if (job.uses !== undefined) await Deno.stat(`${ROOT}/${job.uses}`);
      else ok(job["timeout-minutes"], `${id} may run for ever`);
      if (job.needs !== undefined) ok(job.needs in jobs, `${id} needs ${job.needs}`);
      for (const { uses, run, with: given } of job.steps ?? []) {
        if (uses !== undefined) match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        if (uses?.startsWith("actions/checkout@")) equal(given?.["persist-credentials"], false);
        if (run !== undefined) await assertRuns(run);
        const deno = given?.["deno-version"];
        if (deno !== undefined) match(await read(".ci/run"), new RegExp(`deno@${deno}"`));
      }
    }
  });
}

Deno.test("every push and pull request is judged by .ci/run, and a release first", async () => {
  const ci = await workflow("ci.yml");
  ok("push" in ci.on && "pull_request" in ci.on && "workflow_call" in ci.on);
  ok(Object.values(ci.jobs).some(({ steps }) => steps?.some(({ run }) => run === ".ci/run")));
  ok(((await Deno.stat(`${ROOT}/.ci/run`)).mode ?? 0) & 0o100, ".ci/run can be run");
});

Deno.test("a tag is published to JSR and npm with provenance, after everything passed", async () => {
  const { on, jobs: { ci, publish } } = await workflow("publish.yml");
  deepEqual(on, { push: { tags: ["v*"] } });
  equal(ci?.uses, "./.github/workflows/ci.yml");
  equal(publish?.needs, "ci");
  deepEqual(publish?.permissions, { contents: "read", "id-token": "write" });
  const runs = publish?.steps?.flatMap(({ run }) => run === undefined ? [] : [run]) ?? [];
  const order = ["deno task release:check --tag", "deno task npm", "deno publish", "npm publish --provenance"]
    .map((begins) => runs.findIndex((run) => run.startsWith(begins)));
  deepEqual(order, order.toSorted((one, other) => one - other));
  ok(!order.includes(-1), "a step is missing");
  match(runs.join("\n"), /^npm publish --provenance --access public \.\/npm$/m);
});

Deno.test("templates of issues have what GitHub asks for", async () => {
  const folder = ".github/ISSUE_TEMPLATE";
  for (const { name } of Deno.readDirSync(`${ROOT}/${folder}`)) {
    const value = load(await read(`${folder}/${name}`));
    ok(typeof value === "object" && value !== null, name);
    if (name === "config.yml") {
      deepEqual(Object.keys(value), ["blank_issues_enabled", "contact_links"]);
      continue;
    }
    ok("name" in value && "description" in value && "body" in value && Array.isArray(value.body), name);
    const ids = value.body.flatMap(({ id }: { id?: string }) => id === undefined ? [] : [id]);
    equal(new Set(ids).size, ids.length, `${name}: ids are unique`);
    for (const { type, attributes } of value.body) {
      match(type, /^(markdown|textarea|input|dropdown|checkboxes)$/);
      ok(type === "markdown" ? attributes.value : attributes.label, `${name}: a field has no label`);
    }
  }
});

Deno.test("CONTRIBUTING.md and the template of pull requests name only tasks, files and tests that exist", async () => {
  for (const path of ["CONTRIBUTING.md", ".github/PULL_REQUEST_TEMPLATE.md"]) {
    const text = await read(path);
    for (const [, commands = ""] of text.matchAll(/```sh\n([^]*?)```/g)) await assertRuns(commands);
    for (const [, command = ""] of text.matchAll(/`((?:deno|TEST_WITHOUT)[^`]+)`/g)) {
      await assertRuns(command);
    }
    const files = text.matchAll(/`((?:src|tests|tasks|docs|\.github|\.ci)\/[\w./-]*[\w/])`/g);
    for (const [, file = ""] of files) {
      if (!/NAME|CODE/.test(file)) await Deno.stat(`${ROOT}/${file}`);
    }
  }
  const words = await read("CONTRIBUTING.md");
  for (const [, name = "", file = ""] of words.matchAll(/in `([A-Za-z_]+)` of `([\w./]+)`/g)) {
    ok((await read(file)).includes(name), `${file} has no ${name}`);
  }
});

Deno.test("the editor is recommended what the project is formatted by", async () => {
  const { recommendations } = JSON.parse(await read(".vscode/extensions.json"));
  ok(recommendations.includes("denoland.vscode-deno"));
  equal(JSON.parse(await read(".vscode/settings.json"))["deno.enable"], true);
  const { fmt } = JSON.parse(await read("deno.json"));
  match(await read(".editorconfig"), new RegExp(`^max_line_length = ${fmt.lineWidth}$`, "m"));
});

/** Every `deno task`, test file and script of `commands` exists; a filter finds a test. */
async function assertRuns(commands: string): Promise<void> {
  for (const line of commands.split("\n").map((line) => line.replace(/ # .*/, ""))) {
    for (const [, task = ""] of line.matchAll(/deno task ([\w:]+)/g)) ok(task in config.tasks, line);
    for (const [path] of line.matchAll(/(?<=\s)tests\/[\w/.]+/g)) await Deno.stat(`${ROOT}/${path}`);
    for (const [path] of line.matchAll(/^\.ci\/\w+/g)) await Deno.stat(`${ROOT}/${path}`);
    const [, words = "", folder = ""] = /--filter "([^"]+)" (\S+)/.exec(line) ?? [];
    if (words !== "") ok(await isNamed(words, folder), `no test's name has "${words}"`);
  }
}

async function isNamed(words: string, folder: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(`${ROOT}/${folder}`)) {
    if (name.endsWith("_test.ts") && (await read(`${folder}/${name}`)).includes(words)) return true;
  }
  return false;
}
