import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { linkTarget } from "./calls.ts";
import { startWorld, until } from "./worker_world.ts";

Deno.test("mounted in another app, with bindings and settings of other names", async (t) => {
  const sandbox = createSandbox({ app: { redirectUri: "https://worker.example/highlevel/oauth/callback" } });
  await using world = await startWorld({ sandbox, entry: "tests/worker/mounted_entry.ts", host: true });
  const { locationId } = sandbox.addLocation();
  const json = { "Content-Type": "application/json" };

  await t.step("the host's pages stay the host's", async () => {
    equal(await (await world.call("/")).text(), "the host's own page");
    equal(await (await world.call("/connections")).text(), "the host's own 404");
  });
  await t.step("routes answer below the mount", async () => {
    const { status, body } = await world.json(`/highlevel/connections/location/${locationId}/token`);
    equal(status, 200);
    ok(sandbox.isLiving(String(body.access_token)));
    const proxied = await world.call(`/highlevel/proxy/location/${locationId}/locations/${locationId}`);
    await proxied.body?.cancel();
    equal(proxied.status, 200);
  });
  await t.step("K16: the host's own code uses the same connections, without HTTP", async () => {
    deepEqual(await world.json(`/own/${locationId}`), {
      status: 200,
      body: { status: "connected", answer: 200 },
    });
    equal((await world.call("/own/nobody")).status, 404);
  });
  await t.step("problems of the mount are problems, 404 and 405 included", async () => {
    const missing = await world.json("/highlevel/nothing");
    deepEqual([missing.status, missing.body.code], [404, "not_found"]);
    const method = await world.call("/highlevel/connections", { method: "DELETE" });
    equal(method.status, 405);
    equal(method.headers.get("allow"), "GET, HEAD");
    const home = await world.call("/highlevel", { method: "POST" });
    deepEqual([home.status, home.headers.get("allow")], [405, "GET, HEAD"]);
    const slash = await world.call("/highlevel/");
    deepEqual([slash.status, slash.headers.get("location")], [308, "/highlevel"]);
    equal(method.headers.get("content-type"), "application/problem+json");
    const input = await world.json("/highlevel/connections?limit=0");
    deepEqual([input.status, input.body.code], [422, "invalid_input"]);
    equal((await world.json("/highlevel/connections", { key: null })).status, 401);
  });
  await t.step("a job runs through the host's queue, and its address is below the mount", async () => {
    const response = await world.call("/highlevel/recoveries", {
      method: "POST",
      body: JSON.stringify({ targets: [{ locationId }] }),
      headers: json,
    });
    const { id } = Object(await response.json());
    equal(response.headers.get("location"), `/highlevel/recoveries/${id}`);
    await until(async () => (await world.json(`/highlevel/recoveries/${id}`)).body.status === "done");
  });
  await t.step("the cookie of an installation is sent to the mount only", async () => {
    const response = await world.call("/highlevel/oauth/install", { key: null });
    equal(response.status, 302);
    const cookie = response.headers.get("set-cookie") ?? "";
    match(cookie, /; Path=\/highlevel\/oauth(;|$)/);
    match(cookie, /HttpOnly/);
    match(cookie, /SameSite=Lax/);
  });
  await t.step("an installation ends on a page of the mount, which finds its files", async () => {
    const code = sandbox.marketplaceCode({ locationId });
    const back = await world.call(`/highlevel/oauth/callback?code=${code}`, { key: null });
    await back.body?.cancel();
    const path = back.headers.get("location") ?? "";
    match(path, /^\/highlevel\/oauth\/result\/[\w-]+$/);
    const page = await world.call(path, { key: null });
    const text = await page.text();
    match(text, /is connected/);
    const [, style = ""] = /rel="stylesheet" href="([^"]+)"/.exec(text) ?? [];
    equal((await world.call(style, { key: null })).status, 200, style);
    const refused = await world.call("/highlevel/oauth/callback?state=none", { key: null });
    match(await refused.text(), /href="\/highlevel\/oauth\/install"/);
  });
  await t.step("links to a new authorisation lead to the mount", async () => {
    const { locationId: gone } = sandbox.addLocation({ installed: false });
    const { body } = await world.json(`/highlevel/connections/location/${gone}/recover`, { method: "POST" });
    deepEqual(await linkTarget(body.authorizationUrl, sandbox.app, "https://worker.example/highlevel"), {
      locationId: gone,
    });
  });
  await t.step("the OpenAPI document names the mount as its server", async () => {
    const { body } = await world.json("/highlevel/openapi.json");
    deepEqual(body.servers, [{ url: "/highlevel" }]);
  });
  await t.step("a mount point with parameters works too", async () => {
    const path = `/of/kim/highlevel/proxy/location/${locationId}/locations/${locationId}`;
    const proxied = await world.call(path);
    await proxied.body?.cancel();
    equal(proxied.status, 200);
    equal((await world.json("/of/kim/highlevel/connections", { method: "DELETE" })).status, 405);
    deepEqual((await world.json("/of/kim/highlevel/openapi.json")).body.servers, [{
      url: "/of/kim/highlevel",
    }]);
  });
});
