/**
 * `deno task test`: every test of the project, in the permissions it needs, with one counted line at the end.
 *
 * The core and its stores run with no permission at all: that proves that they do no I/O of their own. What needs
 * processes, sockets, workerd or a browser runs with all. Several runs of a few files each go on side by side; what one
 * printed is shown when it has ended. With paths as arguments only those run, with all permissions.
 */

/** Folders that run without permissions. */
const SEALED_OFF = [
  "tests/oauth",
  "tests/connections",
  "tests/exhaustive",
  "tests/stores",
  "tests/webhooks",
  "tests/sandbox",
  "tests/moving",
];
/** What in them starts processes or servers, or opens files: by the file's name, or its folder's. */
const OPEN = /[_/](lock|process|processes|file|planted_faults)_test\.ts$|^tests\/stores\/(sql|redis)\//;
/** Measures: runs with nothing beside it. */
const ALONE = /\/(load|hundred_thousand)_test\.ts$/;
/** What takes longest, longest first: it begins first, so that nothing is waited for at the end. */
const SLOWEST: readonly string[] = [
  "tests/faults/worker_matrix_test.ts",
  "tests/worker/dashboard/browser_test.ts",
  "tests/worker/dashboard/looks_test.ts",
  "tests/worker/customer/chromium_test.ts",
  "tests/worker/campaign_test.ts",
  "tests/cli/moving_test.ts",
  "tests/stores/kill_process_test.ts",
  "tests/connections/processes_test.ts",
  "tests/conformance/runtimes_test.ts",
  "tests/imports/npm_package_test.ts",
  "tests/imports/npm_peers_test.ts",
  "tests/worker/bulk_test.ts",
  "tests/worker/overtaken_test.ts",
  "tests/stores/processes_test.ts",
  "tests/worker/recovery_job/wrangler_dev_test.ts",
  "tests/worker/alarms_test.ts",
  "tests/examples/own_worker_test.ts",
  "tests/worker/several_apps_test.ts",
  "tests/worker/hot_path_test.ts",
  "tests/examples/node_service_test.ts",
  "tests/faults/kill_worker_test.ts",
  "tests/stores/sql/postgres_test.ts",
  "tests/worker/connection/refusing_sqlite_test.ts",
  "tests/worker/recovery_job/trouble_test.ts",
  "tests/worker/events/hostile_receivers_test.ts",
  "tests/cli/stranger_test.ts",
];
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

/** One `deno test`. */
interface Batch {
  /** What it is called in what is printed. */
  readonly name: string;
  readonly args: readonly string[];
}

/** So much of what a run says of its failures is repeated at the end. */
const FAILURES_CHARACTERS = 6_000;

/** Most tests wait for workerd, browsers and servers: so many runs side by side keep the cores busy. */
const LANES = navigator.hardwareConcurrency + 2;
/** So many files share one run, beside those that take long. */
const FILES_PER_RUN = 8;

async function main(args: readonly string[]): Promise<void> {
  const total: Tally = { passed: 0, failed: 0, ignored: 0, missing: new Set(), failures: [] };
  if (args.length > 0) {
    await run({ name: args.join(" "), args: ["-A", ...args] }, total, { isLive: true });
    return finish(total);
  }
  const files = (await testFiles("tests/")).sort().filter((file) => !file.startsWith("tests/soak/"));
  const isSealedOff = (file: string): boolean =>
    SEALED_OFF.some((folder) => file.startsWith(`${folder}/`)) && !OPEN.test(file);
  // Types are the business of `deno task check`, which has seen these files.
  const optionsOf = (file: string): string[] => ["--no-check", isSealedOff(file) ? "--no-prompt" : "-A"];
  const alone = files.filter((file) => ALONE.test(file));
  const slow = SLOWEST.filter((file) => files.includes(file));
  const others = files.filter((file) => !alone.includes(file) && !slow.includes(file));
  const queue: Batch[] = [
    ...slow.map((file) => ({ name: file, args: [...optionsOf(file), file] })),
    { name: "examples in the documentation", args: ["--doc", "--no-prompt", ...DOCUMENTED] },
    ...[others.filter((file) => !isSealedOff(file)), others.filter(isSealedOff)].flatMap((files) =>
      chunk(files, FILES_PER_RUN).map((files) => ({
        name: files.join(" "),
        args: [...optionsOf(files[0] ?? ""), ...files],
      }))
    ),
  ];
  const folder = await Deno.makeTempDir({ prefix: "highlevel-tests-" });
  const env = { TEST_RUN_FOLDER: folder };
  const seconds = new Map<string, number>();
  const work = async (batches: Batch[]): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      seconds.set(batch.name, await run(batch, total, { env }));
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, () => work(queue)));
    await work(alone.map((file) => ({ name: file, args: [...optionsOf(file), file] })));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const longest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, 12);
  console.log("\nWhat took longest, in seconds:");
  for (const [name, took] of longest) console.log(`${took.toFixed(0).padStart(4)} ${name}`);
  finish(total);
}

function finish({ passed, failed, ignored, missing, failures }: Tally): void {
  // Once more, because they scrolled away long ago.
  for (const failure of failures) console.log(`\n${failure}`);
  if (missing.size > 0) {
    console.log("\nSkipped for want of a program. Install it and run `deno task test` again:");
    for (const what of [...missing].sort()) console.log(`  ${what}`);
  }
  console.log(`\n${passed} passed, ${failed} failed${ignored ? `, ${ignored} skipped` : ""}`);
  if (failed > 0 || passed === 0) Deno.exit(1);
}

/**
 * Runs `deno test`, shows what it prints, at once or when it has ended, and adds what its closing line counts to `total`. One
 * that ends badly without such a line counts as a failure. Resolves with the seconds that it took.
 */
async function run(
  { name, args }: Batch,
  total: Tally,
  { isLive = false, env = {} }: { readonly isLive?: boolean; readonly env?: Record<string, string> } = {},
): Promise<number> {
  const startedAt = performance.now();
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
  }
  const { success } = await child.status;
  const seconds = (performance.now() - startedAt) / 1_000;
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

function chunk<T>(list: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(list.length / size) },
    (_, at) => list.slice(at * size, at * size + size),
  );
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
