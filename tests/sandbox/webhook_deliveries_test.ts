import assert from "node:assert/strict";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";
import { exchange } from "./client.ts";

const TEN_MINUTES_MS = 600_000;
const URL_ = "https://app.example/highlevel/webhook";

interface Clocked {
  readonly sandbox: Sandbox;
  readonly later: (ms: number) => void;
}

function world(options: SandboxOptions = {}): Clocked {
  let now = Date.UTC(2026, 10, 26);
  const sandbox = createSandbox({
    now: () => now,
    companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }],
    ...options,
  });
  return { sandbox, later: (ms) => void (now += ms) };
}

interface Taken {
  readonly url: string;
  readonly text: string;
  readonly signature: string | null;
}

interface Inbox {
  readonly taken: Taken[];
  readonly send: (request: Request) => Promise<Response>;
  /** What was told, as type and id. */
  readonly told: () => string[];
}

/** Takes webhooks and answers with these statuses, one after the other, the last for ever. */
function inbox(...statuses: number[]): Inbox {
  const taken: Taken[] = [];
  return {
    taken,
    async send(request) {
      const { url, headers } = request;
      taken.push({ url, text: await request.text(), signature: headers.get("x-ghl-signature") });
      const status = statuses[Math.min(taken.length, statuses.length) - 1] ?? 200;
      return new Response("seen", { status, headers: { "retry-after": "1" } });
    },
    told: () =>
      taken.map(({ text }) => {
        const { type, locationId, companyId } = JSON.parse(text);
        return `${type} ${locationId ?? companyId}`;
      }),
  };
}

Deno.test("a webhook answered 429 comes again every ten minutes, six times, with the same bytes", async () => {
  const { sandbox, later } = world();
  const { taken, send } = inbox(429);
  const delivery = await sandbox.sendWebhook(sandbox.webhook("INSTALL", { locationId: "sub" }), send, URL_);
  assert.deepEqual([delivery.attempts, delivery.statuses, delivery.isFinal], [1, [429], false]);
  for (let repeat = 1; repeat <= 6; repeat++) {
    later(TEN_MINUTES_MS - 1);
    assert.equal(await sandbox.redeliver(), 0, "Retry-After is not read");
    later(1);
    assert.equal(await sandbox.redeliver(), 1);
    assert.equal(delivery.attempts, 1 + repeat);
  }
  assert.deepEqual([delivery.isFinal, delivery.nextAt], [true, undefined]);
  later(TEN_MINUTES_MS);
  assert.equal(await sandbox.redeliver(), 0);
  assert.equal(taken.length, 7);
  assert.equal(new Set(taken.map((one) => JSON.stringify(one))).size, 1, "bytes, signature and URL");
  assert.equal(taken[0]?.url, URL_);
});

Deno.test("every answer but 429 is final, and so is none", async () => {
  const { sandbox, later } = world();
  for (const status of [200, 204, 302, 400, 401, 500, 503]) {
    const body = status === 204 ? null : "x";
    const delivery = await sandbox.sendWebhook(
      { type: "INSTALL" },
      () => Promise.resolve(new Response(body, { status })),
    );
    assert.deepEqual([delivery.isFinal, delivery.statuses], [true, [status]]);
  }
  const refused = await sandbox.sendWebhook("{}", () => Promise.reject(new TypeError("refused")));
  assert.deepEqual([refused.isFinal, refused.statuses, refused.attempts], [true, [0], 1]);
  later(TEN_MINUTES_MS);
  assert.equal(await sandbox.redeliver(), 0);

  const { send } = inbox(429, 503);
  const twice = await sandbox.sendWebhook("{}", send);
  later(TEN_MINUTES_MS);
  assert.equal(await sandbox.tick(), 1, "tick sends what is due too");
  assert.deepEqual([twice.isFinal, twice.statuses], [true, [429, 503]]);
});

Deno.test("a text is sent as it is, and its signature is true", async () => {
  const { sandbox } = world();
  const { taken, send } = inbox(200);
  const text = `{ "type":  "INSTALL" }`;
  await sandbox.sendWebhook(text, send);
  const { headers } = await sandbox.signWebhook(text);
  assert.deepEqual(taken.map((one) => [one.text, one.signature]), [[text, headers["x-ghl-signature"]]]);
});

Deno.test("subscribers hear of installs, uninstalls, transfers and deprecations by themselves", async () => {
  const { sandbox, later } = world({
    companies: [
      { companyId: "agency", locations: [{ locationId: "sub", versionId: "v1" }, { locationId: "paid" }] },
      { companyId: "rival" },
    ],
  });
  const { told, send } = inbox(200);
  const { deliveries } = sandbox.subscribe(URL_, send);
  sandbox.install({ locationId: "sub" });
  sandbox.transfer("sub", "rival");
  sandbox.deprecateVersion("v1", { noticeMs: 1_000 });
  await sandbox.tick();
  assert.deepEqual(told(), ["INSTALL sub", "INSTALL sub"]);
  later(1_000);
  assert.equal(await sandbox.tick(), 1);
  assert.deepEqual(told().slice(2), ["UNINSTALL sub"]);

  sandbox.uninstall({ companyId: "agency" });
  sandbox.uninstall({ locationId: "paid" });
  await sandbox.redeliver();
  assert.deepEqual(told().slice(3), ["UNINSTALL agency"], "it ends its locations, which are not told again");
  await exchange(sandbox, sandbox.authorize({ locationId: "paid" }));
  await exchange(sandbox, sandbox.authorize({ locationId: "paid" }));
  await sandbox.redeliver();
  assert.deepEqual(told().slice(4), ["INSTALL paid"], "a code that installs, not one that only renews");
  sandbox.transfer("sub", "agency");
  await sandbox.redeliver();
  assert.deepEqual(told().slice(5), [], "where nothing is installed a transfer is not told");
  assert.ok(deliveries.every(({ isFinal }) => isFinal) && deliveries.length === 5);
});

Deno.test("a subscriber hears in the background; every subscriber hears the same; an ended one nothing", async () => {
  const { sandbox } = world();
  const heard = Promise.withResolvers<void>();
  const [one, two] = [inbox(200), inbox(200)];
  sandbox.subscribe(URL_, one.send);
  const { remove } = sandbox.subscribe("https://other.example/", (request) => {
    heard.resolve();
    return two.send(request);
  });
  sandbox.uninstall({ locationId: "sub" });
  await heard.promise;
  await sandbox.redeliver();
  assert.equal(one.taken[0]?.text, two.taken[0]?.text);
  remove();
  sandbox.install({ locationId: "sub" });
  await sandbox.redeliver();
  assert.deepEqual([one.taken.length, two.taken.length], [2, 1]);
});

Deno.test("a subscriber that answers 429 gets it again", async () => {
  const { sandbox, later } = world();
  const { told, send } = inbox(429, 200);
  const { deliveries } = sandbox.subscribe(URL_, send);
  sandbox.install({ locationId: "sub" });
  assert.equal(await sandbox.redeliver(), 1);
  later(TEN_MINUTES_MS);
  assert.equal(await sandbox.redeliver(), 1);
  assert.deepEqual(told(), ["INSTALL sub", "INSTALL sub"]);
  assert.deepEqual(deliveries.map(({ statuses }) => statuses), [[429, 200]]);
});
