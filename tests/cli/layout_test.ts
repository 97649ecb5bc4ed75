import assert from "node:assert/strict";
import { createProgram } from "../../src/cli/program.ts";
import { CommanderError } from "../../src/cli/commander.ts";
import { columnsFor } from "../../src/cli/terminal/columns.ts";
import { barSize } from "../../src/cli/terminal/progress_bar.ts";
import { outputTo } from "../../src/cli/terminal/output.ts";
import { textWidth } from "../../src/cli/terminal/text_width.ts";
import { wrapped } from "../../src/cli/terminal/wrapped.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { type Language, WORDS } from "../../src/cli/words/words.ts";
import { type CliWorld, cliWorld } from "./cli_world.ts";

Deno.test("lines are broken between words only, by the width of their letters, and go on below themselves", () => {
  assert.equal(wrapped("one two three", 8), "one two\nthree");
  assert.equal(
    wrapped("  토큰이 모두 유효합니다", 16),
    "  토큰이 모두\n  유효합니다",
    "a Korean letter takes two columns",
  );
  assert.equal(wrapped("  name   what it is for", 20), "  name   what it is\n         for");
  assert.equal(
    wrapped("  $ run --file ids.csv --json", 20),
    "  $ run --file \\\n      ids.csv \\\n      --json",
    "a command can be copied",
  );
  assert.equal(
    wrapped("see https://reconnect.example/r/abcdef now", 12),
    "see\nhttps://reconnect.example/r/abcdef\nnow",
  );
});

Deno.test("columns fill a terminal, become lines of cells where it is too narrow, and are whole in a file", () => {
  const columns = [{ title: "ID", width: 6 }, { title: "STATE", width: 8 }, { title: "WHY", width: 10 }];
  const wide = columnsFor(columns, 32);
  assert.equal(wide.head, "ID      STATE     WHY");
  assert.equal(
    wide.row(["aaa", "정상", "it was not found here"]),
    `aaa     정상      it was not\n${" ".repeat(18)}found here`,
  );
  const narrow = columnsFor(columns, 20);
  assert.deepEqual([narrow.head, narrow.row(["aaa", "paused", "it was not found here"])], [
    undefined,
    "aaa  paused\n  it was not found\n  here",
  ]);
  assert.equal(
    columnsFor(columns, undefined).row(["a", "b", "c d e f g h i j"]),
    "a       b         c d e f g h i j",
  );
});

Deno.test("a bar gives way to what stands beside it, by the width of its letters", () => {
  const korean = "899개 중 400개  42/s  남은 시간 11s";
  const big = "10,000 of 100,000  213/s  ETA 7m 05s";
  const sizes = ([
    [120, "Recovering", big],
    [60, "Recovering", "0 of 300  0.0/s"],
    [60, "Recovering", "400 of 899  42/s  ETA 11s"],
    [60, "Recovering", big],
    [60, "복구하는 중", korean],
    [20, "Recovering", big],
  ] as const).map(([width, title, line]) => barSize(width, title, line));
  assert.deepEqual(sizes, [40, 10, 10, 5, 5, 0]);
  assert.equal(textWidth("복구하는 중") + 5 + 8 + textWidth(korean), 59);
});

/** What a command shows on a terminal of `width` columns; without one, in a file. */
async function shown(
  world: CliWorld,
  args: readonly string[],
  language: Language,
  width: number | undefined,
): Promise<string> {
  const words = WORDS[language];
  let text = "";
  const write = (_: number, lines: string): void => void (text += lines);
  const terminal = { stdout: width, stderr: width, isTerminal: false, color: false, write };
  const help = (lines: string): void => write(1, lines);
  const host = {
    words,
    helpWidth: width ?? 100_000,
    showHelp: { writeOut: help, writeErr: help },
    output: ({ json = false }: { readonly json?: boolean }) => outputTo(terminal, { json, words }),
    finish: () => {},
  };
  const program = createProgram(host);
  try {
    await program.parseAsync([
      ...args,
      ...args.includes("--help") ? [] : ["--env-file", `${world.folder}/env`],
    ], {
      from: "user",
    });
  } catch (error) {
    if (error instanceof UsageError) outputTo(terminal, { json: false, words }).note(error.say(words));
    else if (!(error instanceof CommanderError)) throw error;
  }
  return text;
}

const COMMANDS = [
  ["recover", "show", "list", "links", "token", "maintain", "doctor", "import", "reconcile", "forget"],
  ["events", "export", "restore", "reseal", "sandbox"],
].flat();
const MASKS: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<trace>"],
  [/\d{4}-\d\d-\d\d/g, "<day>"],
  [/\d\d:\d\d/g, "<time>"],
  [/\(?\d+\.\d초?\)?/g, "<seconds>"],
  [/(store|moved|fresh)-\w+/g, "<store>"],
];

function wordsIn(text: string): string[] {
  return MASKS.reduce((masked, [of, by]) => masked.replace(of, by), text).split(/[\s\\]+/).filter(Boolean);
}

/** Every outcome there is: recovered, failed, paused, needing a person, and a run that is stopped. */
async function everyOutcome(): Promise<CliWorld> {
  const world = cliWorld({
    companies: [{
      companyId: "ve9EPM428h8vShlRW1KT",
      locations: [
        "l1C08ntBrFjLS0elLIYU",
        "l2C08ntBrFjLS0elLIYU",
        "l3C08ntBrFjLS0elLIYU",
        "l4C08ntBrFjLS0elLIYU",
      ]
        .map((locationId) => ({ locationId })),
    }],
  });
  const { sandbox } = world;
  sandbox.pause("l2C08ntBrFjLS0elLIYU");
  sandbox.uninstall({ locationId: "l3C08ntBrFjLS0elLIYU" });
  world.write(
    "ids.csv",
    "locationId,companyId,name\nl1C08ntBrFjLS0elLIYU,ve9EPM428h8vShlRW1KT,서울 한빛 치과 본점\n" +
      "l2C08ntBrFjLS0elLIYU,,Paused Dental\nl3C08ntBrFjLS0elLIYU,,Gone\nnoSuchLocationAtAll0,,\n",
  );
  world.write(
    "tokens.json",
    JSON.stringify([sandbox.install({ locationId: "l4C08ntBrFjLS0elLIYU" }), { locationId: "x" }]),
  );
  const settings = {
    ...world.env,
    HIGHLEVEL_REDIRECT_URI: "https://app.example/oauth/callback",
    HIGHLEVEL_SCOPES: "contacts.readonly",
    EXPORT_KEY: btoa("e".repeat(32)),
    HIGHLEVEL_WORKER_KEY: "admin-key-0123456789",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`).join("\n");
  world.write("env", lines);
  await shown(
    world,
    [
      "recover",
      "--file",
      `${world.folder}/ids.csv`,
      "--journal",
      `${world.folder}/j`,
      ...storeOf(world, "held"),
    ],
    "en",
    undefined,
  );
  await shown(
    world,
    [
      "recover",
      "--company",
      "ve9EPM428h8vShlRW1KT",
      "--journal",
      `${world.folder}/j`,
      ...storeOf(world, "held"),
    ],
    "en",
    undefined,
  );
  return world;
}

function storeOf({ folder }: CliWorld, name: string): string[] {
  return ["--store", `sqlite:${folder}/${name}.sqlite`];
}

Deno.test("no command breaks a word or writes a line wider than 60, 80 or 120 columns, in English or Korean", async () => {
  await using world = await everyOutcome();
  const file = (name: string): string => `${world.folder}/${name}`;
  const held = storeOf(world, "held");
  let runs = 0;
  for (const language of ["en", "ko"] as const) {
    const commands: readonly ((run: string) => readonly string[])[] = [
      ...[[], ...COMMANDS.map((name) => [name]), ["events", "list"], ["events", "replay"]].map(
        (args) => () => [...args, "--help"],
      ),
      (
        run,
      ) => [
        "recover",
        "--file",
        file("ids.csv"),
        "--journal",
        file(`store-${run}.j`),
        ...storeOf(world, `store-${run}`),
      ],
      () => ["recover", "--file", file("ids.csv"), "--dry-run", ...held],
      (
        run,
      ) => [
        "recover",
        "--location",
        "a",
        "--base-url",
        "http://127.0.0.1:1",
        "--journal",
        file(`store-${run}.j`),
        ...storeOf(world, `store-${run}`),
      ],
      () => ["recover", ...held],
      () => ["list", ...held],
      () => ["show", "--location", "l1C08ntBrFjLS0elLIYU", ...held],
      () => ["show", "--location", "l2C08ntBrFjLS0elLIYU", ...held],
      () => ["show", "--location", "unheard", ...held],
      () => ["maintain", ...held],
      () => ["maintain", "--worker", "https://reconnect.example"],
      () => ["doctor", ...held],
      () => ["reconcile", "--company", "ve9EPM428h8vShlRW1KT", ...held],
      () => ["import", file("tokens.json"), "--dry-run", ...held],
      (run) => ["import", file("tokens.json"), ...storeOf(world, `store-${run}`)],
      (run) => ["forget", "--location", "l1C08ntBrFjLS0elLIYU", "--erase", ...storeOf(world, `store-${run}`)],
      () => ["forget", "--company", "unheard", ...held],
      (run) => ["export", "--out", file(`moved-${run}`), ...held],
      (run) => ["restore", file(`moved-${run}`), ...storeOf(world, `fresh-${run}`)],
      () => ["restore", file("ids.csv"), ...held],
      () => ["reseal", ...held],
    ];
    const whole: string[][] = [];
    for (const width of [undefined, 120, 80, 60]) {
      const run = `${language}${width ?? "whole"}`;
      for (const [index, command] of commands.entries()) {
        const args = command(run);
        const text = await shown(world, args, language, width);
        const name = `${language}, ${width} columns: ${args.join(" ")}`;
        assert.notEqual(text, "", name);
        runs++;
        if (width === undefined) {
          whole.push(wordsIn(text));
          continue;
        }
        const known = new Set(whole[index]);
        for (const word of wordsIn(text)) assert.ok(known.has(word), `${name}\nbreaks ${word}:\n${text}`);
        for (const line of text.split("\n")) {
          const isOneWord = !line.trim().includes(" "); // a link, a path
          assert.ok(isOneWord || textWidth(line) <= width, `${name}\nis too wide: ${line}`);
        }
      }
    }
  }
  assert.ok(runs > 250, `${runs} runs`);
});
