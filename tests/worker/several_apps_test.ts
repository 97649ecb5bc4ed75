import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { kindAndId } from "../../src/worker/kind_and_id.ts";
import { linkTarget, put } from "./calls.ts";
import { startWorld, TEST_ENTRY, until, type WorkerWorld, type WorldOptions } from "./worker_world.ts";

const BOOKING = { clientId: "7748bff5c8d1f96e4c2a0e88-book0001", clientSecret: "secret-of-booking" };
const JSON_BODY = { "Content-Type": "application/json" };

/** Two apps at HighLevel, and one worker that serves both. */
interface TwoApps {
  readonly crm: Sandbox;
  readonly booking: Sandbox;
  readonly options: WorldOptions;
}

function twoApps(variables: Record<string, string | undefined> = {}): TwoApps {
  const crm = createSandbox({ app: { redirectUri: "https://worker.example/crm/oauth/callback" } });
  const booking = createSandbox({
    seed: 2,
    app: { ...BOOKING, redirectUri: "https://worker.example/booking/oauth/callback" },
  });
  return {
    crm,
    booking,
    options: {
      sandbox: crm,
      upstream: (request) =>
        request.url.startsWith("https://booking.example/") ? booking.handler(request) : undefined,
      variables: {
        HIGHLEVEL_CLIENT_ID: undefined,
        HIGHLEVEL_CLIENT_SECRET: undefined,
        HIGHLEVEL_REDIRECT_URI: undefined,
        HIGHLEVEL_APPS: "crm, booking",
        CRM_HIGHLEVEL_CLIENT_ID: crm.app.clientId,
        CRM_HIGHLEVEL_CLIENT_SECRET: crm.app.clientSecret,
        CRM_HIGHLEVEL_REDIRECT_URI: crm.app.redirectUri,
        BOOKING_HIGHLEVEL_CLIENT_ID: BOOKING.clientId,
        BOOKING_HIGHLEVEL_CLIENT_SECRET: BOOKING.clientSecret,
        BOOKING_HIGHLEVEL_REDIRECT_URI: booking.app.redirectUri,
        BOOKING_HIGHLEVEL_BASE_URL: "https://booking.example",
        ...variables,
      },
    },
  };
}

async function tokenOf(world: WorkerWorld, app: string, locationId: string): Promise<string> {
  const { status, body } = await world.json(`/${app}/connections/location/${locationId}/token`);
  equal(status, 200, JSON.stringify(body));
  return String(body.access_token);
}

Deno.test("K14: HIGHLEVEL_APPS: several apps in one worker, each below its name, and none sees another's", async (t) => {
  const { crm, booking, options } = twoApps();
  await using world = await startWorld(options);
  const { locationId } = crm.addLocation({ locationId: "sameLocation" });
  booking.addLocation({ locationId: "sameLocation" });

  await t.step("one location has a connection of each, by different objects and records", async () => {
    const [one, other] = [
      await tokenOf(world, "crm", locationId),
      await tokenOf(world, "booking", locationId),
    ];
    notEqual(one, other);
    ok(crm.isLiving(one) && !booking.isLiving(one));
    ok(booking.isLiving(other) && !crm.isLiving(other));
    crm.uninstall({ locationId });
    crm.expireAccessTokens({ locationId });
    equal(
      (await world.json(`/crm/connections/location/${locationId}/recover`, { method: "POST" })).status,
      424,
    );
    equal((await world.json(`/booking/connections/location/${locationId}`)).body.status, "connected");
  });

  await t.step("a job of one app is nobody else's", async () => {
    const targets = Array.from({ length: 15 }, () => booking.addLocation());
    const init = { method: "POST", body: JSON.stringify({ targets }), headers: JSON_BODY };
    const started = await world.call("/booking/recoveries", init);
    const { id } = Object(await started.json());
    equal(started.headers.get("location"), `/booking/recoveries/${id}`);
    await until(async () => (await world.json(`/booking/recoveries/${id}`)).body.status === "done");
    const { body } = await world.json(`/booking/recoveries/${id}`);
    equal(body.recovered, 15);
    equal((await world.json(`/crm/recoveries/${id}`)).status, 404);
    equal(crm.locationIds().length, 1);
  });

  await t.step("links and cookies stay below the app's name", async () => {
    const { locationId: gone } = booking.addLocation({ installed: false });
    const { body } = await world.json(`/booking/connections/location/${gone}/recover`, { method: "POST" });
    deepEqual(await linkTarget(body.authorizationUrl, booking.app, "https://worker.example/booking"), {
      locationId: gone,
    });
    const install = await world.call("/booking/oauth/install", { key: null });
    match(install.headers.get("set-cookie") ?? "", /; Path=\/booking\/oauth(;|$)/);
    match(install.headers.get("location") ?? "", new RegExp(`client_id=${BOOKING.clientId}`));
  });

  await t.step("webhooks come in below the name, and another app's change nothing", async () => {
    const { locationId: other } = booking.addLocation();
    await tokenOf(world, "booking", other);
    const { body, headers } = await booking.signWebhook(booking.webhook("UNINSTALL", { locationId: other }));
    const send = (path: string) => world.json(path, { method: "POST", body, headers, key: null });
    notEqual((await send("/crm/webhooks/highlevel")).body.taken, true);
    equal((await world.json(`/booking/connections/location/${other}`)).body.status, "connected");
  });

  await t.step("there is nothing beside the apps", async () => {
    for (const path of ["/healthz", "/connections", "/", "/other/healthz", "/CRM/healthz", "/crmx/healthz"]) {
      const { status, body } = await world.json(path);
      deepEqual([status, body.code], [404, "not_found"], path);
    }
    for (
      const [language, title] of [["en", "Page not found"], ["ko", "페이지를 찾을 수 없습니다"]] as const
    ) {
      const headers = { Accept: "text/html,*/*;q=0.8", "Accept-Language": language };
      const page = await world.call("/other", { headers, key: null });
      equal(page.status, 404);
      const text = await page.text();
      match(text, new RegExp(`<h1>${title}</h1>`));
      const [, style = ""] = /rel="stylesheet" href="([^"]+)"/.exec(text) ?? [];
      const looks = await world.call(style, { key: null });
      await looks.body?.cancel();
      equal(looks.status, 200, style);
    }
    for (const app of ["crm", "booking"]) {
      equal((await world.json(`/${app}/healthz`, { key: null })).status, 200);
      equal((await world.json(`/${app}/readyz`, { key: null })).status, 200);
      equal((await world.json(`/${app}/nothing`)).status, 404);
      const page = await (await world.call(`/${app}`, { key: null })).text();
      const [, style = ""] = /rel="stylesheet" href="([^"]+)"/.exec(page) ?? [];
      match(style, new RegExp(`^/${app}/`));
      equal((await world.call(style, { key: null })).status, 200);
      deepEqual((await world.json(`/${app}/openapi.json`)).body.servers, [{ url: `/${app}` }]);
      equal((await world.call(`/${app}/`)).headers.get("location"), `/${app}`);
    }
  });
});

Deno.test("K15: what is wrong with one of several apps is told by its own names, and stops no other", async () => {
  const { options } = twoApps({
    BOOKING_HIGHLEVEL_CLIENT_SECRET: undefined,
    BOOKING_ALERT_WEBHOOK_URL: "nowhere",
    HIGHLEVEL_CLIENT_SECRET: "is-no-fallback",
  });
  await using world = await startWorld(options);
  equal((await world.json("/crm/healthz")).status, 200);
  const { status, body } = await world.json("/booking/healthz");
  deepEqual([status, body.code], [503, "misconfigured"]);
  equal(
    body.detail,
    "This worker is not set up: BOOKING_HIGHLEVEL_CLIENT_SECRET is missing; " +
      "BOOKING_ALERT_WEBHOOK_URL must be an https URL without user and #.",
  );
});

Deno.test("two names for one app would share its objects: neither serves", async () => {
  const { crm, options } = twoApps();
  const BOOKING_HIGHLEVEL_CLIENT_ID = crm.app.clientId.replace(/-.*/, "-another1");
  await using world = await startWorld({
    ...options,
    variables: { ...options.variables, BOOKING_HIGHLEVEL_CLIENT_ID },
  });
  for (const app of ["crm", "booking"]) {
    const { status, body } = await world.json(`/${app}/healthz`);
    equal(status, 503);
    match(String(body.detail), /CRM_HIGHLEVEL_CLIENT_ID and|and CRM_HIGHLEVEL_CLIENT_ID/);
    match(String(body.detail), /must be of different apps/);
  }
});

Deno.test("names that are none serve nothing", async () => {
  const { options } = twoApps({ HIGHLEVEL_APPS: "crm,Booking" });
  await using world = await startWorld(options);
  for (const path of ["/healthz", "/crm/healthz"]) {
    const { status, body } = await world.json(path);
    equal(status, 503);
    match(String(body.detail), /HIGHLEVEL_APPS must be different names of a-z 0-9 _/);
  }
});

Deno.test("messages of an app whose settings are wrong wait, and hold up no other app's", async () => {
  const { crm, options } = twoApps({ BOOKING_HIGHLEVEL_CLIENT_SECRET: undefined });
  await using world = await startWorld({ ...options, entry: TEST_ENTRY });
  const location = crm.addLocation();
  const message = { jobId: "job", targets: [kindAndId(location)], since: 0, revives: true };
  const messages = [BOOKING.clientId, crm.app.clientId].map((id) => ({
    ...message,
    appId: id.split("-")[0],
  }));
  deepEqual(await world.handle("queue", { message: messages }), ["ack 1", "thrown"]);
});

Deno.test("an alarm that is the first thing after a restart reads the settings of its own app", async () => {
  const { crm, booking, options } = twoApps();
  const persist = await Deno.makeTempDir();
  {
    await using world = await startWorld({ ...options, persist });
    const location = booking.addLocation({ locationId: "sameLocation" });
    await put(world, location, { ...booking.install(location), expires_in: 20 }, "/booking");
    equal(booking.counts.refresh, 0);
    await world.restart();
    await until(() => booking.counts.refresh === 1);
    equal(crm.counts.total, 0);
  }
  await Deno.remove(persist, { recursive: true });
});
