import assert from "node:assert/strict";
import { readConnections } from "../../src/import/mod.ts";
import { cliWorld } from "../cli/cli_world.ts";
import { nodePath } from "../conformance/runtimes/installed.ts";
import { folderWith } from "../imports/packed.ts";
import { ROOT } from "../project/root.ts";
import { startPostgres } from "../stores/servers/postgres.ts";
import { pgQuery } from "./pg_query.ts";
import { CLIENT_ID, COMPANY, jwtOf, LOCATION, OTHER_LOCATION } from "./jwt.ts";

const DOCUMENT = await Deno.readTextFile(`${ROOT}/docs/IMPORT.md`);

/** Blocks of code of a kind, by the heading they stand under. */
function blocks(kind: "sh" | "js", heading: string): string[] {
  const section = DOCUMENT.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const found = [...section.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, "gm"))];
  assert.ok(found.length > 0, `${heading} has no ${kind}`);
  return found.map(([, code = ""]) => code);
}

/** What `sh` makes of `script`, in `folder`. */
async function sh(script: string, folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script], cwd: folder, env })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** Whose tokens are taken from `bytes`, in words; whatever is not taken is one too many. */
async function taken(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const rows = await Array.fromAsync(readConnections(bytes, { need: "tokens", clientIds: [CLIENT_ID] }));
  return rows.flatMap((row) => {
    if (row.result === "left_out" && row.code === "header") return [];
    assert.equal(row.result, "taken", JSON.stringify(row));
    const { target, access, refresh } = row.found;
    return `${target.locationId ?? target.companyId} ${access ? "access" : ""} ${refresh ? "refresh" : ""}`;
  }).sort();
}

const ALL = [`${LOCATION} access refresh`, `${OTHER_LOCATION} access refresh`, `${COMPANY} access refresh`]
  .sort();

const TABLES = `
  create table highlevel_tokens (
    id serial, location_id text, company_id text, business text, access_token text, refresh_token text, expires_at timestamptz
  );
  create table json_tokens (id serial, location_id text, tokens json, binary_tokens jsonb, created_at timestamp default now());
`;

Deno.test("the lines for Postgres make files that import reads: columns, JSON, nothing at all in a cell", async () => {
  const server = await startPostgres();
  if (!server) return;
  await using folder = await folderWith({});
  try {
    const of = (authClass: "Location" | "Company", authClassId: string): [string, string] => {
      const claims = { authClass, authClassId };
      return [jwtOf(claims), jwtOf({ ...claims, use: "refresh" })];
    };
    const [mine, other, agency] = [
      of("Location", LOCATION),
      of("Location", OTHER_LOCATION),
      of("Company", COMPANY),
    ];
    const insert =
      `insert into highlevel_tokens (location_id, company_id, business, access_token, refresh_token, expires_at)
      values ($1, $2, $3, $4, $5, $6)`;
    const end = "2026-11-25T23:59:59Z";
    const pretty = JSON.stringify({ access_token: mine[0], refresh_token: mine[1] }, null, 2);
    await pgQuery(server.url, [
      ...TABLES.split(";").filter((text) => text.trim()).map((text) => [text] as const),
      [insert, [LOCATION, COMPANY, 'Blue "Bird", Söhne\n& Co \\ 블루', ...mine, end]],
      [insert, [OTHER_LOCATION, null, null, ...other, null]],
      [insert, [null, COMPANY, "The agency", ...agency, end]],
      ["insert into json_tokens (location_id, tokens) values ($1, $2)", [LOCATION, pretty]],
      [
        "insert into json_tokens (location_id, binary_tokens) values ($1, $2)",
        [OTHER_LOCATION, JSON.stringify({ accessToken: other[0], refreshToken: other[1] })],
      ],
    ]);
    const [csv = "", json = ""] = blocks("sh", "Postgres");
    const [supabase = ""] = blocks("sh", "Supabase");
    const env = { DATABASE_URL: server.url, SUPABASE_DB_URL: server.url };
    const made = async (script: string, file: string): Promise<string[]> => {
      await sh(script, folder.path, env);
      return await taken(await Deno.readFile(`${folder.path}/${file}`));
    };
    assert.deepEqual(await made(csv, "tokens.csv"), ALL);
    assert.deepEqual(await made(json, "tokens.jsonl"), ALL);
    assert.deepEqual(await made(supabase, "tokens.csv"), ALL);
    const two = ALL.filter((one) => !one.startsWith(COMPANY));
    for (const [script, file] of [[csv, "tokens.csv"], [json, "tokens.jsonl"]] as const) {
      assert.deepEqual(await made(script.replace("highlevel_tokens", "json_tokens"), file), two, file);
    }
  } finally {
    await server.stop();
  }
});

/** What else the lines make, as their programs wrote it: MariaDB 10.11's client, Supabase's dashboard, the SDK's MongoDB. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  "MySQL and MariaDB": ["mysql_batch.tsv", "mysql_batch_json.tsv", "mysql_json_object.jsonl"],
  "Supabase": ["supabase_dashboard.csv"],
  "Firestore": ["firestore_admin.jsonl"],
  "MongoDB, and HighLevel's SDK": ["sdk_mongo.json"],
};

for (const [heading, files] of Object.entries(WRITTEN)) {
  Deno.test(`what the lines for ${heading} write is read whole`, async () => {
    assert.ok(blocks("sh", heading).every((script) => script.trim()));
    for (const file of files) {
      const found = await taken(await Deno.readFile(`${ROOT}/tests/import/corpus/${file}`));
      assert.ok(found.length >= 2 && found.every((one) => ALL.includes(one)), `${file}: ${found}`);
    }
  });
}

/** Firestore's documents as its Node library gives them: a Timestamp writes its private fields into JSON (8.x). */
const ADMIN = `
  class Timestamp { constructor(seconds) { this._seconds = seconds; this._nanoseconds = 0; } }
  const data = JSON.parse(process.env.DOCUMENTS);
  const docs = data.map(({ id, ...rest }) => ({ id, data: () => ({ ...rest, expiresAt: new Timestamp(1795651199) }) }));
  export const getFirestore = () => ({ collection: () => ({ get: async () => ({ docs }) }) });
  export const initializeApp = () => {};
`;

Deno.test({
  name: "the lines for Firestore write what import reads",
  ignore: await nodePath() === undefined,
  fn: async () => {
    const [code = ""] = blocks("js", "Firestore");
    await using folder = await folderWith({
      "firestore.mjs": code,
      "node_modules/firebase-admin/package.json":
        `{"type":"module","exports":{"./app":"./a.js","./firestore":"./a.js"}}`,
      "node_modules/firebase-admin/a.js": ADMIN,
    });
    const documents = [LOCATION, OTHER_LOCATION].map((authClassId) => ({
      id: authClassId,
      tokens: { access_token: jwtOf({ authClassId }), refresh_token: jwtOf({ authClassId, use: "refresh" }) },
    }));
    const [install = ""] = blocks("sh", "Firestore");
    const script = install.replace("npm install firebase-admin && node", `"$NODE"`);
    const env = { NODE: await nodePath() ?? "", DOCUMENTS: JSON.stringify(documents) };
    await sh(script, folder.path, env);
    const found = await taken(await Deno.readFile(`${folder.path}/tokens.jsonl`));
    assert.deepEqual(found, ALL.filter((one) => !one.startsWith(COMPANY)));
  },
});

for (
  const [path, heading] of [["README.md", "Start from what you have"], [
    "README.ko.md",
    "가진 것에서 시작하기",
  ]] as const
) {
  Deno.test(`${path}: from a file to a token that lives, by the lines of "${heading}"`, async () => {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    const section = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
    const [, block = ""] = /^```sh\n([^]*?)^```$/m.exec(section) ?? [];
    const lines = block.trimEnd().split("\n");
    assert.equal(lines.length, 6);
    await using world = cliWorld({ locations: [{ locationId: "aaa" }, { locationId: "bbb" }] });
    // What the lines for databases make is tested above.
    const rows = ["aaa", "bbb"].map((locationId) => {
      const { access_token, refresh_token } = world.sandbox.install({ locationId });
      return `${locationId},${access_token},${refresh_token}`;
    });
    world.write("tokens.csv", ["location_id,access_token,refresh_token", ...rows, ""].join("\n"));
    world.write("ids.csv", "locationId\naaa\nbbb\n");
    const outs: string[] = [];
    for (const line of lines) {
      const [, command] = /^highlevel-reconnect ([^#]*)/.exec(line) ?? [];
      if (command === undefined) continue;
      const args = command.trim().replace("$ID", "aaa").split(" ");
      const { code, out, err } = await world.run(args);
      assert.equal(code, 0, `${line}\n${out}${err}`);
      outs.push(out);
    }
    assert.equal(outs.length, 5);
    assert.match(outs.join("\n"), /2 connections: 2 recovered/);
    assert.ok(world.sandbox.isLiving(outs.at(-1)?.trim() ?? ""), `${outs.at(-1)}`);
  });
}
