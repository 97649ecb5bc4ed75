import assert from "node:assert/strict";
import { type Command, CommanderError, type Option } from "../../src/cli/commander.ts";
import type { Host } from "../../src/cli/command_host.ts";
import { createProgram } from "../../src/cli/program.ts";
import {
  appFrom,
  exportKeyFrom,
  required,
  scopeFrom,
  sealingKeysFrom,
  type Settings,
} from "../../src/cli/settings.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { WORDS } from "../../src/cli/words/words.ts";
import { cliWorld, golden, ndjson } from "./cli_world.ts";

Deno.test("token prints a living token and nothing else to stdout", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", locations: [{ locationId: "aaa" }] }] });
  const { code, out } = await world.run(["token", "--location", "aaa"]);
  assert.equal(code, 0);
  assert.match(out, /^[\w.-]+\n$/);
  assert.ok(world.sandbox.isLiving(out.trim()));
  const again = await world.run(["token", "--location", "aaa"]);
  assert.equal(again.out, out, "a living token is given without a request");
  assert.equal(world.sandbox.counts.exchange, 1);
  const company = await world.run(["token", "--company", "agency", "--json"]);
  assert.deepEqual(ndjson(company.out).map(({ type, target }) => [type, target]), [["token", {
    companyId: "agency",
  }]]);
});

Deno.test("token that cannot be had leaves stdout empty and tells the reason, its code and the trace id", async () => {
  await using world = cliWorld({ locations: [{ locationId: "off", active: false }] });
  const { code, out, err } = await world.run(["token", "--location", "off"]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    /error: Location off.*Location is not active.*\(location_inactive, trace [0-9a-f-]{36}\)\n$/,
  );
});

Deno.test("list shows every connection, or those of one status", async () => {
  await using world = cliWorld({
    companies: [{
      companyId: "agency",
      locations: [{ locationId: "aaa" }, { locationId: "off", active: false }],
    }],
  });
  await world.run(["recover", "--location", "aaa", "--location", "off", "--company", "agency"]);
  const { code, out, err } = await world.run(["list"]);
  assert.equal(code, 0);
  assert.equal(
    golden(out),
    `KIND      ID                    STATUS                 TOKEN ENDS            NAME
agency    agency                connected              <time>
location  aaa                   connected              <time>
location  off                   paused                 -
`,
  );
  assert.match(err, /3 connections: 2 connected, 1 paused\.\n$/);
  const paused = ndjson((await world.run(["list", "--status", "paused", "--json"])).out);
  assert.deepEqual(paused.map(({ type, target, status }) => [type, target, status]), [
    ["connection", { locationId: "off" }, "paused"],
  ]);
  assert.equal((await world.run(["list", "--status", "broken"])).out, "");
});

Deno.test("list says of a token whose end nothing tells that it is not known", async () => {
  await using world = cliWorld();
  world.write("tokens.csv", "locationId,access_token\naaa,opaque\n");
  await world.run(["import", "tokens.csv"]);
  assert.match((await world.run(["list"])).out, /\nlocation {2}aaa +connected +unknown\n$/);
  const [{ expiresAt, ...connection } = {}] = ndjson((await world.run(["list", "--json"])).out);
  assert.deepEqual([connection.status, expiresAt], ["connected", undefined]);
});

Deno.test("forget removes a connection; what was not held is no error", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  await world.run(["recover", "--location", "aaa"]);
  const { code, out } = await world.run(["forget", "--location", "aaa", "--company", "none"]);
  assert.equal(code, 0);
  assert.equal(out, "Forgot location aaa.\nNothing was held of agency none.\n");
  assert.match((await world.run(["list"])).err, /0 connections in highlevel-connections\.sqlite\./);
});

Deno.test("settings come from --env-file, and the environment goes before it", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  const { HIGHLEVEL_BASE_URL, HIGHLEVEL_CLIENT_ID, HIGHLEVEL_CLIENT_SECRET } = world.env;
  world.write(
    "my.env",
    `export HIGHLEVEL_CLIENT_ID="${HIGHLEVEL_CLIENT_ID}"\n# remark\nHIGHLEVEL_CLIENT_SECRET='${HIGHLEVEL_CLIENT_SECRET}'\nHIGHLEVEL_BASE_URL=http://127.0.0.1:1\n`,
  );
  const bare = { HIGHLEVEL_CLIENT_ID: "", HIGHLEVEL_CLIENT_SECRET: "" };
  const { code } = await world.run(["recover", "--location", "aaa", "--env-file", "my.env"], { env: bare });
  assert.equal(code, 0);
  const flag = await world.run(
    [
      "recover",
      "--location",
      "aaa",
      "--env-file",
      "my.env",
      "--base-url",
      HIGHLEVEL_BASE_URL ?? "",
      "--api-version",
      "v3",
    ],
    { env: { ...bare, HIGHLEVEL_BASE_URL: "" } },
  );
  assert.equal(flag.code, 0);
  assert.equal(world.sandbox.requests.at(-1)?.headers?.version, "v3");
});

Deno.test("--env-file keeps its first setting behind a byte order mark, and may be UTF-16", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  const text = `\uFEFFHIGHLEVEL_CLIENT_ID=${world.env.HIGHLEVEL_CLIENT_ID}\r\n`;
  const units = [...text].map((letter) => letter.charCodeAt(0));
  world.write("utf-8.env", text);
  world.write("utf-16le.env", Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8])));
  world.write("utf-16be.env", Uint8Array.from(units.flatMap((unit) => [unit >> 8, unit & 0xff])));
  for (const name of ["utf-8", "utf-16le", "utf-16be"]) {
    const { code, err } = await world.run(["recover", "--location", "aaa", "--env-file", `${name}.env`], {
      env: { HIGHLEVEL_CLIENT_ID: "" },
    });
    assert.equal(code, 0, `${name}: ${err}`);
  }
});

for (const kind of ["sqlite", "deno-kv"]) {
  Deno.test(`SEALING_KEYS seal a ${kind} store, which only its owner can read`, async () => {
    await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
    const env = { SEALING_KEYS: btoa("k".repeat(32)) };
    const store = ["--location", "aaa", "--store", `${kind}:sealed.db`];
    const { code, err } = await world.run(["recover", ...store], { env });
    assert.equal(code, 0);
    assert.equal(err, "", "no advice where none is needed");
    const files = [...Deno.readDirSync(world.folder)].map(({ name }) => world.read(name)).join("");
    for (const secret of world.sandbox.issuedSecrets()) assert.ok(!files.includes(secret));
    assert.equal((Deno.statSync(`${world.folder}/sealed.db`).mode ?? 0) & 0o777, 0o600);
    const unsealed = await world.run(["token", ...store]);
    assert.deepEqual([unsealed.code, unsealed.out], [1, ""]);
  });
}

Deno.test("--help is there on every level, with an example", async () => {
  await using world = cliWorld();
  for (const args of [[], ["recover"], ["events", "list"]]) {
    const { code, out, err } = await world.run([...args, "--help"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, new RegExp(`^Usage: highlevel-reconnect ${args.join(" ")}`));
    assert.match(out, /Examples?[^\n]*:\n {2}\$ /);
  }
  const none = await world.run([]);
  assert.equal(none.code, 2);
  assert.match(none.err, /^Usage: highlevel-reconnect/);
});

const REFUSED: readonly [args: string[], message: RegExp, env?: Record<string, string>][] = [
  [["mend"], /unknown command 'mend'/],
  [["recover", "--fast"], /unknown option '--fast'/],
  [["recover"], /Nothing to recover: give --location, --company, --file or --status\./],
  [["recover", "extra"], /too many arguments/],
  [["recover", "--location"], /'--location <id>' argument missing/],
  [
    ["recover", "--location", "a/b"],
    /'--location <id>' argument 'a\/b' is invalid\. It must be 1 to 128 characters/,
  ],
  [["recover", "--location", "a", "--concurrency", "0"], /'--concurrency <n>' argument '0' is invalid/],
  [["recover", "--installed"], /--installed needs --company ID/],
  [["recover", "--location", "a", "--dry-run", "--resume"], /--dry-run goes with neither/],
  [
    ["recover", "--location", "a", "--report", "no/such/folder.csv"],
    /--report no\/such\/folder\.csv cannot be written/,
  ],
  [["recover", "--client-secret", "x"], /unknown option '--client-secret'/],
  [["list", "--status", "lost"], /Allowed choices are connected, broken, paused, reauthorization_required/],
  [["list", "--store", "redis"], /It must be sqlite:PATH, deno-kv:PATH, postgres:/],
  [["list", "--store", "deno-kv:no/such/folder"], /--store: no\/such\/folder cannot be opened/],
  [["list", "--store", "sqlite:no/such/folder"], /--store: no\/such\/folder cannot be opened/],
  [["list", "--store", "sqlite:"], /It must be sqlite:PATH, deno-kv:PATH, postgres:/],
  [["list", "--store", "deno-kv", "--worker", "https://w.example"], /cannot be used with/],
  [["list", "--worker", "http://w.example"], /It must be an https \(or loopback\) URL/],
  [["list", "--worker", "https://w.example"], /HIGHLEVEL_WORKER_KEY is not set/],
  [["list", "--env-file", "none.env"], /--env-file none\.env cannot be read/],
  [
    ["list", "--base-url", "http://elsewhere.example"],
    /option '--base-url <url>' .* It must be an https \(or loopback\) URL/,
  ],
  [["list", "--api-version", "v9"], /Allowed choices are 2021-07-28, 2023-02-21, v3/],
  [["list"], /HIGHLEVEL_CLIENT_ID is not set/, { HIGHLEVEL_CLIENT_ID: "" }],
  [["list"], /HIGHLEVEL_CLIENT_SECRET is not set/, { HIGHLEVEL_CLIENT_SECRET: "" }],
  [["list"], /HIGHLEVEL_API_VERSION must be/, { HIGHLEVEL_API_VERSION: "v9" }],
  [["list", "--worker", "https://w.example"], /HIGHLEVEL_API_VERSION must be/, {
    HIGHLEVEL_API_VERSION: "v9",
    HIGHLEVEL_WORKER_KEY: "any",
  }],
  [["list"], /HIGHLEVEL_PREVIOUS_CREDENTIALS: pair 2 must be written id:secret/, {
    HIGHLEVEL_PREVIOUS_CREDENTIALS: "a:b,c",
  }],
  [["list"], /SEALING_KEYS\[0\] must be 32 bytes in base64/, { SEALING_KEYS: "short" }],
  [["export", "--out", "x"], /EXPORT_KEY must be 32 bytes in base64/, { EXPORT_KEY: "short" }],
  [["list", "--lang", "ko"], /오류: SEALING_KEYS\[0\] 값은 base64로 된 32바이트 키여야/, {
    SEALING_KEYS: "short",
  }],
  [["list", "--lang", "ko"], /오류: HIGHLEVEL_BASE_URL에는/, {
    HIGHLEVEL_BASE_URL: "http://a.b",
  }],
  [["token"], /Give one of --location ID and --company ID/],
  [["token", "--location", "a", "--company", "b"], /Give one of --location ID and --company ID/],
  [["import"], /missing required argument 'path'/],
  [["reconcile"], /required option '--company <id>' not specified/],
  [["forget"], /Give --location ID or --company ID/],
  [["sandbox", "--port", "99999"], /'--port <port>' argument '99999' is invalid/],
];

Deno.test("bad usage is told in one line that names the option, with exit code 2", async () => {
  await using world = cliWorld();
  for (let at = 0; at < REFUSED.length; at += 4) {
    await Promise.all(
      REFUSED.slice(at, at + 4).map(async ([args, message, env = {}]) => {
        const { code, out, err } = await world.run(args, { env });
        assert.deepEqual([code, out], [2, ""], `${args.join(" ")}: ${err}`);
        assert.match(err, message, args.join(" "));
        assert.ok(!/\n\s+at /.test(err), `a stack shows: ${err}`);
      }),
    );
  }
  assert.equal(world.sandbox.counts.total, 0);
});

const KEY = btoa("k".repeat(32));
/** Values that a setting cannot have, and what is said of them. */
const WRONG: readonly [name: string, values: readonly string[], message: RegExp][] = [
  [
    "HIGHLEVEL_REDIRECT_URI",
    [
      ...["foo", "app.example/back", "http://app.example/back", "ftp://app.example/back", "https://"],
      ...["https://app.example/back#x", "https://user@app.example/back", "https://app.example/b ack"],
    ],
    /^HIGHLEVEL_REDIRECT_URI must be the https or loopback URL of the callback/,
  ],
  ["HIGHLEVEL_SCOPES", [" ", "a,b", "a b,c", "a\nb"], /^HIGHLEVEL_SCOPES must be scopes with spaces/],
  ["HIGHLEVEL_BASE_URL", ["foo", "http://a.b", "https://u:p@a.b"], /^HIGHLEVEL_BASE_URL must be an https/],
  ["HIGHLEVEL_CLIENT_ID", [" ", "a b", "a\n"], /^HIGHLEVEL_CLIENT_ID must have no spaces, line ends/],
  ["HIGHLEVEL_CLIENT_SECRET", ["비밀", "a "], /^HIGHLEVEL_CLIENT_SECRET must have no spaces, line ends/],
  ["HIGHLEVEL_WORKER_KEY", ["a b", "열쇠"], /^HIGHLEVEL_WORKER_KEY must have no spaces, line ends/],
  ["HIGHLEVEL_PREVIOUS_CREDENTIALS", ["a", ":b", "a:", "a:b c"], /: pair 1 must be written id:secret/],
  ["SEALING_KEYS", [",", " "], /^SEALING_KEYS must be 32 bytes in base64/],
  ["SEALING_KEYS", [`${KEY},short`], /^SEALING_KEYS\[1\] must be 32 bytes in base64/],
  ["EXPORT_KEY", [" ", "short", `${KEY},${KEY}`], /^EXPORT_KEY must be 32 bytes in base64/],
];

function readAll(env: Readonly<Record<string, string>>): void {
  const settings: Settings = (name) => env[name] || undefined;
  appFrom(settings, {});
  scopeFrom(settings);
  sealingKeysFrom(settings);
  exportKeyFrom(settings);
  required(settings, "HIGHLEVEL_WORKER_KEY");
}

Deno.test("a setting that cannot be right is told by its name, with what is allowed, and without its value", () => {
  const right = {
    HIGHLEVEL_CLIENT_ID: "5f0c1a2b3c4d5e6f70819200-app00000",
    HIGHLEVEL_CLIENT_SECRET: "s",
    HIGHLEVEL_PREVIOUS_CREDENTIALS: "a:b, c:d:e",
    HIGHLEVEL_REDIRECT_URI: "https://app.example/back?from=a",
    HIGHLEVEL_SCOPES: "contacts.readonly  oauth/write",
    HIGHLEVEL_BASE_URL: "http://127.0.0.1:8790",
    HIGHLEVEL_WORKER_KEY: "k",
    SEALING_KEYS: `${KEY}, ${KEY},`,
    EXPORT_KEY: KEY,
  };
  readAll(right);
  readAll({ ...right, HIGHLEVEL_REDIRECT_URI: "http://localhost:3000/back" });
  for (const [name, values, message] of WRONG) {
    for (const value of values) {
      assert.throws(() => readAll({ ...right, [name]: value }), (error) => {
        assert.ok(error instanceof UsageError, `${name}=${value}: ${error}`);
        const told = Object.values(WORDS).map((words) => error.say(words));
        assert.match(told[0] ?? "", message, `${name}=${value}`);
        for (const text of told) {
          assert.ok(text.includes(name), text);
          assert.ok(value.length < 6 || !text.includes(value), `its value shows: ${text}`);
        }
        return true;
      });
    }
  }
});

Deno.test("an option is refused that is empty, or given twice and takes one value, by every command that has it", async () => {
  const VALUES: Readonly<Record<string, string>> = {
    "<url>": "https://worker.example",
    "<address>": "sqlite:never-opened",
    "<time>": "1h",
    "--since": "2026-11-27T09:00Z",
  };
  const words = WORDS.en;
  const host: Host = { words, helpWidth: 80, output: () => assert.fail("it ran"), finish: () => {} };
  let tried = 0;
  const every = (command: Command, names: string[]): [string[], Option][] => [
    ...command.options.map((option): [string[], Option] => [names, option]),
    ...command.commands.flatMap((below) => every(below, [...names, below.name()])),
  ];
  const collected: string[] = [];
  const refusalOf = (args: string[]): Promise<unknown> =>
    createProgram(host).parseAsync(args, { from: "user" }).then(() => undefined, (error: unknown) => error);
  for (const [names, { long, flags, argChoices, required }] of every(createProgram(host), [])) {
    if (!required || !long) continue;
    const [, kind = ""] = flags.split(" ");
    const value = argChoices?.[0] ?? VALUES[long] ?? VALUES[kind] ?? "1";
    const empty = await refusalOf([...names, long, ""]);
    const isTold = empty instanceof UsageError && empty.say(words) === `${flags} is empty.`;
    assert.ok(isTold || empty instanceof CommanderError && /'' is invalid/.test(empty.message), `${empty}`);
    const error = await refusalOf([...names, long, value, long, value]);
    if (error instanceof UsageError && /given twice/.test(error.say(words))) tried++;
    else collected.push([...names, long].join(" "));
  }
  assert.ok(tried > 80, `${tried}`);
  assert.deepEqual(collected, [
    "recover --location",
    "recover --company",
    "forget --location",
    "forget --company",
    "events replay --id",
  ]);
});

Deno.test("a command whose reader goes away ends quietly", async () => {
  await using world = cliWorld({ locations: 300 });
  world.write("ids.csv", `locationId\n${world.sandbox.locationIds().join("\n")}\n`);
  await world.run(["recover", "--file", "ids.csv"]);
  const child = world.start(["list", "--json"]);
  await child.stdout.cancel();
  const text = await new Response(child.stderr).text();
  assert.equal((await child.status).code, 1);
  assert.ok(!text.includes("Broken pipe"), text);
});

Deno.test("importing the module runs nothing", async () => {
  const { main } = await import("../../src/cli/main.ts");
  assert.equal(typeof main, "function");
});
