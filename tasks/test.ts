/**
 * `deno task test`: every test of the project, in the permissions it needs, with one counted line at the end.
 *
 * The core and its stores run with no permission at all: that proves that they do no I/O of their own. What needs
 * processes, sockets, workerd or a browser runs with all. Several runs of a few files each go on side by side; what one
 * printed is shown when it has ended. With paths as arguments only those run, with all permissions; `--measure` writes down how
 * long each file took, which is what the next runs are ordered by.
 */

import measured from "./test_seconds.json" with { type: "json" };
import { type Batch, testQueue } from "./test_queue.ts";

const ROOT = new URL("../", import.meta.url);

const EXAMPLES = "examples in the documentation";
/** Guides with examples: blocks of `ts`. What stands in `js` is for other programs. */
const GUIDES = [...Deno.readDirSync(new URL("docs/", ROOT))].map(({ name }) => `docs/${name}`)
  .filter((path) => path.endsWith(".md") && /^```ts$/m.test(Deno.readTextFileSync(new URL(path, ROOT))))
  .sort();
/** What has examples in its documentation that run. */
const DOCUMENTED = [
  "README.md",
  "README.ko.md",
  ...GUIDES,
  "mod.ts",
  "src/oauth",
  "src/connections",
  "src/stores",
  "src/webhooks",
  "src/import",
  "src/client",
  "src/moving",
  "src/highlevel_sdk",
  "src/sandbox",
  "src/testing",
];

interface Tally {
  passed: number;
  failed: number;
  ignored: number;
  /** What was skipped for want of a program, and how to get it. */
  readonly missing: Set<string>;
  /** What each run said of its failures. */
  readonly failures: string[];
}

/** So much of what a run says of its failures is repeated at the end. */
const FAILURES_CHARACTERS = 6_000;

/** Tests wait now and then for workerd, browsers and servers: so many runs side by side keep the cores busy. */
const LANES = navigator.hardwareConcurrency + 2;
/** How long each file took. */
const SECONDS_FILE = new URL("test_seconds.json", import.meta.url);

async function main(args: readonly string[]): Promise<void> {
  const total: Tally = { passed: 0, failed: 0, ignored: 0, missing: new Set(), failures: [] };
  const isMeasuring = args[0] === "--measure";
  if (args.length > 0 && !isMeasuring) {
    await run({ name: args.join(" "), args: ["-A", ...args] }, total, { isLive: true });
    return finish(total);
  }
  const files = (await testFiles("tests/")).filter((file) => !file.startsWith("tests/soak/"));
  const queue = testQueue(files, measured);
  const examples = { name: EXAMPLES, args: ["--doc", "--no-prompt", ...DOCUMENTED] };
  const took: [name: string, seconds: number][] = [];
  const ofFiles = new Map<string, number>();
  const folder = await Deno.makeTempDir({ prefix: "highlevel-tests-" });
  const env = { TEST_RUN_FOLDER: folder };
  const work = async (batches: Omit<Batch, "seconds">[]): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      took.push([batch.name, await run(batch, total, { env, ofFiles })]);
    }
  };
  try {
    const others = [examples, ...queue.others];
    const waiting = work([...queue.waiting]).then(() => work(others));
    await Promise.all([waiting, ...Array.from({ length: LANES }, () => work(others))]);
    await work([...queue.alone]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  if (isMeasuring) await Deno.writeTextFile(SECONDS_FILE, listed(ofFiles));
  const longest = took.sort(([, a], [, b]) => b - a).slice(0, 12);
  console.log("\nWhat took longest, in seconds:");
  for (const [name, seconds] of longest) console.log(`${seconds.toFixed(0).padStart(4)} ${name}`);
  finish(total);
}

function finish({ passed, failed, ignored, missing, failures }: Tally): void {
  // Once more, because they scrolled away long ago.
  for (const failure of failures) console.log(`\n${failure}`);
  // And in a line each, for whoever sees no more than the end.
  for (const failure of failures) {
    for (const [, name, error] of failure.matchAll(/^(.+) => \S+\n(error: .+)$/gm)) {
      console.log(`\n${name}\n  ${error}`);
    }
  }
  if (missing.size > 0) {
    console.log("\nSkipped for want of a program. Install it and run `deno task test` again:");
    for (const what of [...missing].sort()) console.log(`  ${what}`);
  }
  console.log(`\n${passed} passed, ${failed} failed${ignored ? `, ${ignored} skipped` : ""}`);
  if (failed > 0 || passed === 0) Deno.exit(1);
}

/** Options of {@linkcode run}. */
interface RunOptions {
  /** Shows at once what is printed. */
  readonly isLive?: boolean;
  readonly env?: Record<string, string>;
  /** Gets the seconds that each file took. */
  readonly ofFiles?: Map<string, number>;
}

/**
 * Runs `deno test`, shows what it prints, at once or when it has ended, and adds what its closing line counts to `total`. One
 * that ends badly without such a line counts as a failure. Resolves with the seconds that it took.
 */
async function run(
  { name, args }: Omit<Batch, "seconds">,
  total: Tally,
  { isLive = false, env = {}, ofFiles = new Map() }: RunOptions = {},
): Promise<number> {
  const startedAt = performance.now();
  const begun: [file: string, at: number][] = [];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "inherit",
    env: { NO_COLOR: "1", ...env },
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    if (isLive) await Deno.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
    for (
      const [, file = ""] of [...text.matchAll(/^running \d+ tests? from \.\/(\S+)$/gm)].slice(begun.length)
    ) {
      begun.push([file, begun.length === 0 ? startedAt : performance.now()]);
    }
  }
  const { success } = await child.status;
  const endedAt = performance.now();
  const seconds = (endedAt - startedAt) / 1_000;
  for (const [index, [file, at]] of begun.entries()) {
    ofFiles.set(file, ((begun[index + 1]?.[1] ?? endedAt) - at) / 1_000);
  }
  if (!isLive) console.log(`\n> ${name} (${seconds.toFixed(0)} s)\n${text.trim()}`);
  for (const [, what = ""] of text.matchAll(/^SKIPPED: (.+)\n/gm)) total.missing.add(what);
  const closing = [
    ...text.matchAll(/(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g),
  ].at(-1);
  const [, passed = 0, failed = 0, ignored = 0] = closing?.map(Number) ?? [];
  total.passed += passed;
  total.failed += !success && failed === 0 ? 1 : failed;
  total.ignored += ignored;
  if (!success) {
    const errors = / ERRORS [\s\S]*$/.exec(text)?.[0].slice(0, FAILURES_CHARACTERS);
    total.failures.push(errors ?? `deno test ${name} ended badly: see above.`);
  }
  return seconds;
}

/** What {@linkcode SECONDS_FILE} says: a line for each file. */
function listed(seconds: ReadonlyMap<string, number>): string {
  const files = [...seconds.keys()].sort();
  const rounded = files.map((file) => [file, Number((seconds.get(file) ?? 0).toFixed(1))]);
  return `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`;
}

async function testFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) files.push(...await testFiles(`${folder}${name}/`));
    else if (/_test\.tsx?$/.test(name)) files.push(folder + name);
  }
  return files;
}

await main(Deno.args);
