import assert from "node:assert/strict";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundled } from "../conformance/runtimes/bundle.ts";
import { KEY } from "./stub_worker.ts";

/** A worker that hands out tokens, the first of them after a second, and tells how often it was asked. */
const RECONNECT = `
  let asked = 0;
  export default {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/asked") return Response.json(asked);
      if (request.headers.get("authorization") !== "Bearer ${KEY}") return new Response("who?", { status: 401 });
      if (!pathname.endsWith("/token")) return new Response("what?", { status: 404 });
      const token = "token" + asked++;
      if (token === "token0") await scheduler.wait(1_000);
      return Response.json({ access_token: token, token_type: "Bearer", expires_in: 86_400, scope: "" });
    },
  };
`;

/** A service with one client for all its visitors. */
const SERVICE = `
  import { createClient } from "./src/client/mod.ts";
  let client;
  export default {
    async fetch(request, env) {
      client ??= createClient({
        url: "https://reconnect.internal",
        key: "${KEY}",
        fetch: (url, init) => env.RECONNECT.fetch(url, init),
      });
      const { pathname } = new URL(request.url);
      if (pathname === "/asked") return await env.RECONNECT.fetch("https://reconnect.internal/asked");
      return new Response(await client.accessToken({ locationId: pathname.slice(1) }));
    },
  };
`;

Deno.test("a Worker asks by a service binding, and its visitors share a request, also of one who left", async () => {
  const service = await bundled(SERVICE, "esm");
  const worker = (name: string, contents: string, more: Record<string, unknown> = {}) => ({
    name,
    modules: [{ type: "ESModule" as const, path: "worker.js", contents }],
    compatibilityDate: "2026-11-17",
    ...more,
  });
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    cf: false, // asks nobody where this machine is
    workers: [
      worker("service", service, { serviceBindings: { RECONNECT: "reconnect" } }),
      worker("reconnect", RECONNECT),
    ],
  }));
  try {
    const url = String(await miniflare.ready);
    const leaving = new AbortController();
    const left = fetch(`${url}one`, { signal: leaving.signal }).catch(() => "left");
    const asked = async (): Promise<unknown> => await (await fetch(`${url}asked`)).json();
    while (await asked() === 0);
    leaving.abort();
    assert.equal(await left, "left");
    const visitors = Array.from({ length: 20 }, async () => await (await fetch(`${url}one`)).text());
    const tokens = new Set(await Promise.all(visitors));
    assert.equal(tokens.size, 1, [...tokens].join());
    assert.match([...tokens].join(), /^token[01]$/);
    assert.ok(Number(await asked()) <= 2);
    const others = await Promise.all(
      Array.from({ length: 20 }, async () => await (await fetch(`${url}two`)).text()),
    );
    assert.equal(new Set(others).size, 1);
  } finally {
    await miniflare.dispose();
  }
});
