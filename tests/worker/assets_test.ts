import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { startWorld, type WorkerWorld } from "./worker_world.ts";

/** Files of the binding that only the worker itself reads. */
const PRIVATE = ["words.en.json", "words.ko.json", "openapi.json", "api.en.html", "api.ko.html"];

Deno.test("the files that pages load are served below /ui, for anybody, and are asked for anew by their mark", async (t) => {
  await using world = await startWorld();
  const types = {
    "style.css": "text/css; charset=utf-8",
    "customer.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "api.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
  };
  for (const [name, type] of Object.entries(types)) {
    await t.step(name, async () => {
      const path = `/ui/${name}`;
      const response = await world.call(path, { key: null });
      equal(response.status, 200);
      equal(response.headers.get("content-type"), type);
      equal(response.headers.get("cache-control"), "public, max-age=0, must-revalidate");
      equal(response.headers.get("x-content-type-options"), "nosniff");
      const file = new URL(`../../src/worker/assets/${name}`, import.meta.url);
      equal(await response.text(), await Deno.readTextFile(file));
      const known = { "If-None-Match": response.headers.get("etag") ?? "" };
      const again = await world.call(path, { key: null, headers: known });
      equal(again.status, 304);
      equal(await again.text(), "");
      const head = await world.call(path, { key: null, method: "HEAD" });
      equal(head.status, 200);
      equal(await statusOf(world, path, { method: "POST" }), 405);
    });
  }
});

Deno.test("no file is served around the worker", async () => {
  await using world = await startWorld();
  for (const name of ["style.css", "customer.css", "app.js", "icon.svg", "words.en.json", "words.ko.json"]) {
    equal(await statusOf(world, `/${name}`), 404, name);
  }
  equal(await statusOf(world, "/openapi.json"), 401);
  for (const name of PRIVATE) {
    const response = await world.call(`/ui/${name}`, { key: null });
    equal(response.headers.get("location"), `/?next=%2Fui%2F${name}`, name); // a page that is not there
  }
});

Deno.test("without the static files everything works but what is made of them, which says so", async (t) => {
  await using world = await startWorld({ assets: false });
  const { sandbox } = world;
  const { locationId } = sandbox.addLocation();

  for (const path of ["/openapi.json", "/docs", "/", "/ui/recoveries", "/ui/nothing", "/ui/style.css"]) {
    await t.step(`503 at ${path}`, async () => {
      const { status, body } = await world.json(path);
      deepEqual([status, body.code], [503, "misconfigured"]);
      match(String(body.detail), /the binding ASSETS is missing/);
    });
  }
  await t.step("tokens, lists and the end of an installation", async () => {
    const token = await world.json(`/connections/location/${locationId}/token`);
    ok(sandbox.isLiving(String(token.body.access_token)));
    equal((await world.json("/connections")).status, 200);
    const callback = await world.call("/oauth/callback", { key: null });
    match(await callback.text(), /Please start again/);
  });
  await t.step("nothing went wrong unforeseen", () => doesNotMatch(world.logs.join("\n"), /"level":"error"/));
});

async function statusOf(world: WorkerWorld, path: string, init: RequestInit = {}): Promise<number> {
  const response = await world.call(path, { key: null, ...init });
  await response.body?.cancel();
  return response.status;
}
