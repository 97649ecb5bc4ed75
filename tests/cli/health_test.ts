import assert from "node:assert/strict";
import { askHighLevel } from "../../src/cli/doctor/ask_highlevel.ts";
import { clockFinding } from "../../src/cli/doctor/finding.ts";
import { findingsOf, holdingsOf } from "../../src/cli/doctor/holdings.ts";
import { WORDS } from "../../src/cli/words/words.ts";
import type { Connection } from "../../src/connections/connection.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { type CliWorld, cliWorld, golden, ndjson } from "./cli_world.ts";
import { runnerFor } from "./worker_runner.ts";

const LINKED = {
  HIGHLEVEL_REDIRECT_URI: "https://app.example/oauth/callback",
  HIGHLEVEL_SCOPES: "contacts.readonly",
};
const KEY = "admin-key-0123456789";

/** An agency that is connected, with a location that lives and one that left. */
async function agencyWithOneLost(): Promise<CliWorld> {
  const world = cliWorld({
    companies: [{ companyId: "agency", locations: [{ locationId: "aaa" }, { locationId: "left" }] }],
  });
  world.write("ids.csv", "locationId,companyId,name\naaa,agency,한빛 치과\nleft,agency,Left\n");
  await world.run(["recover", "--file", "ids.csv", "--company", "agency"]);
  world.sandbox.uninstall({ locationId: "left" });
  await world.run(["recover", "--location", "left"]);
  return world;
}

Deno.test("show tells how a connection stands, why, what comes next, and where a person must click", async () => {
  await using world = await agencyWithOneLost();
  const lives = await world.run(["show", "--location", "aaa"]);
  assert.equal(lives.code, 0);
  assert.match(
    golden(lives.out),
    /^location aaa {2}한빛 치과\nconnected: The access token is valid.*\n {2}Next +to be refreshed from <time> on\n {2}Access token ends {2}<time>\n/,
  );
  assert.match(golden(lives.out), /\n {2}Refresh token +issued <time>, ends <time>\n {2}Agency +agency\n/);

  const left = await world.run(["show", "--location", "left"], { env: LINKED });
  assert.match(
    left.out,
    /^location left {2}Left\nneeds reauthorization: It cannot be recovered automatically/,
  );
  assert.match(
    left.out,
    /\n {2}Reason +HighLevel answered 400: "App is not installed.* trace [0-9a-f-]{36}\n/,
  );
  assert.match(left.out, /\n {2}Next +to be tried again from 20\d\d-/);
  assert.match(left.out, /\nSend this link to someone .*:\nhttps:\/\/marketplace\.gohighlevel\.com\//);

  const korean = await world.run(["show", "--location", "left", "--lang", "ko"]);
  assert.match(korean.out, /^로케이션 left {2}Left\n재승인 필요: /);
  assert.match(
    korean.out,
    /\n {2}원인 +앱이 설치되어 있지 않습니다\. HighLevel answered 400: "App is not installed/,
  );
  const [told] = ndjson((await world.run(["show", "--location", "left", "--json", "--lang", "ko"])).out);
  assert.deepEqual([told?.type, told?.status, Object(told?.trouble).code], [
    "connection",
    "reauthorization_required",
    "not_installed",
  ]);
  const none = await world.run(["show", "--location", "unheard"]);
  assert.deepEqual([none.code, none.out], [1, ""]);
  assert.match(none.err, /Nothing is held of location unheard in highlevel-connections\.sqlite\./);
});

/** A worker's answers by their paths. */
function workerWith(answers: Readonly<Record<string, (request: Request) => Response>>) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    return answers[pathname]?.(request) ?? Response.json({ code: "not_found" }, { status: 404 });
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("show of a worker has the history and the link, and makes nothing by looking", async () => {
  await using world = cliWorld();
  const at = "2026-11-27T09:05:00.000Z";
  await using worker = workerWith({
    "/connections/location/aaa": () =>
      Response.json({
        target: { locationId: "aaa" },
        status: "reauthorization_required",
        updatedAt: at,
        trouble: { code: "invalid_grant", message: "Location aaa: it is dead", traceId: "t-1" },
        nextAt: at,
        history: [
          {
            type: "recovery_failed",
            at,
            code: "invalid_grant",
            message: "Location aaa: it is dead",
            traceId: "t-1",
            actor: "anna",
          },
          { type: "installed", at },
        ],
      }),
    "/connections/location/aaa/health": () =>
      Response.json({ action: "relink", url: "https://w.example/r/x" }),
  });
  const { code, out } = await runnerFor(world, worker.url, KEY)(["show", "--location", "aaa"]);
  assert.equal(code, 0);
  assert.match(
    out,
    /\nHistory, the latest first\nHAPPENED {14}TYPE +REASON\n2026-11-27 09:05 UTC +recovery failed +it is dead {2}by anna {2}trace t-1\n2026-11-27 09:05 UTC +app installed\n$/,
  );
  assert.match(out, /:\nhttps:\/\/w\.example\/r\/x\n/);
  assert.deepEqual(worker.asked, ["/connections/location/aaa", "/connections/location/aaa/health"]);
});

Deno.test("maintain refreshes what ends soon, and two rounds at once spend no token twice", async () => {
  await using world = cliWorld({ locations: 20 });
  const ids = world.sandbox.locationIds();
  world.write("ids.csv", `locationId\n${ids.join("\n")}\n`);
  await world.run(["recover", "--file", "ids.csv"]);
  world.sandbox.resetCounts();
  const early = await world.run(["maintain"]);
  assert.deepEqual([early.code, early.out, early.err, world.sandbox.counts.total], [
    0,
    "Nothing was due.\n",
    "",
    0,
  ]);

  const rounds = await Promise.all([1, 2].map(() => world.run(["maintain", "--within", "2d", "--json"])));
  assert.deepEqual(rounds.map(({ code }) => code), [0, 0]);
  assert.equal(world.sandbox.counts.spentRefreshTokenUses, 0);
  assert.ok(world.sandbox.counts.refresh >= 20, `${world.sandbox.counts.refresh} refreshes`);
  assert.equal(ndjson((await world.run(["list", "--json"])).out).length, 20);
});

Deno.test("maintain ends with 1 where something is not well, and refuses a worker, which needs none", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", locations: [{ locationId: "aaa" }] }] });
  await world.run(["recover", "--location", "aaa", "--company", "agency"]);
  world.sandbox.pause("aaa");
  const paused = await world.run(["maintain", "--within", "2d"]);
  assert.equal(paused.code, 0, "a location that is not active loses nothing");
  world.sandbox.uninstall({ companyId: "agency" });
  const lost = await world.run(["maintain", "--within", "3d"]);
  assert.equal(lost.code, 1);
  assert.match(lost.out, /agency agency +needs reauthorization/);
  const worker = await world.run(["maintain", "--worker", "https://w.example"]);
  assert.equal(worker.code, 2);
  assert.match(worker.err, /A worker keeps its connections alive by itself/);
  assert.equal((await world.run(["maintain", "--within", "60d"])).code, 2);
});

Deno.test("doctor looks at everything without spending anything, and says what it asked", async () => {
  await using world = await agencyWithOneLost();
  world.sandbox.resetCounts();
  const { code, out, err } = await world.run(["doctor"], { env: LINKED });
  assert.equal(code, 1, out);
  for (
    const line of [
      /^ok +Settings +HIGHLEVEL_CLIENT_ID/m,
      /^ok +Links/m,
      /^ok +Credentials +HighLevel takes/m,
      /^ok +Clock/m,
      /^ok +Reconnect +Reconnect answers/m,
      /^ok +Store +highlevel-connections\.sqlite opens, and holds 3 connections\./m,
      /^ok +Lock/m,
      /^hint +Sealing key +Tokens are written unencrypted/m,
      /^ok +Agencies +2 of 2 locations have an agency that can bring them back\./m,
      /^LOOK +People +1 connection needs a person: links writes whom to ask\./m,
      /^1 thing needs a look\.$/m,
    ]
  ) assert.match(out, line);
  assert.match(
    err,
    /^Asked: http:.*\/oauth\/token, with a code that is none · http:.*\/oauth\/reconnect, for a location that is none\. No token was spent/m,
  );
  assert.deepEqual([world.sandbox.counts.exchange, world.sandbox.counts.refresh], [1, 0]);
  assert.ok(world.sandbox.isLiving(await world.token("aaa")), "nothing was spent");

  const [english, korean] = await Promise.all(
    ["en", "ko"].map((lang) => world.run(["doctor", "--json", "--lang", lang], { env: LINKED })),
  );
  const dataOf = (out = ""): unknown[] => ndjson(out).map(({ aheadSeconds: _, ...rest }) => rest);
  assert.deepEqual(dataOf(korean?.out), dataOf(english?.out), "data has no language");
  assert.deepEqual(ndjson(english?.out ?? "").find(({ check }) => check === "agencies"), {
    type: "check",
    check: "agencies",
    result: "ok",
    locations: 2,
    covered: 2,
    agencyUnknown: 0,
    agencyNotHeld: 0,
    agencyLost: 0,
    text: "2 of 2 locations have an agency that can bring them back.",
  });
});

Deno.test("doctor finds what is wrong: a setting, the secret, HighLevel that is away, a key that opens nothing", async () => {
  await using world = await agencyWithOneLost();
  const text = async (env: Record<string, string>, ...more: string[]): Promise<[number, string]> => {
    const { code, out } = await world.run(["doctor", ...more], { env });
    return [code, out];
  };
  const [, both] = await text({ HIGHLEVEL_CLIENT_ID: "", HIGHLEVEL_CLIENT_SECRET: "" });
  assert.match(
    both,
    /HIGHLEVEL_CLIENT_ID is not set[^]*HIGHLEVEL_CLIENT_SECRET is not set[^]*2 things need a look/,
  );
  const [unset, missing] = await text({ HIGHLEVEL_CLIENT_SECRET: "" });
  assert.deepEqual(
    [unset, /^LOOK +Settings +HIGHLEVEL_CLIENT_SECRET is not set/.test(missing)],
    [1, true],
    missing,
  );
  const [, wrong] = await text({ HIGHLEVEL_CLIENT_SECRET: "wrong" });
  assert.match(wrong, /^LOOK +Credentials +HighLevel refuses the client id or secret/m);
  const [, away] = await text({}, "--base-url", "http://127.0.0.1:1");
  assert.match(
    away,
    /^LOOK +HighLevel +http:\/\/127\.0\.0\.1:1 gives no usable answer: .*could not be reached\. \(.+\)$/m,
  );
  const env = { SEALING_KEYS: btoa("k".repeat(32)) };
  await world.run(["recover", "--location", "aaa", "--store", "sqlite:sealed.db"], { env });
  const [, sealed] = await text(env, "--store", "sqlite:sealed.db");
  assert.match(sealed, /^ok +Sealing key +Tokens are encrypted; 1 looked at, and all open\./m);
  const [, lost] = await text({ SEALING_KEYS: btoa("j".repeat(32)) }, "--store", "sqlite:sealed.db");
  assert.match(lost, /^LOOK +Sealing key +1 of 1 looked at cannot be opened/m);
});

Deno.test("what HighLevel tells of credentials, clock and Reconnect", async () => {
  const findings = async (change: (sandbox: ReturnType<typeof createSandbox>) => void): Promise<string[]> => {
    const sandbox = createSandbox();
    change(sandbox);
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await sandbox.fetch(input, init);
      const headers = new Headers(response.headers);
      headers.set("date", new Date(Date.now() - 120_000).toUTCString());
      return new Response(response.body, { status: response.status, headers });
    };
    const found = await askHighLevel({ ...sandbox.app, fetch });
    return found.map(({ check, result }) => `${check} ${result}`);
  };
  assert.deepEqual(await findings(() => {}), [
    "highlevel ok",
    "credentials ok",
    "clock look",
    "reconnect ok",
  ]);
  assert.deepEqual(await findings((sandbox) => sandbox.removeReconnect()), [
    "highlevel ok",
    "credentials hint", // a code is looked at before the secret
    "clock look",
    "reconnect hint",
  ]);
});

Deno.test("a clock is told that differs by more than half a minute, and how", () => {
  const at = Date.parse("2026-11-27T12:00:00Z");
  const say = (seconds: number): string =>
    clockFinding(new Date(at - seconds * 1000).toUTCString(), at).say(WORDS.en);
  assert.match(say(10), /within 30 s/);
  assert.match(say(90), /90 s ahead of .*too early/);
  assert.match(say(-90), /90 s behind .*too late/);
  assert.match(clockFinding(null, at).say(WORDS.ko), /알려 주지 않습니다/);
});

Deno.test("holdings are counted: whom an agency can bring back, what ends, who needs a person", async () => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  const day = 86_400_000;
  const updatedAt = new Date(now);
  async function* held(): AsyncGenerator<Connection, void, undefined> {
    const status = "connected" as const;
    yield { target: { companyId: "a" }, status, updatedAt };
    yield { target: { companyId: "b" }, status: "reauthorization_required", updatedAt };
    yield {
      target: { locationId: "1" },
      companyId: "a",
      status,
      updatedAt,
      refreshTokenIssuedAt: new Date(now - 350 * day),
    };
    yield { target: { locationId: "2" }, companyId: "b", status: "broken", updatedAt };
    yield {
      target: { locationId: "3" },
      companyId: "c",
      status,
      updatedAt,
      expiresAt: new Date(now - 3 * day),
    };
    yield await Promise.resolve({ target: { locationId: "4" }, status: "paused", updatedAt });
  }
  const told = findingsOf(await holdingsOf(held(), now)).map(({ check, result, say }) =>
    `${check} ${result}: ${say(WORDS.en)}`
  );
  assert.deepEqual(told, [
    "renewal hint: 1 access token ended days ago, the first at 2026-11-24 12:00 UTC. Run maintain from a cron.",
    "refresh_tokens look: 1 refresh token ends within 30 days, the first on 2026-12-12. recover renews them.",
    "agencies hint: 1 of 4 locations have an agency that can bring them back. 1: the agency is not known; " +
    "1: the agency is not connected here; 1: the agency is lost itself. Connect first: b, c.",
    "people look: 1 connection needs a person: links writes whom to ask. 1 is broken: recover --status broken tries again.",
  ]);
});

const METRICS = `# TYPE reconnect_directory_complete gauge
reconnect_directory_complete 1
reconnect_failures_total{code="endpoint_removed"} 3
reconnect_events{address="1",origin="https://crm.example",state="dead"} 2
# EOF
`;

Deno.test("doctor of a worker asks for its health, parts, numbers and connections", async () => {
  await using world = cliWorld();
  const answers = {
    "/healthz": () =>
      Response.json({ status: "ok", version: "0.0.9" }, { headers: { date: new Date().toUTCString() } }),
    "/readyz": () =>
      Response.json({ code: "not_ready", checks: { kv: "ok", object: "ok", queue: "failed" } }, {
        status: 503,
      }),
    "/metrics": () => new Response(METRICS),
    "/connections": () =>
      Response.json({
        connections: [{
          target: { locationId: "aaa" },
          status: "connected",
          updatedAt: new Date(),
          companyId: "x",
          since: new Date(),
        }],
      }),
  };
  await using worker = workerWith(answers);
  const { code, out, err } = await runnerFor(world, worker.url, KEY)(["doctor"]);
  assert.equal(code, 1);
  for (
    const line of [
      /^hint +Worker +It is version 0\.0\.9/m,
      /^ok +Clock/m,
      /^ok +Key/m,
      /^LOOK +Parts +No answer from queue\./m,
      /^LOOK +Events +2 events could not be handed over/m,
      /^hint +Reconnect +HighLevel says that Reconnect is removed/m,
      /^hint +Agencies +0 of 1 location has an agency/m,
      /^ok +People/m,
    ]
  ) assert.match(out, line);
  assert.match(err, /^Asked: the worker's \/healthz · the worker's \/readyz/m);
  assert.ok(!out.includes(KEY) && !err.includes(KEY));

  await using closed = workerWith({
    ...answers,
    "/readyz": () => Response.json({ status: "ready" }),
    "/metrics": () =>
      Response.json({ code: "unauthorized", detail: "That key is not valid." }, { status: 401 }),
  });
  const refused = await runnerFor(world, closed.url, "wrong")(["doctor"]);
  assert.match(refused.out, /^LOOK +Key +The worker refuses the key: .*That key is not valid\./m);
  const gone = await runnerFor(world, "http://127.0.0.1:1", KEY)(["doctor"]);
  assert.deepEqual([gone.code, /^LOOK +Worker/m.test(gone.out)], [1, true], gone.out);
});
