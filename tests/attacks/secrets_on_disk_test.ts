import assert from "node:assert/strict";
import { cliWorld, csvOf } from "../cli/cli_world.ts";
import { spellingsOf } from "../faults/secrets.ts";
import { KEYS, SEALING_KEY } from "../worker/worker_world.ts";
import { until } from "../until.ts";
import { type AttackedWorker, attackedWorker } from "./attacked_worker.ts";

const IDS = ["victim", "other", ...Array.from({ length: 6 }, (_, n) => `imported${n}`)];

/** Everything in `folder`, each file as text of one character a byte. */
async function bytesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [file, text] of await bytesOf(path)) files.set(file, text); }
    else files.set(path, new TextDecoder("latin1").decode(await Deno.readFile(path)));
  }
  return files;
}

/** What to look for: each secret whole, and the part of each token that no other text has, as a page may end in a token. */
function needles(issued: readonly string[], others: readonly string[]): string[] {
  const parts = issued.map((secret) => {
    const start = secret.lastIndexOf(".") + 1;
    return start > 0 ? secret.slice(start, start + 20) : secret;
  });
  return [...new Set([...parts, ...issued.filter((_, at) => at % 7 === 0), ...others])].flatMap(spellingsOf);
}

function found(text: string, wanted: readonly string[]): string | undefined {
  return wanted.find((needle) => text.includes(needle));
}

/** A day in the life: imports, refreshes, recoveries, trouble that repeats secrets, webhooks, a bulk job, an installation. */
async function live({ worker, sandbox }: AttackedWorker): Promise<string[]> {
  const shown: string[] = [];
  const show = async (path: string, init: Parameters<typeof worker.call>[1] = {}): Promise<Response> => {
    const response = await worker.call(path, init);
    const headers = JSON.stringify([...response.headers]);
    shown.push(`${path} ${response.status} ${headers} ${await response.clone().text()}`);
    return response;
  };
  const json = { "content-type": "application/json" };
  for (let n = 0; n < 6; n++) {
    const tokens = sandbox.install({ locationId: `imported${n}` });
    await show(`/connections/location/imported${n}`, {
      method: "PUT",
      headers: json,
      body: JSON.stringify({ ...tokens, expires_in: 1 }),
    });
    if (n % 3 === 1) sandbox.fault({ on: "refresh", kind: "echo_secrets", times: 2 });
    if (n % 3 === 2) sandbox.fault({ on: "any", kind: "echo_secrets", status: 500, times: 5 });
    const token = await worker.call(`/connections/location/imported${n}/token`); // shown to who asked, and to nobody else
    if (token.status === 200) await token.body?.cancel();
    else shown.push(await token.text());
    sandbox.clearFaults();
    await show(`/connections/location/imported${n}/recover`, { method: "POST" });
  }
  sandbox.fault({ on: "any", kind: "echo_secrets", times: 30 });
  await show("/connections/location/other/recover", { method: "POST" });
  // What the API itself says is for who holds the service key, and may have the token anyway.
  const proxied = await worker.call("/proxy/location/victim/locations/victim", {
    headers: { version: "2021-07-28" },
  });
  await proxied.body?.cancel();
  sandbox.clearFaults();
  sandbox.loseTokens({ locationId: "victim" });
  await show("/proxy/location/victim/locations/victim", { headers: { version: "2021-07-28" } });

  const job: { id: string } = await (await show("/recoveries", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ companyId: "agency", installed: true }),
  })).json();
  await show(`/recoveries/${job.id}/events`);
  await show(`/recoveries/${job.id}`);

  const begun = await show("/oauth/install", { key: null });
  const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
  const [stateCookie = ""] = (begun.headers.get("set-cookie") ?? "").split(";");
  await show(`/oauth/callback?state=${state}&code=`, { key: null, headers: { cookie: stateCookie } });
  const again = await worker.call("/oauth/install", { key: null });
  const secondState = new URL(again.headers.get("location") ?? "").searchParams.get("state") ?? "";
  const [cookie = ""] = (again.headers.get("set-cookie") ?? "").split(";");
  const code = sandbox.authorize({ companyId: "agency" });
  const done = await worker.call(`/oauth/callback?state=${secondState}&code=${code}`, {
    key: null,
    headers: { cookie },
  });
  const result = done.headers.get("location") ?? "";
  assert.match(result, /^\/oauth\/result\//);
  shown.push(await done.text(), result);
  await show(result, { key: null });

  for (const type of ["UNINSTALL", "INSTALL"] as const) {
    const { body, headers } = await sandbox.signWebhook(sandbox.webhook(type, { locationId: "victim" }));
    await show("/webhooks/highlevel", { method: "POST", key: null, headers, body });
  }
  const signIn = await worker.call("/ui/sign-in", {
    method: "POST",
    key: null,
    headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
    body: `key=${KEYS.admin}`,
  });
  shown.push(await signIn.text(), JSON.stringify([...signIn.headers]));
  const [session = ""] = (signIn.headers.get("set-cookie") ?? "").split(";");
  for (const id of IDS) {
    await show(`/connections/location/${id}`);
    await show(`/ui/connections/location/${id}`, { key: null, headers: { cookie: session } });
  }
  for (
    const path of [
      "/",
      "/ui/recoveries",
      `/ui/recoveries/${job.id}`,
      `/ui/recoveries/${job.id}/unrecovered.csv`,
    ]
  ) {
    await show(path, { key: null, headers: { cookie: session } });
  }
  for (
    const path of ["/connections", "/openapi.json", "/docs", "/healthz", "/connections/location/no%20id"]
  ) await show(path);
  return shown;
}

Deno.test("after a full life of the worker no secret stands in a log, answer, page, history or alert, nor in any byte on its disk", async () => {
  await using attacked = await attackedWorker();
  const shown = await live(attacked);
  const { worker, sandbox, folder } = attacked;
  await until(async () => {
    const { total }: { total: number } = await (await worker.call("/connections")).json();
    return total >= IDS.length;
  }, "what runs on after its answer has reached the directory");
  await worker.kill(); // as it lies there, without a tidy end

  const wanted = needles(sandbox.issuedSecrets(), [
    sandbox.app.clientSecret,
    SEALING_KEY,
    atob(SEALING_KEY),
    ...Object.values(KEYS),
  ]);
  assert.ok(sandbox.issuedSecrets().length > 40, "too little was issued to prove anything");
  for (const text of shown) assert.equal(found(text, wanted), undefined, `shown: ${text.slice(0, 200)}`);
  const logs = worker.output.join("\n");
  assert.ok(logs.includes(`"route":"/recoveries"`), "the logs were not seen");
  assert.equal(found(logs, wanted), undefined, "a log line or an alert shows a secret");

  const files = await bytesOf(folder);
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  assert.ok(
    size > 100_000 && [...files.keys()].some((path) => path.includes("ConnectionObject")),
    "the disk was not seen",
  );
  assert.ok(
    [...files.values()].some((text) => text.includes("imported3")),
    "records are not where they were looked for",
  );
  for (const [path, text] of files) {
    assert.equal(found(text, wanted), undefined, `${path} holds a secret`);
    assert.ok(
      !text.includes("eyJhbGciOi") && !text.includes(btoa("eyJhbGciOi").slice(0, 12)),
      `${path} holds a JWT`,
    );
  }
  console.log(
    `${wanted.length} spellings looked for in ${shown.length} answers, ${logs.length} characters of logs, ${files.size} files of ${size} bytes`,
  );
});

Deno.test("a sealed store of the command line, its journal and its report hold no secret; an unsealed one is its owner's alone", async () => {
  for (const isSealed of [true, false]) {
    await using world = cliWorld({ locations: 12 });
    const { sandbox, folder } = world;
    const file = world.write("ids.csv", csvOf([...sandbox.locationIds(), "missing1", "missing2"]));
    const env = isSealed ? { SEALING_KEYS: SEALING_KEY } : {};
    const first = await world.run(["recover", "--file", file, "--report", "report.csv", "--json"], { env });
    assert.equal(first.code, 1);
    sandbox.fault({ on: "any", kind: "echo_secrets", times: 20 });
    await world.run(["recover", "--file", file, "--report", "report.csv"], { env });
    sandbox.clearFaults();
    await world.run(["recover", "--file", file, "--resume"], { env });
    await world.run(["list", "--json"], { env });

    const wanted = needles(sandbox.issuedSecrets(), [
      sandbox.app.clientSecret,
      SEALING_KEY,
      atob(SEALING_KEY),
    ]);
    const files = await bytesOf(folder);
    const holders = [...files].filter(([, text]) => found(text, wanted) !== undefined).map(([path]) => path);
    if (isSealed) {
      assert.deepEqual(holders, []);
      continue;
    }
    // The search finds what is there; and nobody else may look.
    assert.ok(holders.length > 0);
    for (const path of holders) {
      assert.match(path, /\.sqlite/);
      assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o077, 0, `${path} is open to others`);
    }
  }
});
