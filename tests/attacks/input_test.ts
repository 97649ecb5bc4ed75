import assert from "node:assert/strict";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { webhookEvent } from "../../src/webhooks/webhook_event.ts";
import { attackedWorker, sendRaw, statusOf } from "./attacked_worker.ts";
import { KEYS } from "../worker/worker_world.ts";

const JSON_TYPE = { "content-type": "application/json" };
const PUT = "/connections/location/other";

Deno.test("bodies that are too large, nested without end or no JSON are refused, and the worker lives on", async () => {
  await using attacked = await attackedWorker();
  const { worker } = attacked;
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  const objects = (depth: number): string => `{"a":`.repeat(depth) + "1" + "}".repeat(depth);
  const cases: readonly (readonly [string, string, string, readonly number[]])[] = [
    ["PUT", PUT, "x".repeat(70_000), [413]],
    ["PUT", PUT, `{"accessToken":"${"x".repeat(66_000)}","expiresIn":1}`, [413]],
    ["PUT", PUT, nested(30_000), [400, 422]],
    ["PUT", PUT, objects(9_000), [400, 422]],
    ["PUT", PUT, `{"accessToken":${objects(9_000)}}`, [400, 422]],
    ["PUT", PUT, "[[[[", [400]],
    ["PUT", PUT, "", [400]],
    ["PUT", PUT, "null", [422]],
    ["PUT", PUT, "1e999", [422]],
    ["PUT", PUT, `{"accessToken":"a","expiresIn":1e999}`, [422]],
    ["PUT", PUT, `{"accessToken":"a","expiresIn":-1}`, [422]],
    ["PUT", PUT, `{"accessToken":"a","expiresIn":"9999999999999999"}`, [422]],
    ["PUT", PUT, `{"accessToken":"a\\r\\nX-Injected: 1","expiresIn":1}`, [422]],
    ["POST", "/recoveries", "x".repeat(8 * 1024 * 1024 + 1), [413]],
    ["POST", "/recoveries", `{"targets":${nested(500_000)}}`, [400, 422]],
    ["POST", "/recoveries", `{"targets":[${`{"locationId":"a"},`.repeat(100_001)}{"locationId":"a"}]}`, [
      422,
    ]],
    ["POST", "/recoveries", `{"targets":[${`[],`.repeat(200_000)}{}]}`, [422]],
    ["POST", "/webhooks/highlevel", "x".repeat(2 * 1024 * 1024), [413]],
  ];
  for (const [method, path, body, statuses] of cases) {
    const response = await worker.call(path, { method, headers: JSON_TYPE, body });
    const text = await response.text();
    assert.ok(
      statuses.includes(response.status),
      `${method} ${path} ${body.slice(0, 40)}: ${response.status} ${text.slice(0, 200)}`,
    );
    assert.ok(text.length < 10_000, "the answer repeats the attack");
  }
  // Without a length, in pieces that never end: refused while it comes.
  const endless = new ReadableStream<Uint8Array>({ pull: (c) => c.enqueue(new Uint8Array(65_536).fill(32)) });
  const refused = await worker.call(PUT, { method: "PUT", headers: JSON_TYPE, body: endless }).catch(() =>
    undefined
  );
  assert.ok(refused === undefined || refused.status === 413, `${refused?.status}`); // or it hung up at once
  await refused?.body?.cancel();
  const healthy = await worker.call("/healthz", { key: null });
  assert.equal(healthy.status, 200);
  await healthy.body?.cancel();
});

Deno.test("two requests in one, and lengths that contradict each other, are no way past the key", async () => {
  await using attacked = await attackedWorker();
  const { url } = attacked.worker;
  const inner = `DELETE /connections/location/victim HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
  for (
    const headers of [
      `Content-Length: 0\r\nContent-Length: ${inner.length}`,
      `Transfer-Encoding: chunked\r\nContent-Length: ${inner.length}`,
      `Transfer-Encoding: chunked, identity\r\nContent-Length: 4`,
      `Transfer-Encoding : chunked`,
      `Content-Length: -1`,
      `Content-Length: ${inner.length}, ${inner.length}`,
    ]
  ) {
    await sendRaw(
      url,
      `POST /webhooks/highlevel HTTP/1.1\r\nHost: ${url.host}\r\n${headers}\r\n\r\n0\r\n\r\n${inner}`,
    );
  }
  const victim = await attacked.worker.call("/connections/location/victim");
  assert.equal(victim.status, 200);
  await victim.body?.cancel();
});

Deno.test("names of JavaScript's own in a body change nothing for anybody", async () => {
  const evil = `{"__proto__":{"accessToken":"evil","polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
  const payload: unknown = JSON.parse(evil);
  assert.throws(() => tokenSetFrom(payload, 0, "Location"), { code: "malformed_response" });
  assert.throws(() => webhookEvent(payload, { timestamp: new Date(), webhookId: "w" }), {
    code: "invalid_webhook",
  });
  assert.ok(!("polluted" in {}));

  await using attacked = await attackedWorker();
  const { worker } = attacked;
  for (const [method, path] of [["PUT", PUT], ["POST", "/recoveries"]] as const) {
    for (
      const body of [
        evil,
        `{"targets":[${evil}]}`,
        `{"status":"__proto__"}`,
        `{"__proto__":{"status":"broken"}}`,
      ]
    ) {
      const response = await worker.call(path, { method, headers: JSON_TYPE, body });
      await response.body?.cancel();
      assert.equal(response.status, 422, body);
    }
  }
  const body =
    `{"accessToken":"imported","expiresIn":4000,"__proto__":{"userType":"Company"},"name":"__proto__"}`;
  const saved = await worker.call(PUT, { method: "PUT", headers: JSON_TYPE, body });
  assert.equal(saved.status, 204);
  const shown: Record<string, unknown> = await (await worker.call(PUT)).json();
  assert.deepEqual(shown.target, { locationId: "other" });
  assert.equal(shown.polluted, undefined);
  for (const id of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const response = await worker.call(`/connections/location/${id}`);
    assert.equal(response.status, 404, id);
    await response.body?.cancel();
  }
});

Deno.test("a foreign Host, and headers that claim another one, lead nobody elsewhere", async () => {
  await using attacked = await attackedWorker();
  const { url } = attacked.worker;
  for (
    const host of [
      "evil.example",
      "evil.example:443",
      "user@evil.example",
      "evil.example/..",
      "[::1]",
      "a b",
      "",
    ]
  ) {
    const answer = await sendRaw(
      url,
      `GET /oauth/install HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: evil.example\r\n` +
        `X-Original-URL: /connections\r\nX-Rewrite-URL: /connections\r\n\r\n`,
    );
    const location = /^location: (.*)$/im.exec(answer)?.[1]?.trim();
    if (location === undefined) continue; // no host that a URL can have
    assert.equal(statusOf(answer), 302, host);
    assert.equal(new URL(location).origin, "https://marketplace.gohighlevel.com", host);
    assert.equal(
      new URL(location).searchParams.get("redirect_uri"),
      "https://worker.example/oauth/callback",
      host,
    );
  }
  const overridden = await sendRaw(
    url,
    `GET /connections/location/victim HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${KEYS.viewer}\r\n` +
      `X-HTTP-Method-Override: DELETE\r\nX-Method-Override: DELETE\r\nX-Original-URL: /connections/location/victim/token\r\n\r\n`,
  );
  assert.equal(statusOf(overridden), 200);
  assert.ok(!overridden.includes("access_token"));
});
