import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { TokenAnswer } from "../../src/sandbox/mod.ts";
import { type CliWorld, cliWorld, ndjson } from "./cli_world.ts";

/** A world whose every location and company keeps its tokens. */
function livingWorld(): CliWorld & { readonly tokens: (id: string) => TokenAnswer } {
  const world = cliWorld({
    companies: [{ companyId: "agency", locations: [{ locationId: "aaa" }, { locationId: "bbb" }] }],
  });
  return {
    ...world,
    tokens: (id) => world.sandbox.install(id === "agency" ? { companyId: id } : { locationId: id }),
  };
}

type Forms = Readonly<Record<string, (world: ReturnType<typeof livingWorld>) => string>>;

/** Each holds living tokens of the locations aaa and bbb, and of the company agency. */
const FORMS: Forms = {
  "HighLevel's JSON, as an array": ({ tokens }) =>
    JSON.stringify(["aaa", "bbb", "agency"].map(tokens), null, 2),
  "HighLevel's JSON in v3's spelling, one object per line": ({ tokens }) =>
    ["aaa", "bbb", "agency"].map((id) => {
      const { access_token, refresh_token, expires_in, ...rest } = tokens(id);
      return JSON.stringify({
        accessToken: access_token,
        refreshToken: refresh_token,
        expiresIn: expires_in,
        ...rest,
      });
    }).join("\n"),
  "the SDK's MongoDB documents, as mongoexport writes them": ({ tokens, sandbox }) =>
    ["aaa", "bbb", "agency"].map((id) => {
      const { access_token, refresh_token, userType, scope, expires_in } = tokens(id);
      return JSON.stringify({
        _id: { $oid: "65f0c1a2b3c4d5e6f7081920" },
        applicationId: sandbox.app.clientId.split("-")[0],
        resourceId: id,
        access_token,
        refresh_token,
        userType,
        scope,
        expire_at: { $numberLong: `${Date.now() + expires_in * 1000}` },
        createdAt: { $date: new Date().toISOString() },
      });
    }).join("\n"),
  "CSV": ({ tokens }) =>
    "resourceId,access_token,refresh_token,note\r\n" +
    ["aaa", "bbb", "agency"].map((id) =>
      `${id},${tokens(id).access_token},${tokens(id).refresh_token},"x, y"`
    ).join("\r\n"),
  "bare JWTs, one per line": ({ tokens }) =>
    ["aaa", "bbb", "agency"].flatMap((id) => [tokens(id).refresh_token, tokens(id).access_token]).join("\n"),
};

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`import takes over ${name}`, async () => {
    await using world = livingWorld();
    world.write("tokens", form(world));
    const { code, out } = await world.run(["import", "tokens"]);
    assert.equal(code, 0, out);
    assert.match(out, /^imported {2}location aaa {2}access and refresh token\n/);
    assert.match(out, /, 3 connections: 3 taken over\.\n$/);
    assert.equal(world.sandbox.counts.total, 0, "an import asks HighLevel nothing");

    const token = await world.token("bbb");
    assert.ok(world.sandbox.isLiving(token));
    assert.equal(world.sandbox.counts.total, 0, "the access token taken over is used as it is");
    world.sandbox.removeReconnect();
    assert.equal((await world.run(["recover", "--location", "aaa", "--company", "agency"])).code, 0);
    assert.equal(world.sandbox.counts.refresh, 2, "the refresh tokens taken over work");
  });
}

Deno.test("import takes over a single object, also from stdin", async () => {
  await using world = livingWorld();
  const { code, out } = await world.run(["import", "-", "--json"], {
    stdin: JSON.stringify(world.tokens("aaa"), null, 2),
  });
  assert.equal(code, 0);
  assert.deepEqual(ndjson(out), [
    { type: "import", target: { locationId: "aaa" }, outcome: "imported", refreshToken: "taken" },
    { type: "summary", rows: 1, usedRows: 1, leftOutRows: 0, badRows: 0, imported: 1, kept: 0, failed: 0 },
  ]);
});

Deno.test("of several tokens of a connection the one issued last wins, whatever the order", async () => {
  let now = Date.parse("2026-11-20T00:00:00Z");
  await using world = cliWorld({ locations: [{ locationId: "aaa" }], now: () => now });
  const old = world.sandbox.install({ locationId: "aaa" });
  now += 3_600_000;
  const current = world.sandbox.install({ locationId: "aaa" });
  for (const [name, rows] of Object.entries({ ascending: [old, current], descending: [current, old] })) {
    const store = `deno-kv:${name}`;
    world.write("tokens.json", JSON.stringify(rows));
    await world.run(["import", "tokens.json", "--store", store]);
    world.sandbox.resetCounts();
    await world.run(["recover", "--location", "aaa", "--store", store]);
    const sent = world.sandbox.requests.find(({ body }) => body?.includes("refresh_token"))?.body ?? "";
    assert.equal(new URLSearchParams(sent).get("refresh_token"), current.refresh_token);
  }
});

Deno.test("a living connection is not replaced by older tokens, but is with --force", async () => {
  let now = Date.now() - 7_200_000;
  await using world = cliWorld({ locations: [{ locationId: "aaa" }], now: () => now });
  const old = world.sandbox.install({ locationId: "aaa" });
  now = Date.now();
  world.write("new.json", JSON.stringify(world.sandbox.install({ locationId: "aaa" })));
  world.write("old.json", JSON.stringify(old));
  await world.run(["import", "new.json"]);
  const kept = await world.run(["import", "old.json"]);
  assert.equal(kept.code, 0);
  assert.match(
    kept.out,
    /^kept {6}location aaa {2}what is held is as new or newer \(--force replaces it\)\n/,
  );
  assert.match(kept.out, /1 connection: 0 taken over, 1 kept as it was\.\n$/);
  const held = await world.token("aaa");
  assert.notEqual(held, old.access_token);
  assert.match((await world.run(["import", "new.json"])).out, /^kept/);
  assert.match((await world.run(["import", "old.json", "--force"])).out, /^imported/);
  assert.equal(await world.token("aaa"), old.access_token);
});

Deno.test("a dry run says what the import would do with what is held, and makes no store", async () => {
  let now = Date.now() - 7_200_000;
  await using world = cliWorld({ locations: [{ locationId: "aaa" }, { locationId: "bbb" }], now: () => now });
  const old = ["aaa", "bbb"].map((locationId) => world.sandbox.install({ locationId }));
  now = Date.now();
  world.write("new.json", JSON.stringify(world.sandbox.install({ locationId: "aaa" })));
  world.write("old.json", JSON.stringify(old));
  const empty = await world.run(["import", "old.json", "--dry-run"]);
  assert.match(empty.out, /^would import {2}location aaa {2}[^]+, 2 connections\. Nothing was changed\.\n$/);
  assert.equal(existsSync(`${world.folder}/highlevel-connections.sqlite`), false);

  await world.run(["import", "new.json"]);
  const dry = await world.run(["import", "old.json", "--dry-run"]);
  assert.equal(dry.code, 0);
  assert.match(dry.out, /^would keep {4}location aaa {2}what is held is as new or newer/);
  assert.match(dry.out, /\nwould import {2}location bbb {2}access and refresh token/);
  assert.match(dry.out, /2 connections: 1 would be taken over, 1 kept as it is\. Nothing was changed\.\n$/);
  const told = ndjson((await world.run(["import", "old.json", "--dry-run", "--json"])).out);
  assert.deepEqual(told.slice(0, 2).map(({ outcome }) => outcome), ["would_keep", "would_import"]);
  assert.deepEqual([told[2]?.["wouldImport"], told[2]?.["wouldKeep"]], [1, 1]);
  const forced = await world.run(["import", "old.json", "--dry-run", "--force"]);
  assert.match(forced.out, /^would import {2}location aaa[^]+would import {2}location bbb/);
  assert.match((await world.run(["import", "old.json"])).out, /^kept {6}location aaa/);
});

Deno.test("an access token alone says what becomes of the refresh token that is held", async () => {
  let now = Date.now() - 7_200_000;
  await using world = cliWorld({ locations: [{ locationId: "aaa" }, { locationId: "bbb" }], now: () => now });
  world.write("both.json", JSON.stringify(world.sandbox.install({ locationId: "aaa" })));
  now = Date.now();
  const alone = ["aaa", "bbb"].map((locationId) => {
    const { access_token, expires_in } = world.sandbox.install({ locationId });
    return { access_token, expires_in, locationId };
  });
  world.write("access.json", JSON.stringify(alone));
  await world.run(["import", "both.json"]);
  const dry = await world.run(["import", "access.json", "--dry-run"]);
  assert.match(dry.out, /location aaa {2}access token; the refresh token held is kept/);
  assert.match(dry.out, /location bbb {2}access token only/);
  for (const force of [[], ["--force"]]) {
    const { out } = await world.run(["import", "access.json", ...force]);
    if (force.length > 0) assert.match(out, /location aaa {2}access token; the refresh token held is kept\n/);
    assert.match(
      out,
      force.length > 0
        ? /location bbb {2}access token only/
        : /location aaa {2}access token; the refresh token held is kept\n/,
    );
  }
  const told = ndjson((await world.run(["import", "access.json", "--force", "--json"])).out);
  assert.deepEqual(told.slice(0, 2).map(({ refreshToken }) => refreshToken), ["kept", "none"]);
});

Deno.test("a lone refresh token is taken over and bought with before any call", async () => {
  await using world = livingWorld();
  world.write("tokens", `${world.tokens("aaa").refresh_token}\n`);
  assert.match((await world.run(["import", "tokens"])).out, /refresh token only/);
  assert.ok(world.sandbox.isLiving(await world.token("aaa")));
  assert.deepEqual([world.sandbox.counts.refresh, world.sandbox.counts.total], [1, 1]);
});

Deno.test("an expired access token is never taken for a living one", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  world.write(
    "tokens.json",
    JSON.stringify({
      access_token: "opaque",
      refresh_token: "opaque2",
      expires_in: 86399,
      locationId: "aaa",
    }),
  );
  await world.run(["import", "tokens.json"]);
  assert.ok(world.sandbox.isLiving(await world.token("aaa")));
});

Deno.test("bad rows of an import are told by their line and the rest goes on", async () => {
  await using world = livingWorld();
  const good = JSON.stringify(world.tokens("aaa"));
  const other = JSON.stringify({ ...world.tokens("bbb"), locationId: "aaa" });
  world.write("tokens.jsonl", `${good}\n{"locationId":"x"}\n[7]\n${other}\n{"access_token":"opaque"}\n`);
  const { code, out, err } = await world.run(["import", "tokens.jsonl"]);
  assert.equal(code, 1);
  assert.match(out, /5 rows \(1 used, 2 left out, 2 bad\), 1 connection: 1 taken over\./);
  assert.match(err, /line 2 left out: it has neither access_token nor refresh_token/);
  assert.match(err, /line 3 \[0\] left out: it has neither/);
  assert.match(err, /line 4 left out: access_token says that it belongs to Location bbb/);
  assert.match(err, /line 5 left out: it does not tell whose tokens these are/);
});

Deno.test("tokens of another app are left out, whoever wrote them down", async () => {
  await using world = livingWorld();
  const { clientId } = world.sandbox.app;
  const own = world.tokens("aaa");
  const foreign = { locationId: "bbb", access_token: "opaque-access-0123456789", userType: "Location" };
  const other = "65f0c1a2b3c4d5e6f7081920";
  const files = {
    "the SDK's document": JSON.stringify({ ...foreign, applicationId: other }),
    "its application as an ObjectId": JSON.stringify({ ...foreign, applicationId: { $oid: other } }),
    "HighLevel's JSON": JSON.stringify({ ...foreign, appId: other }),
    "CSV": `locationId,refresh_token,app_id\nbbb,opaque-refresh-0123456789,${other}-abc\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    world.write("tokens", text);
    const { code, err } = await world.run(["import", "tokens"]);
    assert.equal(code, 2, name);
    assert.match(err, /left out: its tokens are of another app, 65f0/, name);
  }
  world.write("tokens", [own, { ...foreign, appId: other }].map((row) => JSON.stringify(row)).join("\n"));
  const mixed = await world.run(["import", "tokens"]);
  assert.equal(mixed.code, 1);
  assert.match(mixed.out, /2 rows \(1 used, 1 left out\), 1 connection: 1 taken over\./);
  world.write("tokens", JSON.stringify({ ...own, appId: clientId }));
  assert.equal((await world.run(["import", "tokens", "--force"])).code, 0, "a whole client id tells its app");
});

Deno.test("a token that no header can carry is left out, and the rest goes on", async () => {
  await using world = livingWorld();
  const { refresh_token, ...rest } = world.tokens("aaa");
  const [head, payload] = (refresh_token ?? "").split(".");
  world.write(
    "tokens.jsonl",
    [
      { access_token: "a\nb", locationId: "bbb" },
      { access_token: "ok", refresh_token: "a b", locationId: "bbb" },
      { ...rest, refresh_token },
    ].map((row) => JSON.stringify(row)).join("\n"),
  );
  const { code, out, err } = await world.run(["import", "tokens.jsonl"]);
  assert.equal(code, 1);
  assert.match(err, /line 1 left out: access_token must be a string without spaces or line ends/);
  assert.match(err, /line 2 left out: refresh_token must be a string without spaces or line ends/);
  assert.match(out, /3 rows \(1 used, 2 bad\), 1 connection: 1 taken over\./);
  world.write("tokens", `${refresh_token}\n${head}.${payload}.a b\n`);
  const bare = await world.run(["import", "tokens", "--force"]);
  assert.match(bare.err, /line 2 left out: it holds no id and no token/);
  assert.match(bare.out, /2 rows \(1 used, 1 bad\), 1 connection: 1 taken over/);
});

Deno.test("what a file says cannot move the cursor of a terminal", async () => {
  await using world = livingWorld();
  const claims = btoa(JSON.stringify({ authClass: "Location", authClassId: "\x1b[2Jbbb" }));
  const row = { access_token: `${btoa("some header")}.${claims}.signature`, locationId: "aaa" };
  world.write("tokens.jsonl", `${JSON.stringify(row)}\n${JSON.stringify({ ...row, appId: "\x1b[2J" })}\n`);
  world.write("tokens.csv", `locationId,\x1b[2Jname\naaa,1\n`);
  world.write("ids.csv", `\x1b[2Jid\naaa\n`);
  for (
    const args of [["import", "tokens.jsonl"], ["import", "tokens.csv"], ["recover", "--file", "ids.csv"]]
  ) {
    const { code, out, err } = await world.run(args);
    assert.equal(code, 2);
    assert.ok(!(out + err).includes("\x1b"), JSON.stringify(err));
  }
});

Deno.test("an import without a usable row is bad usage", async () => {
  await using world = cliWorld();
  world.write("cut.json", '[{"access_token":');
  world.write("text", "hello\nworld\n");
  world.write("nothing", "");
  world.write("empty.json", "[]");
  for (
    const [file, message] of [
      ["cut.json", /line 1 left out: it is cut, or no JSON/],
      ["text", /line 1 left out: it names no column of ids or tokens: hello/],
      ["nothing", /nothing has no usable row/],
      ["empty.json", /empty\.json has no usable row/],
      ["none", /none cannot be read/],
    ] as const
  ) {
    const { code, err } = await world.run(["import", file]);
    assert.equal(code, 2);
    assert.match(err, message);
  }
});
