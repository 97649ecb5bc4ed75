import assert from "node:assert/strict";
import { createSandbox, type FaultKind, faultTable, type Sandbox } from "../../src/sandbox/mod.ts";
import { exchange, get, HOST, reconnect, refresh } from "./client.ts";

interface Broken {
  readonly sandbox: Sandbox;
  readonly refreshToken: string;
  readonly send: (signal?: AbortSignal) => Promise<Response>;
}

function withFault(kind: FaultKind): Broken {
  const sandbox = createSandbox({ sleep: () => Promise.resolve(), refreshWindowMs: 0 });
  const { refresh_token: refreshToken = "" } = sandbox.install({ locationId: "l1C08ntBrFjLS0elLIYU" });
  sandbox.fault({ on: "refresh", kind, alter: (body) => ({ ...body, userType: "LOCATION" }) });
  const body = new URLSearchParams({
    client_id: sandbox.app.clientId,
    client_secret: sandbox.app.clientSecret,
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  });
  const send = (signal?: AbortSignal): Promise<Response> =>
    sandbox.fetch(`${HOST}/oauth/token`, { method: "POST", body, ...signal && { signal } });
  return { sandbox, refreshToken, send };
}

async function untilFaulted(sandbox: Sandbox): Promise<void> {
  while (sandbox.counts.faults === 0) await Promise.resolve();
}

Deno.test("each fault does the refresh's work, or does not, and says what it says it says", async (t) => {
  type Shown = [kind: FaultKind, worked: boolean, shown: (send: () => Promise<Response>) => Promise<void>];
  const status = (expected: number) => async (send: () => Promise<Response>): Promise<void> => {
    const response = await send();
    await response.body?.cancel();
    assert.equal(response.status, expected);
  };
  const rejects = (send: () => Promise<Response>): Promise<void> => assert.rejects(send(), TypeError);
  const text = (check: (text: string) => void) => async (send: () => Promise<Response>): Promise<void> =>
    check(await (await send()).text());
  const expectations: Shown[] = [
    ["refuse", false, rejects],
    ["reset_before", false, rejects],
    ["reset_after", true, rejects],
    ["cut_body", true, text((cut) => assert.throws(() => JSON.parse(cut)))],
    ["stream_error", true, async (send) => {
      const response = await send();
      assert.equal(response.status, 200);
      await assert.rejects(response.text(), TypeError);
    }],
    ["empty", true, text((empty) => assert.equal(empty, ""))],
    ["html_502", false, text((html) => assert.match(html, /^<html>/))],
    ["html_502_after", true, status(502)],
    ["status", false, status(503)],
    ["status_after", true, status(503)],
    ["delay", true, status(200)],
    ["delay_after", true, status(200)],
    ["slow_drip", true, text((whole) => assert.ok(JSON.parse(whole).access_token))],
    [
      "huge",
      true,
      text((whole) => {
        assert.ok(whole.length > 1024 * 1024);
        assert.ok(JSON.parse(whole).access_token);
      }),
    ],
    [
      "wrong_types",
      true,
      text((odd) => {
        const { access_token, expires_in } = JSON.parse(odd);
        assert.deepEqual([typeof access_token, typeof expires_in], ["number", "string"]);
      }),
    ],
    [
      "duplicate_fields",
      true,
      text((twice) => {
        assert.equal(twice.split(`"access_token":`).length, 3);
        assert.match(JSON.parse(twice).access_token, /^ey/);
      }),
    ],
    ["altered", true, text((odd) => assert.equal(JSON.parse(odd).userType, "LOCATION"))],
    ["html_404", false, async (send) => {
      const response = await send();
      assert.deepEqual([response.status, response.headers.get("content-type")], [404, "text/html"]);
      assert.match(await response.text(), /^<html>/);
    }],
    ["json_404", false, text((json) => assert.equal(json, `{"statusCode":404,"message":"Not Found"}`))],
    ["cloudflare_1010", false, async (send) => {
      const response = await send();
      assert.deepEqual([response.status, await response.text()], [403, "error code: 1010"]);
      assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
    }],
    ["redirect", false, status(302)],
    ["echo_secrets", false, text((echo) => assert.match(echo, /client_secret=/))],
  ];
  for (const [kind, worked, shown] of expectations) {
    await t.step(kind, async () => {
      const { sandbox, refreshToken, send } = withFault(kind);
      await shown(send);
      assert.equal(sandbox.isLiving(refreshToken), !worked);
      assert.equal(sandbox.counts.faults, 1);
      assert.equal((await refresh(sandbox, refreshToken)).status, worked ? 400 : 200, "it happens once");
    });
  }
  const shown = expectations.map(([kind]) => kind);
  assert.deepEqual([...shown, "hang", "hang_after"].sort(), Object.keys(faultTable).sort());
});

Deno.test("a hanging answer ends with the signal's reason", async () => {
  const kinds: FaultKind[] = ["hang", "hang_after"];
  for (const kind of kinds) {
    const { sandbox, refreshToken, send } = withFault(kind);
    const controller = new AbortController();
    const answer = send(controller.signal);
    await untilFaulted(sandbox);
    controller.abort(new Error("tired"));
    await assert.rejects(answer, /tired/);
    assert.equal(sandbox.isLiving(refreshToken), kind === "hang");
  }
});

Deno.test("a delayed request that is given up is not carried out", async () => {
  const controller = new AbortController();
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  sandbox.fault({ on: "any", kind: "delay", ms: 60_000 });
  const url = `${HOST}/oauth/reconnect`;
  const answer = sandbox.fetch(url, { method: "POST", body: "{}", signal: controller.signal });
  await untilFaulted(sandbox);
  controller.abort();
  await assert.rejects(answer, { name: "AbortError" });
  assert.equal((await reconnect(sandbox, { locationId })).status, 200);
});

Deno.test("faults are picked by endpoint, grant or function, after some requests, so many times", async () => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const status = async (): Promise<number> => (await reconnect(sandbox, { locationId })).status;

  const fault = sandbox.fault({ on: "reconnect", kind: "status", status: 418, skip: 1, times: 2 });
  assert.deepEqual([await status(), await status(), await status(), await status()], [200, 418, 418, 200]);
  assert.equal(fault.hits, 2);

  sandbox.fault({ on: (request) => request.body.includes(locationId), kind: "status", times: Infinity });
  assert.equal((await exchange(sandbox, "x")).status, 400);
  assert.equal(await status(), 503);
  sandbox.clearFaults();
  assert.equal(await status(), 200);

  sandbox.fault({
    on: "any",
    kind: "status",
    status: 429,
    headers: { "retry-after": "7" },
    body: { message: "slow" },
  });
  const answer = await reconnect(sandbox, { locationId });
  assert.deepEqual([answer.headers.get("retry-after"), answer.body], ["7", { message: "slow" }]);
});

Deno.test("behind a server a broken connection is a body that breaks", async () => {
  const sandbox = createSandbox();
  sandbox.fault({ on: "any", kind: "refuse" });
  const response = await sandbox.handler(new Request(`${HOST}/locations/x`));
  await assert.rejects(response.text(), TypeError);
});

Deno.test("every answer can be late", async () => {
  const waits: number[] = [];
  const sandbox = createSandbox({ latencyMs: 30, sleep: (ms) => Promise.resolve(void waits.push(ms)) });
  await get(sandbox, "/locations/x", "");
  assert.deepEqual(waits, [30]);
});

Deno.test("an altered answer is whatever the test makes of it; what is no JSON object stays as it is", async () => {
  const sandbox = createSandbox();
  const { refresh_token } = sandbox.install({ locationId: "sub" });
  sandbox.fault({ on: "refresh", kind: "altered", alter: ({ expires_in: _, ...rest }) => rest });
  const answer = await refresh(sandbox, refresh_token);
  assert.deepEqual([answer.status, "expires_in" in answer.body], [200, false]);

  sandbox.fault({ on: "any", kind: "altered", alter: () => "no JSON" });
  const response = await sandbox.fetch(`${HOST}/oauth/reconnect`, { method: "POST" });
  assert.equal(await response.text(), "no JSON");

  sandbox.fault({ on: "any", kind: "altered", alter: () => assert.fail("there is no body") });
  const page = await sandbox.fetch(`${HOST}/marketplace/install`, { redirect: "manual" });
  assert.equal(page.status, 302);
});
