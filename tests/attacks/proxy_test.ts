import assert from "node:assert/strict";
import { BASE } from "../faults/killable_worker.ts";
import { KEYS } from "../worker/worker_world.ts";
import { attackedWorker, sendRaw, statusOf } from "./attacked_worker.ts";

/** What follows `/proxy/location/victim` in the request line. */
const PATHS = [
  "/../../../connections",
  "/..%2f..%2foauth/token",
  "/../../../../../../etc/passwd",
  "/%2e%2e/%2e%2e/secret",
  "/%2E%2E%2Fsecret",
  "/.%2e/secret",
  "/%252e%252e/secret",
  "/%25252e%25252e%25252fsecret",
  "/..;/secret",
  "/.;/secret",
  "//evil.example/",
  "///evil.example/",
  "/\\evil.example/",
  "/\\\\evil.example/",
  "/\\/evil.example/",
  "/%5c%5cevil.example/",
  "/%2f%2fevil.example/",
  "/..\\..\\secret",
  "/http://evil.example/",
  "/https:/evil.example/",
  "/https:evil.example/",
  "/@evil.example/",
  "/user:password@evil.example/",
  "/:443@evil.example/",
  "/.evil.example/",
  "/%00/secret",
  "/%0d%0aHost:%20evil.example",
  "/%0d%0a%0d%0aGET%20/secret",
  "/%E5%98%8A%E5%98%8DHost:evil.example",
  "/%EF%BC%8E%EF%BC%8E/secret", // full-width dots
  "/%E2%80%A5/secret", // two dot leader
  "/%C0%AE%C0%AE/secret", // overlong dots
  "/%ef%bc%8f%ef%bc%8fevil.example/", // full-width slashes
  "/\u00ae\u00ae/secret",
  "/contacts?url=https://evil.example/&next=//evil.example",
  "/contacts?a=%0d%0aHost:%20evil.example",
  "/contacts#@evil.example/",
  "/contacts?#//evil.example",
  "/%23/evil.example",
  "/%3f@evil.example",
  "?@evil.example/",
  "@evil.example/",
  ".evil.example/",
  "%2f..%2f..",
  "/%zz",
  "/%",
];

Deno.test("no trick with the path brings the proxy out of HighLevel's base URL", async () => {
  await using attacked = await attackedWorker();
  const { worker, sent } = attacked;
  let answered = 0;
  let refused = 0;
  for (const trick of PATHS) {
    for (const form of ["", `http://evil.example`, `http://user@${worker.url.host}`]) {
      const line = `${form}/proxy/location/victim${trick}`;
      sent.length = 0;
      const answer = await sendRaw(
        worker.url,
        `GET ${line} HTTP/1.1\r\nHost: ${worker.url.host}\r\nAuthorization: Bearer ${KEYS.service}\r\n\r\n`,
      );
      for (const address of sent) assertBelow(address, line);
      const status = statusOf(answer);
      assert.ok(status !== 500 && status !== 502, `${line}: ${status}`);
      if (sent.length > 0) answered++;
      else refused++;
    }
  }
  // By fetch too, which normalises first.
  for (const trick of PATHS) {
    sent.length = 0;
    const response = await worker.call(`/proxy/location/victim${trick}`, { key: KEYS.service });
    await response.body?.cancel();
    for (const address of sent) assertBelow(address, trick);
    assert.ok(response.status < 500, `${trick}: ${response.status}`);
  }
  assert.ok(refused > 0, "nothing was refused");
  assert.ok(answered > 0, "nothing came through: the test proves nothing");
});

Deno.test("another connection's token is out of reach of a path, and a token goes to no other host", async () => {
  await using attacked = await attackedWorker();
  const { worker, sandbox, sent } = attacked;
  sandbox.resetCounts();
  for (
    const path of [
      "/proxy/location/victim/../other/locations/other",
      "/proxy/location/victim%2f..%2fother/contacts",
    ]
  ) {
    await sendRaw(
      worker.url,
      `GET ${path} HTTP/1.1\r\nHost: ${worker.url.host}\r\nAuthorization: Bearer ${KEYS.viewer}\r\n\r\n`,
    );
  }
  assert.deepEqual(sent.filter((address) => address.includes("locations/other")), []);
  for (const { headers = {} } of sandbox.requests) {
    assert.ok(!(headers.authorization ?? "").includes(KEYS.service));
  }
});

Deno.test("headers of the caller that could mislead HighLevel or show a key are not passed on", async () => {
  await using attacked = await attackedWorker();
  const { worker, sandbox } = attacked;
  sandbox.resetCounts();
  const answer = await sendRaw(
    worker.url,
    [
      "GET /proxy/location/victim/locations/victim HTTP/1.1",
      `Host: ${worker.url.host}`,
      `Authorization: Bearer ${KEYS.service}`,
      "Version: 2021-07-28",
      "Cookie: highlevel_session=x",
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-For: 6.6.6.6",
      "Forwarded: host=evil.example",
      "X-HTTP-Method-Override: DELETE",
      "X-Original-URL: /oauth/token",
      "X-Rewrite-URL: /oauth/token",
      "Connection: close, X-Secret-Hop",
      "X-Secret-Hop: 1",
      "Origin: https://evil.example",
      "Referer: https://evil.example/secret",
      "CF-Connecting-IP: 6.6.6.6",
      "X-Note: kept",
      "\r\n",
    ].join("\r\n"),
  );
  assert.equal(statusOf(answer), 200, answer.slice(0, 300));
  const headers = sandbox.requests.find(({ endpoint }) => endpoint === "location")?.headers ?? {};
  const dropped = ["cookie", "x-forwarded-host", "forwarded", "x-secret-hop", "origin", "referer"];
  const overriding = ["x-http-method-override", "x-original-url", "x-rewrite-url"];
  for (const name of [...dropped, ...overriding]) {
    assert.equal(headers[name], undefined, name);
  }
  assert.ok(!JSON.stringify(headers).includes("6.6.6.6"));
  assert.ok(!JSON.stringify(headers).includes(KEYS.service));
  assert.equal(headers["x-note"], "kept");
});

Deno.test("line breaks in a header bring nothing into the answer, and no other token to HighLevel", async () => {
  await using attacked = await attackedWorker();
  const { worker, sandbox } = attacked;
  for (const lineBreak of ["\r", "\n", "\r\n\t", "\0", "\u0085", "%0d%0a", "\\r\\n"]) {
    for (const header of ["X-Note", "CF-Ray", "Accept-Language", "Version"]) {
      sandbox.resetCounts();
      const answer = await sendRaw(
        worker.url,
        `GET /proxy/location/victim/locations/victim HTTP/1.1\r\nHost: ${worker.url.host}\r\n` +
          `Authorization: Bearer ${KEYS.service}\r\n` +
          `${header}: a${lineBreak}Set-Cookie: injected=1${lineBreak}Authorization: Bearer evil\r\n\r\n`,
      );
      assert.doesNotMatch(answer.split("\r\n\r\n", 1)[0] ?? "", /injected/i);
      for (const { headers = {} } of sandbox.requests) {
        const token = (headers.authorization ?? "").replace("Bearer ", "");
        assert.ok(
          sandbox.isLiving(token),
          `${header} ${JSON.stringify(lineBreak)}: ${headers.authorization}`,
        );
      }
    }
  }
});

function assertBelow(address: string, trick: string): void {
  const { href, username, password } = new URL(address);
  assert.ok(href.startsWith(`${BASE}/`), `${trick} → ${address}`);
  assert.equal(username + password, "");
}
