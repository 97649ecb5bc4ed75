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
/** Run one file after another: they measure, or fill both cores by themselves. */
const ROOT = new URL("../", import.meta.url);

interface Tally {
  passed: number;
  failed: number;
  ignored: number;
  /** What was skipped for want of a program, and how to get it. */
  readonly missing: Set<string>;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.length > 0) {
    const tally = await deno("test", "-A", ...args);
    return finish(tally);
  }
  const files = (await testFiles("tests/")).sort();
  const isSealedOff = (file: string): boolean =>
    SEALED_OFF.some((folder) => file.startsWith(`${folder}/`)) && !OPEN.test(file);
  const runs = [
    ["test", "--no-prompt", "--parallel", ...files.filter(isSealedOff)],
    ["test", "-A", ...files.filter((file) => !isSealedOff(file) && !file.startsWith("tests/soak/"))],
    [
      "test",
      "--doc",
      "--no-prompt",
      "README.md",
      "README.ko.md",
      "mod.ts",
      "src/oauth",
      "src/connections",
      "src/stores",
      "src/webhooks",
      "src/import",
      "src/sandbox",
      "src/testing",
    ],
  ];
  const total: Tally = { passed: 0, failed: 0, ignored: 0, missing: new Set() };
  for (const run of runs) {
    const tally = await deno(...run);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.ignored += tally.ignored;
    for (const what of tally.missing) total.missing.add(what);
  }
  finish(total);
}

function finish({ passed, failed, ignored, missing }: Tally): void {
  for (const what of missing) console.log(`\nskipped: ${what}`);
  console.log(`\n${passed} passed, ${failed} failed${ignored ? `, ${ignored} skipped` : ""}`);
  if (failed > 0 || passed === 0) Deno.exit(1);
}

/** Runs deno, shows what it prints, and counts from its closing line. A run that ends badly without one counts as a failure. */
async function deno(...args: readonly string[]): Promise<Tally> {
  console.log(`\n> deno ${args.slice(0, 6).join(" ")}${args.length > 6 ? " …" : ""}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).spawn();
  let text = "";
  const missing = new Set<string>();
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-100_000);
    for (const [, what = ""] of text.matchAll(/^SKIPPED: (.+)\n/gm)) missing.add(what);
    await Deno.stdout.write(chunk);
  }
  const { success } = await child.status;
  const closing = [
    ...text.matchAll(/(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g),
  ].at(-1);
  const [, passed = 0, failed = 0, ignored = 0] = closing?.map(Number) ?? [];
  const isHidden = !success && failed === 0;
  return { passed, failed: isHidden ? 1 : failed, ignored, missing };
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
