import assert from "node:assert/strict";
import { type CliWorld, cliWorld, ndjson } from "./cli_world.ts";

/** An agency of five: held, missing, orphaned, paused and one that a person must authorise; beside it another agency. */
async function tangledWorld(): Promise<CliWorld> {
  const world = cliWorld({
    companies: [{
      companyId: "agency",
      locations: ["held", "missing", "orphaned", "paused", "reset"].map((locationId) => ({ locationId })),
    }],
  });
  const { sandbox } = world;
  sandbox.addLocation({ locationId: "elsewhere", companyId: "otherAgency" });
  sandbox.pause("paused");
  sandbox.uninstall({ locationId: "reset" });
  world.write("ids.csv", "locationId,companyId\nheld,agency\norphaned,agency\npaused,agency\nreset,agency\n");
  await world.run(["recover", "--file", "ids.csv", "--company", "agency"]);
  await world.run(["recover", "--location", "elsewhere"]);
  sandbox.uninstall({ locationId: "orphaned" });
  sandbox.install({ locationId: "reset" });
  return world;
}

Deno.test("reconcile tells what is missing, orphaned, paused and broken", async () => {
  await using world = await tangledWorld();
  const { code, out, err } = await world.run(["reconcile", "--company", "agency"]);
  assert.equal(code, 1);
  assert.equal(
    out,
    `missing                location missing  Location missing
orphaned               location orphaned
needs reauthorization  location reset  Location reset
paused                 location paused  Location paused
4 locations installed; 1 missing, 1 orphaned, 1 needs reauthorization, 1 paused.
`,
  );
  assert.match(err, /with --recover mends/);
  const json = ndjson((await world.run(["reconcile", "--company", "agency", "--json"])).out);
  assert.deepEqual(json.at(-1), {
    type: "reconciliation",
    installed: 4,
    missing: 1,
    orphaned: 1,
    broken: 0,
    reauthorization_required: 1,
    paused: 1,
  });
});

Deno.test("reconcile finds what is held and uninstalled, also where its agency was never told", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", locations: 6 }] });
  const { sandbox } = world;
  const [first = "", second = "", ...others] = sandbox.locationIds();
  world.write(
    "tokens.csv",
    [
      "locationId,access_token,refresh_token",
      ...[first, second].map((id) => `${id},opaque-access-${id},opaque-refresh-${id}`),
    ].join("\n"),
  );
  await world.run(["import", "tokens.csv"]);
  for (const locationId of [first, second]) sandbox.uninstall({ locationId });
  world.write("ids.csv", `locationId\n${[first, second, ...others].join("\n")}\n`);
  await world.run(["recover", "--file", "ids.csv"]);
  for (const locationId of others.slice(0, 2)) sandbox.uninstall({ locationId });
  const { out } = await world.run(["reconcile", "--company", "agency"]);
  assert.match(out, /\n2 locations installed; 4 orphaned\.\n$/);
});

Deno.test("reconcile --recover mends what is missing or broken and leaves orphans alone", async () => {
  await using world = await tangledWorld();
  const first = await world.run(["reconcile", "--company", "agency", "--recover"]);
  assert.equal(first.code, 1, "the orphan and the paused one remain");
  assert.match(first.out, /2 connections: 2 recovered/);
  const second = await world.run(["reconcile", "--company", "agency"]);
  assert.match(second.out, /4 locations installed; 1 orphaned, 1 paused\./);
  await world.run(["forget", "--location", "orphaned"]);
  world.sandbox.resume("paused");
  await world.run(["recover", "--location", "paused"]);
  const last = await world.run(["reconcile", "--company", "agency", "--recover"]);
  assert.equal(last.code, 0);
  assert.match(last.out, /^4 locations installed; nothing amiss\.\n$/);
  assert.match((await world.run(["list"])).out, /location +missing +connected .* Location missing\n/);
});

Deno.test("reconcile of an agency whose token cannot be had says why", async () => {
  await using world = cliWorld({ companies: [{ companyId: "agency", installed: false }] });
  const { code, err } = await world.run(["reconcile", "--company", "agency"]);
  assert.equal(code, 1);
  assert.match(
    err,
    /error: Company agency: a person must authorize the app again.*\(reauthorization_required, trace [0-9a-f-]{36}\)/,
  );
});
