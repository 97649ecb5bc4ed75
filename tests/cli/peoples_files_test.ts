import assert from "node:assert/strict";
import { type CliWorld, cliWorld } from "./cli_world.ts";

const LOCATION = "l1C08ntBrFjLS0elLIYU";
const OTHER = "Zx81QmPdR4tUv7WnYb2K";
const COMPANY = "ve9EPM428h8vShlRW1KT";
const OTHER_APP = "65f0c1a2b3c4d5e6f7081920";

/** An agency with two locations; all have lost their tokens. */
function world(): CliWorld {
  return cliWorld({
    companies: [{ companyId: COMPANY, locations: [{ locationId: LOCATION }, { locationId: OTHER }] }],
  });
}

/** Locations that HighLevel's Reconnect was asked for. */
function asked({ sandbox }: CliWorld): string[] {
  const bodies = sandbox.requests.filter(({ path }) => path.includes("reconnect")).map(({ body }) =>
    body ?? ""
  );
  return [LOCATION, OTHER, COMPANY].filter((id) => bodies.some((body) => body.includes(id)));
}

for (
  const [name, text] of Object.entries({
    "CSV": `id,companyId,name\n${LOCATION},${COMPANY},Acme\n${OTHER},${COMPANY},Bee\n`,
    "JSON lines": [LOCATION, OTHER].map((id) => JSON.stringify({ id, companyId: COMPANY, name: "Acme" }))
      .join("\n"),
  })
) {
  Deno.test(`F1: the id of ${name} from /locations/search is the location's, companyId its agency's`, async () => {
    await using w = world();
    w.write("ids", text);
    const { code, out } = await w.run(["recover", "--file", "ids"]);
    assert.equal(code, 0, out);
    assert.match(out, /2 connections: 2 recovered/);
    assert.ok(w.sandbox.isLiving(await w.token(LOCATION)));
    assert.deepEqual(asked(w), [LOCATION, OTHER], "no company was touched");
  });
}

const IDS: Readonly<Record<string, string | Uint8Array>> = {
  "a header Location ID": `Location ID,Name\n${LOCATION},Acme\n${OTHER},Bee\n`,
  "a header LOCATION_ID and semicolons": `LOCATION_ID;Name\n${LOCATION};Acme\n${OTHER};Bee\n`,
  "a header id and tabs": `id\tname\n${LOCATION}\tAcme\n${OTHER}\tBee\n`,
  "UTF-16, as Excel's Unicode text": utf16(`Location ID\tName\r\n${LOCATION}\tCafé\r\n${OTHER}\tBüro\r\n`),
  "pretty-printed JSON": JSON.stringify({ locations: [{ id: LOCATION }, { id: OTHER }] }, null, 2),
  "a JSON array": JSON.stringify([{ locationId: LOCATION }, { locationId: OTHER }]),
  "an answer of /oauth/installedLocations": JSON.stringify({
    locations: [LOCATION, OTHER].map((_id) => ({
      _id,
      name: "Acme",
      address: "1 Main St",
      isInstalled: true,
    })),
    count: 2,
  }),
  "bare ids, one a line": `${LOCATION}\n${OTHER}\n`,
  "bare ids with commas": `${LOCATION}, ${OTHER}`,
  "a row of commas alone": `locationId,name\n${LOCATION},Acme\n,\n${OTHER},Bee\n`,
};

Deno.test("F2: ids are understood in every form that people have them in, and every row ends somewhere", async (t) => {
  for (const [name, text] of Object.entries(IDS)) {
    await t.step(name, async () => {
      await using w = world();
      w.write("ids", text);
      const { code, out, err } = await w.run(["recover", "--file", "ids", "--dry-run"]);
      assert.equal(code, 0, err);
      assert.match(out, /2 connections would be recovered/);
      assert.equal(w.sandbox.counts.total, 0);
    });
  }
});

Deno.test("F2: what of a file is not understood is told, and a dry run tells how it was read", async () => {
  await using w = world();
  w.write("ids", `Location ID;Name\n${LOCATION};Acme\n;\n1.2E+19;Broken\n`);
  const { code, err } = await w.run(["recover", "--file", "ids", "--dry-run"]);
  assert.equal(code, 1);
  assert.match(err, /ids: line 4 left out: locationId is broken: a spreadsheet made a number of it/);
  assert.match(
    err,
    /ids: rows separated by semicolons, columns Location ID, Name, UTF-8; 3 rows \(1 used, 1 left out, 1 bad\)/,
  );
});

Deno.test("what is wrong with a row is told in Korean under --lang ko; its code is the same in every language", async () => {
  await using w = world();
  w.write("ids", `Location ID;Agency ID\n${LOCATION};a b\n1.2E+19;\n${OTHER};${COMPANY};\n"open;\n`);
  const { code, err } = await w.run(["recover", "--file", "ids", "--dry-run", "--lang", "ko"]);
  assert.equal(code, 1);
  assert.match(err, /2행: 에이전시 ID 제외: companyId 값은 A-Za-z0-9_- 문자 1~128자여야 함\./);
  assert.match(err, /3행 제외: locationId 손상됨: 스프레드시트가 숫자로 바꿈/);
  assert.match(err, /5행 제외: 열린 따옴표가 닫히지 않음\./);
  assert.doesNotMatch(err, /broken|left out|must be/);
  const told = await w.run(["recover", "--file", "ids", "--dry-run", "--lang", "ko", "--json"]);
  for (const name of ["agency_left_out", "became_number", "open_quote"]) {
    assert.match(told.out, new RegExp(`"code":"${name}"`));
  }
  assert.match(told.out, /"reason":"locationId is broken: a spreadsheet made a number of it/);
});

Deno.test("a file of another kind is told as that in one line, and is bad usage", async () => {
  for (
    const [name, beginning, told] of [
      [
        "tokens.xlsx",
        "PK\x03\x04\x14\0\x06\0\n\n\n",
        /tokens\.xlsx: line 1 left out: it is a ZIP file or an Excel workbook/,
      ],
      ["tokens.json", "<!DOCTYPE html>\n<html>\n<body>\n", /tokens\.json: line 1 left out: it is a web page/],
    ] as const
  ) {
    await using w = world();
    w.write(name, beginning);
    for (const args of [["import", name], ["recover", "--file", name]]) {
      const { code, err } = await w.run(args);
      assert.equal(code, 2, err);
      assert.match(err, told);
      assert.equal(err.trim().split("\n").length, 2, err);
    }
  }
});

const TOKENS: Readonly<Record<string, (token: (id: string) => Readonly<Record<string, unknown>>) => string>> =
  {
    "objects keyed by id": (token) =>
      JSON.stringify({
        [LOCATION]: bare(token(LOCATION)),
        [OTHER]: bare(token(OTHER)),
        [COMPANY]: bare(token(COMPANY)),
      }),
    "tokens one level down": (token) =>
      [{ locationId: LOCATION, data: bare(token(LOCATION)) }, {
        locationId: OTHER,
        tokens: bare(token(OTHER)),
      }, {
        companyId: COMPANY,
        credentials: bare(token(COMPANY)),
      }].map((row) => JSON.stringify(row)).join("\n"),
    "upper-case column names": (token) => table(["LOCATION_ID", "ACCESS_TOKEN", "REFRESH_TOKEN"], ",", token),
    "spaced column names": (token) => table(["Location ID", "Access Token", "Refresh Token"], ";", token),
    "a .env file": (token) =>
      [LOCATION, OTHER, COMPANY].map((id, index) =>
        `APP${index}_ACCESS_TOKEN=${token(id).access_token}\nAPP${index}_REFRESH_TOKEN="${
          token(id).refresh_token
        }"\n`
      ).join("\n"),
    "locations inside their agency's document": (token) =>
      JSON.stringify({ ...token(COMPANY), locations: [token(LOCATION), token(OTHER)] }, null, 2),
  };

Deno.test("F3: tokens are found in every form that people have them in, several in a document too", async (t) => {
  for (const [name, form] of Object.entries(TOKENS)) {
    await t.step(name, async () => {
      await using w = world();
      w.write(
        "tokens",
        form((id) => ({ ...w.sandbox.install(id === COMPANY ? { companyId: id } : { locationId: id }) })),
      );
      const dry = await w.run(["import", "tokens", "--dry-run"]);
      assert.equal(dry.code, 0, dry.err);
      assert.match(
        dry.out,
        /would import {2}location l1C08ntBrFjLS0elLIYU {2}access and refresh token, ends /,
      );
      assert.match(dry.out, /, 3 connections\. Nothing was changed\.\n$/);
      const { code, out } = await w.run(["import", "tokens"]);
      assert.equal(code, 0, out);
      assert.match(out, /, 3 connections: 3 taken over\.\n$/);
      assert.equal(w.sandbox.counts.total, 0);
    });
  }
});

Deno.test("F4: tokens of a private integration and of another app are left out, with the reason and by line", async () => {
  await using w = world();
  const rows = [
    { locationId: LOCATION, access_token: "pit-0a1b2c3d-1111-2222-3333-444455556666" },
    { access_token: jwtOfOtherApp() },
    w.sandbox.install({ locationId: OTHER }),
  ];
  w.write("tokens", rows.map((row) => JSON.stringify(row)).join("\n"));
  const { code, out, err } = await w.run(["import", "tokens"]);
  assert.equal(code, 1);
  assert.match(err, /line 1 left out: it is the token of a private integration/);
  assert.match(err, /line 2 left out: its tokens are of another app, 65f0c1a2b3c4d5e6f7081920/);
  assert.match(out, /3 rows \(1 used, 2 left out\), 1 connection: 1 taken over\.\n$/);
});

Deno.test("F4: whose a token is, is what it says itself: a location's is never taken as its agency's", async () => {
  await using w = world();
  const { access_token } = w.sandbox.install({ locationId: LOCATION });
  w.write(
    "tokens",
    [{ companyId: COMPANY, access_token }, { companyId: COMPANY, userType: "Company", access_token }]
      .map((row) => JSON.stringify(row)).join("\n"),
  );
  const { code, out, err } = await w.run(["import", "tokens"]);
  assert.equal(code, 1);
  assert.match(out, /imported {2}location l1C08ntBrFjLS0elLIYU/);
  assert.ok(!out.includes("imported  company"), out);
  assert.match(
    err,
    /line 2 left out: access_token says that it belongs to Location .*, and its row to a Company/,
  );
});

Deno.test("F5: an import of an access token alone says that the refresh token held is kept", async () => {
  await using w = world();
  const { access_token, refresh_token } = w.sandbox.install({ locationId: LOCATION });
  w.write("both", JSON.stringify({ locationId: LOCATION, refresh_token }));
  w.write("access", JSON.stringify({ locationId: LOCATION, access_token }));
  assert.equal((await w.run(["import", "both"])).code, 0);
  const { out } = await w.run(["import", "access", "--force"]);
  assert.match(out, /imported {2}location \w+ {2}access token; the refresh token held is kept\n/);
});

function bare({ access_token, refresh_token }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { access_token, refresh_token };
}

function table(
  header: readonly string[],
  separator: string,
  token: (id: string) => Readonly<Record<string, unknown>>,
): string {
  const rows = [LOCATION, OTHER, COMPANY].map((id) => {
    const { access_token, refresh_token } = token(id);
    return [id === COMPANY ? "" : id, access_token, refresh_token].join(separator);
  });
  return [header.join(separator), ...rows].join("\r\n");
}

function jwtOfOtherApp(): string {
  const claims = { authClass: "Location", authClassId: LOCATION, sourceId: `${OTHER_APP}-abcdefgh` };
  const iat = Math.floor(Date.now() / 1000);
  return `${btoa('{"alg":"RS256"}')}.${
    btoa(JSON.stringify({ ...claims, iat, exp: iat + 86_399 }))
  }.c2lnbmF0dXJl`
    .replaceAll("=", "");
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * (text.length + 1));
  const view = new DataView(bytes.buffer);
  for (const [index, char] of [..."\uFEFF", ...text].entries()) {
    view.setUint16(2 * index, char.charCodeAt(0), true);
  }
  return bytes;
}
