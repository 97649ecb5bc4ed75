import assert from "node:assert/strict";
import { createTestHarness } from "wrangler";
import { ROOT } from "../project/root.ts";
import { KEYS, SEALING_KEY } from "./worker_world.ts";

for (const path of ["wrangler.toml", "examples/own_worker/wrangler.toml"]) {
  Deno.test(`${path} binds both limits, each counted by itself`, async () => {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    const limits = text.split("[[ratelimits]]").slice(1).map((part) => ({
      name: /^name = "(\w+)"$/m.exec(part)?.[1],
      namespace: /^namespace_id = "(\d+)"$/m.exec(part)?.[1],
      simple: /^simple = (.+)$/m.exec(part)?.[1],
    }));
    assert.deepEqual(limits, [
      { name: "WRONG_KEYS", namespace: "1001", simple: "{ limit = 20, period = 60 }" },
      { name: "REFUSED_CODES", namespace: "1002", simple: "{ limit = 10, period = 60 }" },
    ]);
  });
}

Deno.test({
  name: "as wrangler.toml has it, pages get their files, and no file is served around the worker",
  sanitizeOps: false, // workerd's process
  sanitizeResources: false,
  fn: async () => {
    const vars = {
      HIGHLEVEL_CLIENT_ID: "0123456789abcdef01234567-abcdefgh",
      HIGHLEVEL_CLIENT_SECRET: "a-client-secret",
      HIGHLEVEL_BASE_URL: "http://127.0.0.1:9", // nobody is there
      ADMIN_KEY: KEYS.admin,
      SEALING_KEYS: SEALING_KEY,
    };
    const harness = createTestHarness({ root: ROOT, workers: [{ configPath: "wrangler.toml", vars }] });
    await harness.listen();
    try {
      const call = async (path: string, headers: Record<string, string> = {}) => {
        const response = await harness.fetch(`http://worker.example${path}`, { headers, redirect: "manual" });
        return { status: response.status, headers: response.headers, text: await response.text() };
      };
      assert.equal((await call("/openapi.json")).status, 401);
      for (
        const name of ["style.css", "customer.css", "app.js", "icon.svg", "words.en.json", "words.ko.json"]
      ) {
        const { status, headers } = await call(`/${name}`);
        assert.deepEqual([status, headers.get("content-type")], [404, "application/problem+json"], name);
      }
      const document = await call("/openapi.json", { Authorization: `Bearer ${KEYS.admin}` });
      assert.equal(JSON.parse(document.text).openapi, "3.1.0");
      const style = await call("/ui/style.css");
      assert.match(style.text, /color-scheme: light dark/);
      const known = await call("/ui/style.css", { "If-None-Match": style.headers.get("etag") ?? "" });
      assert.equal(known.status, 304);
      assert.match((await call("/", { "Accept-Language": "ko" })).text, /<h1>로그인<\/h1>/);
      assert.equal((await call("/index.html")).status, 404);
      const codes: number[] = [];
      for (let count = 0; count < 12; count++) {
        codes.push((await call("/oauth/callback?code=made-up")).status);
      }
      assert.deepEqual(codes, [...Array.from({ length: 10 }, () => 303), 429, 429]);
    } finally {
      await harness.close();
    }
  },
});
