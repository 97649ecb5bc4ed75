import assert from "node:assert/strict";
import { cliWorld, csvOf, golden, ndjson } from "./cli_world.ts";
import { FAKE_KEY, fakeWorker } from "./fake_worker.ts";
import { agencyWorld, runnerFor } from "./worker_runner.ts";

Deno.test("with --worker every command asks the worker and shows the same", async () => {
  await using world = agencyWorld();
  await using worker = fakeWorker(world.sandbox);
  const run = runnerFor(world, worker.url, FAKE_KEY);
  await worker.holdDead({ locationId: "gone" });
  world.write("ids.csv", csvOf(["aaa", "bbb", "off", "gone"]));

  const recovered = await run(["recover", "--file", "ids.csv", "--concurrency", "1", "--report", "out.csv"]);
  assert.equal(recovered.code, 1);
  assert.match(golden(recovered.out), /^recovered +location aaa {2}by reconnect {2}trace <trace>\n/);
  assert.match(recovered.out, /Not recovered: 2 connections\n/);
  assert.match(
    golden(recovered.out),
    /location off +paused +- +HighLevel answered 400: "Location is not active".*trace <trace>\n/,
  );
  assert.match(golden(recovered.out), /location gone +needs reauthorization +\[1\] .*<trace>\n/);
  assert.match(recovered.out, /\[1\] Send this link to the customer:\nhttps:\/\/marketplace/);
  assert.match(recovered.err, /the same command with --resume \(highlevel-worker\.recovered\)/);
  assert.match(world.read("out.csv"), /location,gone,reauthorization_required,,not_installed,/);

  const token = await run(["token", "--location", "aaa"]);
  assert.ok(world.sandbox.isLiving(token.out.trim()));
  const list = await run(["list"]);
  assert.match(list.err, /4 connections: 2 connected, 1 needs reauthorization, 1 paused\./);
  assert.match(
    list.out,
    /^KIND +ID +STATUS +SINCE +NAME\n\w+ +\w+ +\w+ +20\d\d-/,
    "a worker's list tells no token's end",
  );
  assert.equal(
    worker.requests.filter(({ line }) => line.startsWith("GET /connections?")).length,
    1,
    "pages follow by cursor",
  );

  const reconciled = await run(["reconcile", "--company", "agency"]);
  assert.equal(reconciled.code, 1);
  assert.match(reconciled.out, /3 locations installed; 1 orphaned, 1 paused\./);

  const plan = await run(["recover", "--location", "aaa", "--location", "new", "--dry-run"]);
  assert.match(plan.out, /1 {2}by a refresh of the tokens held\n +1 {2}by HighLevel's Reconnect/);

  assert.match((await run(["forget", "--location", "aaa"])).out, /^Forgot location aaa\.\n$/);
  world.write("tokens.json", JSON.stringify(world.sandbox.install({ locationId: "aaa" })));
  assert.match((await run(["import", "tokens.json"])).out, /^imported {2}location aaa/);
  await run(["forget", "--location", "bbb"]);
  world.write("refresh", world.sandbox.install({ locationId: "bbb" }).refresh_token ?? "");
  assert.match((await run(["import", "refresh"])).out, /^imported {2}location bbb/);
  const put = worker.requests.findLast(({ line }) => line === "PUT /connections/location/bbb")?.body ?? "";
  assert.match(put, /"expires_in":0,/, "no access token is held, so none may look alive");
  assert.ok(world.sandbox.isLiving((await run(["token", "--location", "bbb"])).out.trim()));
  assert.ok(worker.requests.every(({ key }) => key === FAKE_KEY));
});

Deno.test("a bulk job of the worker is followed by its events, also when their stream breaks", async () => {
  await using world = agencyWorld();
  await using worker = fakeWorker(world.sandbox);
  const run = runnerFor(world, worker.url, FAKE_KEY);
  await worker.holdDead({ locationId: "gone" });
  await run(["recover", "--location", "aaa", "--location", "off", "--location", "gone"]);
  worker.breakStreamAfter = 2;
  const { code, out } = await run(["recover", "--installed", "--company", "agency", "--json"]);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(worker.requests.findLast(({ line }) => line === "POST /recoveries")?.body ?? ""),
    { companyId: "agency", installed: true },
  );
  const objects = ndjson(out);
  assert.deepEqual(objects.filter(({ type }) => type === "job"), [
    { type: "job", id: "job1", page: `${worker.url}ui/recoveries/job1` },
  ]);
  const unrecovered = objects.filter(({ type }) => type === "recovery");
  assert.deepEqual(unrecovered.map(({ target, outcome }) => JSON.stringify([target, outcome])).toSorted(), [
    '[{"locationId":"gone"},"reauthorization_required"]',
    '[{"locationId":"off"},"paused"]',
  ]);
  const { seconds: _, ...summary } = objects.at(-1) ?? {};
  assert.deepEqual(summary, {
    type: "summary",
    total: 3,
    recovered: 1,
    paused: 1,
    reauthorization_required: 1,
    failed: 0,
    notTried: 0,
    interrupted: false,
  });
  world.sandbox.resume("off");
  const paused = await run(["recover", "--status", "paused"]);
  assert.deepEqual(
    JSON.parse(worker.requests.findLast(({ line }) => line === "POST /recoveries")?.body ?? ""),
    {
      status: "paused",
    },
  );
  assert.equal(paused.code, 0, paused.err);
});

Deno.test("a job of the worker has a page there instead of a journal here", async () => {
  await using world = agencyWorld();
  await using worker = fakeWorker(world.sandbox);
  const run = runnerFor(world, worker.url, FAKE_KEY);
  await worker.holdDead({ locationId: "gone" });
  await run(["recover", "--location", "aaa", "--location", "off", "--location", "gone"]);
  world.write("highlevel-worker.recovered", "somebody's notes\n");

  const job = ["recover", "--installed", "--company", "agency"];
  const { code, err } = await run([...job, "--report", "out.csv"]);
  assert.equal(code, 1);
  assert.match(
    err,
    /goes on without this command: http:\/\/127\.0\.0\.1:\d+\/mounted\/ui\/recoveries\/job1\n/,
  );
  assert.ok(!err.includes("--resume"), err);
  assert.equal(world.read("highlevel-worker.recovered"), "somebody's notes\n");
  const [, ...lines] = world.read("out.csv").trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => line.split(",")[1]).toSorted(), ["gone", "off"]);

  for (const more of [["--resume"], ["--journal", "run.txt"]]) {
    const refused = await run([...job, ...more]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /A job of the worker has no journal/);
  }
  Deno.removeSync(`${world.folder}/highlevel-worker.recovered`);
  const both = await run(["recover", "--location", "off", "--status", "broken"]);
  assert.match(both.err, /with --resume \(highlevel-worker\.recovered\)/, "what is named here has a journal");
});

Deno.test("the worker is told the agency of a location, which is a way back where Reconnect is none", async () => {
  await using world = agencyWorld();
  await using worker = fakeWorker(world.sandbox);
  const run = runnerFor(world, worker.url, FAKE_KEY);
  await run(["recover", "--company", "agency"]);
  world.sandbox.removeReconnect();
  world.write("both.csv", "locationId,companyId\naaa,agency\n");

  const listed = await run(["recover", "--file", "both.csv"]);
  assert.match(listed.out, /^recovered +location aaa {2}by agency/);
  assert.equal(listed.code, 0, listed.err);
  const reconciled = await run(["reconcile", "--company", "agency", "--recover"]);
  assert.match(reconciled.out, /recovered +location bbb {2}by agency/);
});

Deno.test("HIGHLEVEL_API_VERSION says how to ask what is installed, with --worker too", async () => {
  await using world = agencyWorld();
  await using worker = fakeWorker(world.sandbox);
  await world.run(["reconcile", "--company", "agency", "--worker", worker.url], {
    env: { HIGHLEVEL_WORKER_KEY: FAKE_KEY, HIGHLEVEL_API_VERSION: "v3" },
  });
  assert.match(worker.requests[0]?.line ?? "", /^GET \/proxy\/company\/agency\/oauth\/installed-locations\?/);
});

Deno.test("a key that the worker refuses ends a run at once", async () => {
  await using world = cliWorld({ locations: 20 });
  await using worker = fakeWorker(world.sandbox);
  const run = runnerFor(world, worker.url, "wrong");
  world.write("ids.csv", csvOf(world.sandbox.locationIds()));
  const { code, err } = await run(["recover", "--file", "ids.csv", "--concurrency", "1"]);
  assert.equal(code, 1);
  assert.match(err, /The worker answered 401: That key is not valid\./);
  assert.equal(worker.requests.length, 1);
  assert.match((await run(["list"])).err, /error: The worker answered 401.*\(unauthorized\)/);
});

Deno.test("a worker that cannot be reached is told, with exit code 1", async () => {
  await using world = cliWorld();
  const run = runnerFor(world, "http://127.0.0.1:1", FAKE_KEY);
  const { code, err } = await run(["list"]);
  assert.equal(code, 1);
  assert.match(err, /error: The worker at http:\/\/127\.0\.0\.1:1 cannot be reached\. \(network\)/);
});
