/**
 * `deno task test`: every test of the project, in the permissions it needs, with one counted line at the end.
 *
 * The core and its stores run with no permission at all: that proves that they do no I/O of their own. What needs
 * processes, sockets, workerd or a browser runs with all. With paths as arguments only those run, with all permissions.
 */

/** Folders that run without permissions. */
const SEALED_OFF = [
  "tests/oauth",
  "tests/connections",
  "tests/exhaustive",
  "tests/stores",
  "tests/webhooks",
  "tests/sandbox",
];
/** What in them starts processes or servers, or opens files: by the file's name, or its folder's. */
const OPEN = /[_/](lock|process|processes|file|planted_faults)_test\.ts$|^tests\/stores\/(sql|redis)\//;
/** Measures: runs with nothing beside it. */
const ALONE = /\/(load|hundred_thousand)_test\.ts$/;
const ROOT = new URL("../", import.meta.url);

/** What has examples in its documentation that run. */
const DOCUMENTED = [
  "README.md",
  "README.ko.md",
  "mod.ts",
  "src/oauth",
  "src/connections",
  "src/stores",
  "src/webhooks",
  "src/import",
  "src/moving",
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

async function main(args: readonly string[]): Promise<void> {
  if (args.length > 0) {
    return finish(await deno(["test", "-A", ...args]));
  }
  const files = (await testFiles("tests/")).sort();
  const isSealedOff = (file: string): boolean =>
    SEALED_OFF.some((folder) => file.startsWith(`${folder}/`)) && !OPEN.test(file);
  const open = files.filter((file) => !isSealedOff(file) && !file.startsWith("tests/soak/"));
  const isWorker = (file: string): boolean => file.startsWith("tests/worker/");
  const beside = open.filter((file) => !ALONE.test(file));
  // Types are the business of `deno task check`, which has seen these files.
  const steps: readonly (readonly (readonly string[])[])[] = [
    [["--no-check", "--no-prompt", "--parallel", ...files.filter(isSealedOff)]],
    // Most of it waits for workerd, browsers and servers: two halves side by side.
    [
      ["--no-check", "-A", ...beside.filter(isWorker)],
      ["--no-check", "-A", ...beside.filter((file) => !isWorker(file))],
    ],
    [["--no-check", "-A", ...open.filter((file) => ALONE.test(file))]],
    [["--doc", "--no-prompt", ...DOCUMENTED]],
  ];
  const total: Tally = { passed: 0, failed: 0, ignored: 0, missing: new Set(), failures: [] };
  for (const step of steps) {
    const ended: Promise<unknown>[] = [];
    const tallies = step.map((args) => {
      const before = Promise.all(ended);
      const run = deno(["test", ...args], before);
      ended.push(run);
      return run;
    });
    for (const tally of await Promise.all(tallies)) {
      total.passed += tally.passed;
      total.failed += tally.failed;
      total.ignored += tally.ignored;
      for (const what of tally.missing) total.missing.add(what);
      total.failures.push(...tally.failures);
    }
  }
  finish(total);
}

function finish({ passed, failed, ignored, missing, failures }: Tally): void {
  // Once more, because they scrolled away long ago.
  for (const failure of failures) console.log(`\n${failure}`);
  for (const what of missing) console.log(`\nskipped: ${what}`);
  console.log(`\n${passed} passed, ${failed} failed${ignored ? `, ${ignored} skipped` : ""}`);
  if (failed > 0 || passed === 0) Deno.exit(1);
}

/**
 * Runs deno, shows what it prints once `before` has ended, and counts from its closing line. A run that ends badly without one
 * counts as a failure.
 */
async function deno(args: readonly string[], before: Promise<unknown> = Promise.resolve()): Promise<Tally> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).spawn();
  const held: Uint8Array[] = [];
  let isShown = false;
  const shown = before.then(async () => {
    console.log(`\n> deno ${args.slice(0, 6).join(" ")}${args.length > 6 ? " …" : ""}`);
    for (let chunk = held.shift(); chunk; chunk = held.shift()) await Deno.stdout.write(chunk);
    isShown = true;
  });
  let text = "";
  const missing = new Set<string>();
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-100_000);
    for (const [, what = ""] of text.matchAll(/^SKIPPED: (.+)\n/gm)) missing.add(what);
    if (isShown) await Deno.stdout.write(chunk);
    else held.push(chunk);
  }
  await shown;
  for (const chunk of held) await Deno.stdout.write(chunk);
  const { success } = await child.status;
  const closing = [
    ...text.matchAll(/(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g),
  ].at(-1);
  const [, passed = 0, failed = 0, ignored = 0] = closing?.map(Number) ?? [];
  const isHidden = !success && failed === 0;
  const errors = / ERRORS [\s\S]*$/.exec(text)?.[0].slice(0, FAILURES_CHARACTERS);
  const failures = success ? [] : [errors ?? `deno ${args.slice(0, 4).join(" ")} … ended badly: see above.`];
  return { passed, failed: isHidden ? 1 : failed, ignored, missing, failures };
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
