/**
 * `deno task bench`: what this project costs, in requests, time, memory and bytes, each figure next to its reference
 * from the same run. `--json` prints one JSON object; `--only hot,stores` picks sections.
 */
import { parseArgs } from "node:util";
import { paintFor, tableOf } from "./print.ts";
import type { Section } from "./section.ts";

const NAMES = [
  "requests",
  "hot",
  "stores",
  "bulk",
  "client",
  "import",
  "worker",
  "directory",
  "size",
  "cost",
];
const SCRIPT = new URL("run_section.ts", import.meta.url).href;

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { json: { type: "boolean", default: false }, only: { type: "string" } },
  });
  const names = values.only?.split(",") ?? NAMES;
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no section ${unknown.join(", ")}. Sections: ${NAMES.join(", ")}.`);
    Deno.exit(2);
  }
  const isTerminal = Deno.stdout.isTerminal() && !Deno.noColor;
  const paint = paintFor(isTerminal);
  const machine = machineNow();
  if (!values.json) console.log(paint.faint(`${machine.text}\n`));

  const startedAt = performance.now();
  const found: Section[] = [];
  for (const name of names) {
    if (isTerminal && !values.json) await write(paint.faint(`measuring ${name} …`));
    const section = await measured(name);
    found.push(section);
    if (isTerminal && !values.json) await write("\r\x1b[K");
    if (!values.json) console.log(tableOf(section, paint));
  }
  const verdicts = found.flatMap(({ rows }) => rows.flatMap(({ verdict }) => verdict ?? []));
  const met = verdicts.filter((verdict) => verdict.met).length;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (values.json) console.log(JSON.stringify({ machine: machine.data, seconds, sections: found }, null, 2));
  else console.log(paint.strong(`${met} of ${verdicts.length} goals met, in ${seconds} s`));
}

/** A section, by a fresh process. */
async function measured(name: string): Promise<Section> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "--v8-flags=--expose-gc", SCRIPT, name],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).output();
  const line = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  if (!success) throw new Error(`The section ${name} failed.`);
  return JSON.parse(line);
}

function machineNow(): { readonly text: string; readonly data: Readonly<Record<string, unknown>> } {
  const cores = navigator.hardwareConcurrency;
  const [load = 0] = Deno.loadavg();
  return {
    text: `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${Deno.build.target}, ${cores} cores, load ${
      load.toFixed(1)
    } at the start`,
    data: { deno: Deno.version.deno, v8: Deno.version.v8, target: Deno.build.target, cores, load },
  };
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}

await main();
