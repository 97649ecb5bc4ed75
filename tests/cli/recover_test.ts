import assert from "node:assert/strict";
import { workerBackend } from "../../src/cli/backend/worker_backend.ts";
import { runRecoveries } from "../../src/cli/run/run_recoveries.ts";
import { outputTo } from "../../src/cli/terminal/output.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { WORDS } from "../../src/cli/words/words.ts";
import { csvLine } from "../../src/import/csv_line.ts";
import { cliWorld, csvOf, golden, ndjson } from "./cli_world.ts";

const ONE_BY_ONE = ["--concurrency", "1"];
const LINKED = {
  HIGHLEVEL_REDIRECT_URI: "https://app.example/oauth/callback",
  HIGHLEVEL_SCOPES: "contacts.readonly",
};

Deno.test("recover brings locations back and says how, in plain lines where no terminal is", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }, { locationId: "bbb" }] });
  const { code, out, err } = await world.run([
    "recover",
    "--location",
    "aaa",
    "--location",
    "bbb",
    ...ONE_BY_ONE,
  ]);
  assert.equal(code, 0);
  assert.equal(
    golden(out),
    `recovered              location aaa  by reconnect  trace <trace>
recovered              location bbb  by reconnect  trace <trace>
2 connections: 2 recovered, in <time>.
`,
  );
  assert.equal(
    err,
    "Tokens written to highlevel-connections.sqlite are not encrypted. " +
      "Set SEALING_KEYS to seal them (a key: openssl rand -base64 32).\n",
  );
  assert.ok(world.sandbox.isLiving(await world.token("aaa")));
});

Deno.test("recover ends in a table of what needs more, with reason, trace id and link", async () => {
  await using world = cliWorld({
    locations: [{ locationId: "lives" }, { locationId: "rests", active: false }, {
      locationId: "left",
      installed: false,
    }],
  });
  world.write("ids.csv", csvOf(["rests", "left", "lives"]));
  const { code, out, err } = await world.run(
    ["recover", "--file", "ids.csv", "--report", "out.csv", ...ONE_BY_ONE],
    { env: LINKED },
  );
  assert.equal(code, 1);
  const url =
    `https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code&client_id=${world.sandbox.app.clientId}&redirect_uri=https%3A%2F%2Fapp.example%2Foauth%2Fcallback&scope=contacts.readonly`;
  const paused =
    `HighLevel answered 400: "Location is not active". The refresh token still works once the location is active.`;
  const gone = `HighLevel answered 400: "App is not installed on this location; Bad Request".`;
  assert.equal(
    golden(out),
    `paused                 location rests  ${paused}  trace <trace>
needs reauthorization  location left  ${gone}  trace <trace>
recovered              location lives  by reconnect  trace <trace>

Not recovered: 2 connections
CONNECTION      STATUS                 LINK  REASON
location rests  paused                 -     ${paused}  trace <trace>
location left   needs reauthorization  [1]   ${gone}  trace <trace>
[1] Send this link to the customer:
${url}
3 connections: 1 recovered, 1 paused, 1 needs reauthorization, in <time>.
`,
  );
  assert.match(
    err,
    /To go on with what is left: the same command with --resume \(highlevel-connections\.sqlite\.recovered\)\./,
  );
  const lines = world.read("out.csv").trimEnd().split("\n");
  assert.equal(lines[0], "kind,id,outcome,by,code,reason,traceId,authorizationUrl");
  assert.equal(lines.length, 4);
  assert.ok(
    lines[2]?.startsWith(`location,left,reauthorization_required,,`) && lines[2].endsWith(`,${url}`),
    `${lines[2]}`,
  );
  assert.match(lines[3] ?? "", /^location,lives,recovered,reconnect,,,[0-9a-f-]{36},$/);
});

Deno.test("recover --json writes one object per line to stdout and nothing else", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }, { locationId: "off", active: false }] });
  const { code, out } = await world.run(["recover", "--location", "aaa", "--location", "off", "--json"]);
  assert.equal(code, 1);
  const objects = ndjson(out);
  assert.deepEqual(objects.map(({ type }) => type), ["recovery", "recovery", "summary"]);
  const [first, second] = objects.toSorted((a, b) => String(b.outcome).localeCompare(String(a.outcome)))
    .filter(({ type }) => type === "recovery");
  assert.deepEqual([first?.target, first?.outcome, first?.by], [
    { locationId: "aaa" },
    "recovered",
    "reconnect",
  ]);
  assert.equal(second?.outcome, "paused");
  const { seconds: _, ...summary } = objects[2] ?? {};
  assert.deepEqual(summary, {
    type: "summary",
    total: 2,
    recovered: 1,
    paused: 1,
    reauthorization_required: 0,
    failed: 0,
    notTried: 0,
    interrupted: false,
  });
});

Deno.test("recover of 1,000 lost connections ends in the table of the seven that need more", async () => {
  await using world = cliWorld({ locations: 1_000 });
  const ids = world.sandbox.locationIds();
  for (const id of ids.slice(0, 3)) world.sandbox.pause(id);
  for (const locationId of ids.slice(3, 7)) world.sandbox.uninstall({ locationId });
  world.write("ids.csv", csvOf(ids));
  const { code, out } = await world.run(["recover", "--file", "ids.csv"]);
  assert.equal(code, 1);
  assert.match(out, /Not recovered: 7 connections\n/);
  assert.match(out, /1,000 connections: 993 recovered, 3 paused, 4 need reauthorization, in /);
  assert.equal(world.sandbox.counts.exchange, 993);
  assert.equal((await world.run(["list"])).out.split(" connected ").length - 1, 993);
});

Deno.test("recover --dry-run tells the plan and sends no request", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", locations: [{ locationId: "held" }] }] });
  await world.run(["recover", "--location", "held"]);
  world.sandbox.resetCounts();
  world.write("ids.csv", "locationId,companyId\nheld,agency\nlost,agency\nlost,agency\n");
  const { code, out } = await world.run(["recover", "--file", "ids.csv", "--company", "agency", "--dry-run"]);
  assert.equal(code, 0);
  assert.equal(
    out,
    `3 connections would be recovered, starting with the cheapest way open:
        1  by a refresh of the tokens held
        2  by HighLevel's Reconnect
        0  through their agency's token
        0  by a person who authorizes the app again
Nothing was sent to HighLevel.
`,
  );
  const installed = await world.run(["recover", "--installed", "--company", "agency", "--dry-run", "--json"]);
  assert.deepEqual(ndjson(installed.out)[0], {
    type: "plan",
    target: { locationId: "held" },
    startsWith: "refresh",
  });
  assert.match(installed.err, /A dry run asks HighLevel nothing/);
  assert.equal(world.sandbox.counts.total, 0);
});

Deno.test("recover --installed finds an agency's locations, and mends them through it where Reconnect is gone", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", locations: 5 }] });
  const { access_token, refresh_token } = world.sandbox.install({ companyId: "agency" });
  world.sandbox.removeReconnect();
  world.write(
    "agency.json",
    JSON.stringify({ access_token, refresh_token, companyId: "agency", userType: "Company" }),
  );
  assert.equal((await world.run(["import", "agency.json"])).code, 0);
  const { code, out } = await world.run(["recover", "--installed", "--company", "agency"]);
  assert.equal(code, 0);
  assert.equal(out.split("by agency").length - 1, 5);
  assert.equal(world.sandbox.counts.reconnect, 1);
});

Deno.test("a row that names location and agency is mended through the agency where Reconnect is gone", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }] });
  world.write("agency.json", JSON.stringify(world.sandbox.install({ companyId: "agency" })));
  await world.run(["import", "agency.json"]);
  world.sandbox.removeReconnect();
  world.write("ids.csv", "companyId,locationId\nagency,sub\n");
  const { code, out } = await world.run(["recover", "--file", "ids.csv"]);
  assert.equal(code, 0);
  assert.match(out, /^recovered +location sub {2}by agency/);
});

Deno.test("an agency that cannot be asked what is installed stands in the table", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", installed: false }] });
  const { code, out } = await world.run(["recover", "--installed", "--company", "agency"], { env: LINKED });
  assert.equal(code, 1);
  assert.match(out, /agency agency +needs reauthorization +\[1\]/);
});

Deno.test("recover --status works on every connection of that status", async () => {
  await using world = cliWorld({
    locations: [{ locationId: "rests", active: false }, { locationId: "fine" }],
  });
  await world.run(["recover", "--location", "rests", "--location", "fine"]);
  world.sandbox.resume("rests");
  world.sandbox.resetCounts();
  const { code, out } = await world.run(["recover", "--status", "paused"]);
  assert.equal(code, 0);
  assert.match(out, /location rests/);
  assert.equal(world.sandbox.counts.exchange, 1);
  const nothing = await world.run(["recover", "--status", "broken"]);
  assert.equal(nothing.code, 0);
  assert.match(nothing.err, /There was nothing to recover\./);
});

Deno.test("wrong credentials end a run at once with the reason", async () => {
  await using world = cliWorld({ locations: 50 });
  world.write("ids.csv", csvOf(world.sandbox.locationIds()));
  const { code, out, err } = await world.run(["recover", "--file", "ids.csv", ...ONE_BY_ONE], {
    env: { HIGHLEVEL_CLIENT_SECRET: "wrong" },
  });
  assert.equal(code, 1);
  assert.match(out, /50 connections: 0 recovered, 1 failed, 49 not tried, in /);
  assert.match(err, /Stopped at once\..*Check the client id and secret/);
  assert.ok(world.sandbox.counts.total <= 3, `${world.sandbox.counts.total} requests`);
});

Deno.test("what a run that stops has recovered, failed and not tried is all that it was given", async () => {
  await using world = cliWorld({ locations: 60 });
  const csv = csvOf([...world.sandbox.locationIds(), ...world.sandbox.locationIds()]);
  world.write("ids.csv", csv);
  const wrong = { env: { HIGHLEVEL_CLIENT_SECRET: "wrong" } };
  const away = ["--base-url", "http://127.0.0.1:1"];
  const runs = [
    await world.run(["recover", "--file", "ids.csv", "--json"], wrong),
    await world.run(["recover", "--file", "-", "--json"], { ...wrong, stdin: csv }),
    await world.run(["recover", "--file", "ids.csv", "--json", "--concurrency", "4", ...away]),
  ];
  for (const { out } of runs) {
    const { total, recovered, paused, reauthorization_required, failed, notTried } = ndjson(out).at(-1) ?? {};
    const sum = [recovered, paused, reauthorization_required, failed, notTried].reduce(
      (sum: number, one) => sum + Number(one),
      0,
    );
    assert.deepEqual([total, sum], [60, 60], out);
    assert.ok(Number(notTried) > 0 && Number(failed) > 0, out);
  }
});

Deno.test("a report or a journal that can be written no more ends the run, which is told and counted all the same", async () => {
  const ids = ["a", "b", "c", "d", "e"];
  const refuse = (): never => {
    throw new UsageError(() => "left.csv cannot be written: no space left on device");
  };
  const file = { add: () => {}, close: () => {} };
  const journal = { ...file, path: "j", size: 0, has: () => false, remove: () => {} };
  for (const full of [{ report: { ...file, add: refuse } }, { journal: { ...journal, add: refuse } }]) {
    let text = "";
    const terminal = { stdout: undefined, stderr: undefined, isTerminal: false, color: false };
    const write = (_: number, lines: string): void => void (text += lines);
    const output = outputTo({ ...terminal, write }, { json: false, words: WORDS.en });
    const { isComplete, ended } = await runRecoveries({
      async *round({ signal }) {
        for (const locationId of ids) {
          if (signal?.aborted && locationId > "c") return; // b and c were in flight
          yield { target: { locationId }, outcome: "recovered", by: "refresh", attempts: [] };
        }
      },
    }, {
      backend: workerBackend({ url: "https://never.asked", key: "k" }),
      output,
      concurrency: 3,
      total: 5,
      ...full,
    });
    assert.deepEqual([isComplete, ended], [false, 3]);
    assert.match(text, /\nleft\.csv cannot be written: no space left on device\n/);
    assert.match(text, /5 connections: 3 recovered, 2 not tried, in /);
  }
});

Deno.test("a network that fails says why, in words and in data", async () => {
  await using world = cliWorld();
  const away = ["--location", "aaa", "--base-url", "http://127.0.0.1:1"];
  const { out } = await world.run(["recover", ...away]);
  assert.match(
    out,
    /^failed +location aaa +HighLevel could not be reached\. \(.*127\.0\.0\.1.*|.*blocked.*\)/,
  );
  const [{ error } = {}, summary] = ndjson((await world.run(["recover", ...away, "--json"])).out);
  assert.equal(Object(error).code, "network");
  assert.match(Object(error).cause, /\w{4}/);
  assert.equal(summary?.failed, 1);
  const token = await world.run(["token", "--location", "bbb", ...away.slice(2)]);
  assert.match(token.err, /error: .*could not be reached\. \(.+\) \(network\)/);
});

Deno.test("an installation made with an older pair comes back by HIGHLEVEL_PREVIOUS_CREDENTIALS", async () => {
  const old = { clientId: "5f0c1a2b3c4d5e6f70819200-oldpair1", clientSecret: "old-secret" };
  await using world = cliWorld({
    app: { previous: [old] },
    locations: [{ locationId: "aaa", clientId: old.clientId }],
  });
  assert.equal((await world.run(["recover", "--location", "aaa"])).code, 1);
  const env = { HIGHLEVEL_PREVIOUS_CREDENTIALS: `${old.clientId}:${old.clientSecret}` };
  const { code, out, err } = await world.run(["recover", "--location", "aaa"], { env });
  assert.equal(code, 0);
  assert.ok(!(out + err).includes(old.clientSecret));
});

Deno.test("what HighLevel says cannot move the terminal's cursor", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  const body = { statusCode: 400, message: "no \u001b[2J\u001b]0;title\u0007 way", traceId: "tr\u001bace" };
  world.sandbox.fault({ on: "reconnect", kind: "status", status: 400, body });
  const { code, out, err } = await world.run(["recover", "--location", "aaa"]);
  assert.equal(code, 1);
  assert.match(out, /no/);
  assert.ok(!/[^\P{Cc}\n]/u.test(out + err), JSON.stringify(out + err));
});

Deno.test("a report is safe to open: fields are quoted and none is a formula", () => {
  assert.equal(
    csvLine(["a", undefined, 'b"c', "d,e", "=1+1", "@x", "-", "f\ng"]),
    `a,,"b""c","d,e",'=1+1,'@x,'-,"f\ng"`,
  );
});
