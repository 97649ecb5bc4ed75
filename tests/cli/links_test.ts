import assert from "node:assert/strict";
import { read, utils } from "xlsx";
import type { ListedConnection } from "../../src/cli/backend/backend.ts";
import { localLinks } from "../../src/cli/backend/local_links.ts";
import { cliWorld, ndjson } from "./cli_world.ts";

/** The rows of a CSV text, as a spreadsheet reads them. */
function sheetOf(text: string): Record<string, string>[] {
  const { Sheets, SheetNames: [first = ""] } = read(text, { type: "string", raw: true });
  return utils.sheet_to_json(Sheets[first] ?? {}, { defval: "" });
}

Deno.test("links of a worker: agencies first, then who is left, page by page, each with a link of its own", async () => {
  const asked: string[] = [];
  const pages: Readonly<Record<string, object>> = {
    "": {
      agencies: [
        {
          companyId: "c1",
          name: "Müller; Söhne",
          state: "lost",
          locations: 1_280,
          url: "https://w.example/r/a",
        },
        { companyId: "c2", state: "connected", locations: 7 },
      ],
      alone: [{
        locationId: "l1",
        name: "=cmd()",
        agency: "Unheard",
        cause: "invalid_grant",
        since: "2026-11-27T09:05:00.000Z",
        url: "https://w.example/r/b",
      }],
      cursor: "more",
    },
    more: {
      agencies: [],
      alone: [{
        locationId: "l2",
        name: "한빛 치과",
        since: "2026-11-27T09:05:00.000Z",
        url: "https://w.example/r/c",
      }],
    },
  };
  const worker = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    asked.push(`${pathname} ${searchParams.get("status")}`);
    return Response.json(pages[searchParams.get("cursor") ?? ""]);
  });
  try {
    await using world = cliWorld();
    const run = (...more: string[]) =>
      world.run(["links", "--worker", `http://127.0.0.1:${worker.addr.port}`, ...more], {
        env: { HIGHLEVEL_WORKER_KEY: "admin-key-0123456789" },
      });
    const { code, out, err } = await run("--status", "broken");
    assert.equal(code, 0, err);
    assert.deepEqual(
      sheetOf(out).map((
        { kind, id, name, bringsBack, reason, since, link },
      ) => [kind, id, name, bringsBack, reason, since, link]),
      [
        ["company", "c1", "Müller; Söhne", "1280", "", "", "https://w.example/r/a"],
        ["company", "c2", "", "7", "", "", ""],
        ["location", "l1", "'=cmd()", "", "invalid_grant", "2026-11-27 09:05", "https://w.example/r/b"],
        ["location", "l2", "한빛 치과", "", "", "2026-11-27 09:05", "https://w.example/r/c"],
      ],
    );
    assert.match(err, /1 agency to ask first, for 1,280 locations\./);
    assert.match(err, /2 locations to ask by themselves\./);
    assert.match(
      err,
      /7 need nobody: their agencies are connected\. recover --status broken brings them back\./,
    );
    assert.doesNotMatch(err, /HighLevel's own/);
    assert.deepEqual(asked, ["/plan broken", "/plan broken"]);

    const lines = ndjson((await run("--json")).out);
    assert.deepEqual(lines.map(({ type, target }) => [type, target]), [
      ["link", { companyId: "c1" }],
      ["link", { companyId: "c2" }],
      ["link", { locationId: "l1" }],
      ["link", { locationId: "l2" }],
    ]);
  } finally {
    await worker.shutdown();
  }
});

Deno.test("links over a store are HighLevel's own: agencies first too, and a store without settings says which", async () => {
  const at = (ms: number): Date => new Date(ms);
  const lost = "reauthorization_required" as const;
  const held: readonly ListedConnection[] = [
    { target: { locationId: "aaa" }, companyId: "agency", name: "Alder", status: lost, updatedAt: at(5) },
    { target: { locationId: "bbb" }, companyId: "unheard", status: lost, updatedAt: at(6) },
    { target: { locationId: "ccc" }, status: lost, updatedAt: at(7) },
    { target: { locationId: "ddd" }, companyId: "alive", status: lost, updatedAt: at(8) },
    { target: { locationId: "eee" }, companyId: "alive", status: lost, updatedAt: at(8) },
    { target: { locationId: "well" }, companyId: "agency", status: "connected", updatedAt: at(9) },
    { target: { companyId: "agency" }, name: "Northwind", status: lost, updatedAt: at(1) },
    { target: { companyId: "alive" }, status: "connected", updatedAt: at(9) },
  ];
  async function* list(
    { status }: { readonly status?: string } = {},
  ): AsyncGenerator<ListedConnection, void, undefined> {
    for (const one of held) {
      if (status === undefined || one.status === status) yield await Promise.resolve(one);
    }
  }
  assert.deepEqual(await Array.fromAsync(localLinks(list, lost, "https://link")), [
    { target: { companyId: "alive" }, bringsBack: 2, isConnected: true }, // who brings back more comes first
    {
      target: { companyId: "agency" },
      name: "Northwind",
      bringsBack: 1,
      isConnected: false,
      url: "https://link",
    },
    { target: { locationId: "bbb" }, agency: "unheard", since: at(6), url: "https://link" },
    { target: { locationId: "ccc" }, since: at(7), url: "https://link" },
  ]);

  await using world = cliWorld();
  const bare = await world.run(["links"]);
  assert.equal(bare.code, 2);
  assert.match(bare.err, /Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES/);
  assert.equal(bare.out, "");
});
