import assert from "node:assert/strict";
import fc from "fast-check";
import { verifyWebhook } from "../../src/webhooks/verify_webhook.ts";
import { type WebhookEvent, webhookEvent } from "../../src/webhooks/webhook_event.ts";
import { anything } from "../oauth/anything.ts";
import { createSigner, webhookRequest } from "./signed_webhook.ts";

const NOW = Date.UTC(2026, 10, 24, 10);
const signer = await createSigner();
const options = { publicKey: signer.publicKey, now: () => NOW };

const INSTALL = {
  type: "INSTALL",
  appId: "6637aef4b7c0e85d3b1f9d77",
  versionId: "6637aef4b7c0e85d3b1f9d78",
  installType: "Location",
  locationId: "l1C08ntBrFjLS0elLIYU",
  companyId: "ve9EPM428h8vShlRW1KT",
  userId: "RbGwzvU8KkXpcTBTWqGo",
  planId: "66a0419a0dffa47fb5f8b22f",
  companyName: "Café MARK & Sons",
  isWhitelabelCompany: true,
  timestamp: new Date(NOW).toISOString(),
  webhookId: "b5f1c0de-0000-4000-8000-000000000001",
};
const UNINSTALL = {
  type: "UNINSTALL",
  appId: INSTALL.appId,
  companyId: INSTALL.companyId,
  timestamp: INSTALL.timestamp,
  webhookId: INSTALL.webhookId,
};

Deno.test("a signed INSTALL is read with every documented field", async () => {
  assert.deepEqual(await verify(INSTALL), { ...INSTALL, timestamp: new Date(NOW) });
});

Deno.test("a signed INSTALL with only what must be there is read, whether a location's or an agency's", async () => {
  const { type, appId, timestamp, webhookId, locationId, companyId } = INSTALL;
  const base = { type, appId, webhookId, timestamp };
  for (const id of [{ locationId }, { companyId }, { locationId, companyId: null }]) {
    const expected = id.companyId === null ? { locationId } : id;
    assert.deepEqual(await verify({ ...base, ...id }), { ...base, ...expected, timestamp: new Date(NOW) });
  }
});

Deno.test("a signed UNINSTALL is read", async () => {
  const event = await verify(UNINSTALL);
  assert.deepEqual(event, { ...UNINSTALL, timestamp: new Date(NOW) });
});

Deno.test("another event keeps its type, ids and payload", async () => {
  const body = { type: "ContactCreate", locationId: "l1C08ntBrFjLS0elLIYU", id: "x y z", timestamp: NOW };
  const { webhookId, ...event } = await verify(body);
  assert.match(webhookId, /^sha256-/);
  assert.deepEqual(event, {
    type: "ContactCreate",
    locationId: "l1C08ntBrFjLS0elLIYU",
    timestamp: new Date(NOW),
    payload: body,
  });
});

Deno.test("fields of the wrong type that decide nothing are left out", async () => {
  const event = await verify({ ...INSTALL, companyName: 5, isWhitelabelCompany: "yes", installType: null });
  const { companyName: _, isWhitelabelCompany: _2, installType: _3, ...rest } = INSTALL;
  assert.deepEqual(event, { ...rest, timestamp: new Date(NOW) });
});

Deno.test("the default key is HighLevel's, and a stranger's signature does not pass it", async () => {
  await refuses(
    verifyWebhook(await signer.sign(JSON.stringify(INSTALL)), { now: () => NOW }),
    /does not match/,
  );
});

Deno.test("a body changed in any one byte does not pass", async () => {
  const text = JSON.stringify(UNINSTALL);
  const request = await signer.sign(text);
  const signature = request.headers.get("X-GHL-Signature") ?? "";
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ change;
      const forged = webhookRequest(altered, { "X-GHL-Signature": signature });
      await refuses(verifyWebhook(forged, options), /does not match/);
    }),
    { numRuns: 200 },
  );
  // Equal as JSON is not enough: the raw bytes are signed.
  const spaced = webhookRequest(JSON.stringify(UNINSTALL, null, 1), { "X-GHL-Signature": signature });
  await refuses(verifyWebhook(spaced, options), /does not match/);
});

Deno.test("a signature of another body, of other bytes, or that is no base64 does not pass", async () => {
  const body = JSON.stringify(INSTALL);
  const other = (await signer.sign("{}")).headers.get("X-GHL-Signature") ?? "";
  const cases: [string, RegExp][] = [
    [other, /does not match/],
    [btoa("\0".repeat(64)), /does not match/],
    ["", /64 bytes/],
    [btoa("short"), /64 bytes/],
    [`${other}AAAA`, /64 bytes/],
    [`${other}, ${other}`, /64 bytes/],
    ["not base64!", /64 bytes/],
  ];
  for (const [signature, message] of cases) {
    await refuses(verifyWebhook(await signer.sign(body, { "X-GHL-Signature": signature }), options), message);
  }
});

Deno.test("the withdrawn header is refused by name, also with a good signature in it", async () => {
  const good = (await signer.sign("{}")).headers.get("X-GHL-Signature") ?? "";
  await refuses(
    verifyWebhook(webhookRequest("{}", { "X-WH-Signature": good }), options),
    /no X-GHL-Signature.*X-WH-Signature is withdrawn/,
  );
  await refuses(verifyWebhook(webhookRequest("{}", {}), options), /no X-GHL-Signature/);
});

Deno.test("a timestamp passes for a day, and 5 minutes ahead of this clock, and not beyond", async () => {
  const cases: [number, RegExp | undefined][] = [
    [0, undefined],
    [-300_000, undefined],
    [300_000, undefined],
    [-3_600_000, undefined],
    [-86_400_000, undefined],
    [-86_400_001, /86400.001 s old, more than the 86400 s allowed/],
    [300_001, /300.001 s ahead of this clock, more than the 300 s allowed/],
    [86_400_000, /86400 s ahead/],
  ];
  for (const [offset, message] of cases) {
    for (const timestamp of [new Date(NOW + offset).toISOString(), NOW + offset]) {
      if (message) await refuses(verify({ ...UNINSTALL, timestamp }), message);
      else assert.equal((await verify({ ...UNINSTALL, timestamp })).timestamp.getTime(), NOW + offset);
    }
  }
  const old = JSON.stringify({ ...UNINSTALL, timestamp: NOW - 3000 });
  await refuses(
    verifyWebhook(await signer.sign(old), { ...options, toleranceMs: 2000 }),
    /3 s old.*2 s allowed/,
  );
  await refuses(verifyWebhook(await signer.sign(old), { ...options, toleranceMs: NaN }), /allowed/);
  await refuses(verifyWebhook(await signer.sign(old), { ...options, now: () => NaN }), /allowed/);
});

for (
  const [field, value] of [
    ["type", undefined],
    ["type", ""],
    ["type", 5],
    ["appId", undefined],
    ["appId", "a b"],
    ["locationId", "../../x"],
    ["locationId", { $ne: null }],
    ["companyId", "x".repeat(129)],
    ["companyId", ["ve9EPM428h8vShlRW1KT"]],
    ["userId", "MARK MARK"],
    ["webhookId", "a/b"],
    ["timestamp", "soon"],
    ["timestamp", true],
    ["timestamp", 1e300],
  ] as const
) {
  Deno.test(`a signed INSTALL with ${field} ${JSON.stringify(value)?.slice(0, 30)} is refused by the field's name`, async () => {
    await refuses(verify({ ...INSTALL, [field]: value }), new RegExp(`field "${field}"`));
  });
}

Deno.test("an INSTALL or UNINSTALL of nothing is refused", async () => {
  for (const body of [INSTALL, UNINSTALL]) {
    await refuses(
      verify({ ...body, locationId: null, companyId: undefined }),
      /field "locationId or companyId"/,
    );
  }
});

Deno.test("signed bodies that are no JSON object are refused", async () => {
  const invalidUtf8 = new Uint8Array([0x22, 0xff, 0x22]);
  for (const body of ["", "MARK", "{", '{"type":"INSTALL"', invalidUtf8]) {
    await refuses(verifyWebhook(await signer.sign(body), options), /no JSON object/);
  }
  for (const body of ["null", "5", '"MARK"', "[]", `[${JSON.stringify(INSTALL)}]`]) {
    await refuses(verifyWebhook(await signer.sign(body), options), /no JSON object/);
  }
  await refuses(
    verifyWebhook(
      new Request("https://app.example", { headers: { "X-GHL-Signature": btoa("\0".repeat(64)) } }),
      options,
    ),
    /does not match/,
  );
});

Deno.test("fields come from the body itself, never from a prototype, and no prototype is changed", async () => {
  const { appId, ...rest } = INSTALL;
  const polluting =
    `{"__proto__":{"appId":"${appId}","polluted":1},"constructor":{"prototype":{"polluted":1}},${
      JSON.stringify(rest).slice(1)
    }`;
  await refuses(verifyWebhook(await signer.sign(polluting), options), /field "appId"/);

  const inherited = Object.assign(Object.create({ appId }), rest);
  const defaults = { timestamp: new Date(NOW), webhookId: "w" };
  await refuses(Promise.try(() => webhookEvent(inherited, defaults)), /field "appId"/);

  const other = `{"__proto__":{"polluted":1},"type":"__proto__","timestamp":${NOW}}`;
  const event = await verifyWebhook(await signer.sign(other), options);
  assert.equal(event.type, "__proto__");
  assert.ok(!("polluted" in event) && !("polluted" in {}));
});

Deno.test("a body over 1 MiB is refused without being read to its end; 1 MiB is not", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const request = webhookRequest(endless, { "X-GHL-Signature": btoa("\0".repeat(64)) });
  await refuses(verifyWebhook(request, options), /larger than 1 MiB/);
  assert.ok(pulled < 25, `${pulled} chunks`);

  const text = JSON.stringify(UNINSTALL);
  const largest = text.padEnd(1024 * 1024);
  assert.equal((await verifyWebhook(await signer.sign(largest), options)).type, "UNINSTALL");
  await refuses(verifyWebhook(await signer.sign(`${largest} `), options), /larger than 1 MiB/);
});

Deno.test("a body that comes in pieces of one byte is read whole", async () => {
  const text = JSON.stringify(INSTALL);
  const signature = (await signer.sign(text)).headers.get("X-GHL-Signature") ?? "";
  const bytes = new TextEncoder().encode(text);
  const pieces = ReadableStream.from([...bytes].map((byte) => new Uint8Array([byte])));
  const event = await verifyWebhook(webhookRequest(pieces, { "X-GHL-Signature": signature }), options);
  assert.equal(event.type, "INSTALL");
});

Deno.test("the caller's own mistakes are TypeErrors", async () => {
  const used = await signer.sign(JSON.stringify(INSTALL));
  await used.text();
  await assert.rejects(verifyWebhook(used, options), { name: "TypeError", message: /before anything reads/ });
  for (const publicKey of ["", "MARK", btoa("MARK"), `A${signer.publicKey.slice(1)}`]) {
    const request = await signer.sign(JSON.stringify(INSTALL));
    await assert.rejects(verifyWebhook(request, { ...options, publicKey }), {
      name: "TypeError",
      message: /^publicKey must/,
    });
  }
});

Deno.test("an event that is no installation is not lost for a timestamp that is none; an installation is refused", async () => {
  for (const timestamp of ["yesterday", `${NOW}`, {}, [], true, null]) {
    const event = await verify({ type: "ContactCreate", webhookId: "w-1", timestamp });
    assert.deepEqual([event.type, event.webhookId, event.timestamp.getTime()], ["ContactCreate", "w-1", NOW]);
    if (timestamp !== null) await refuses(verify({ ...UNINSTALL, timestamp }), /timestamp/);
  }
});

Deno.test("a genuine body without timestamp and id is taken as sent now, under a hash of its bytes", async () => {
  const { timestamp: _, webhookId: __, ...bare } = INSTALL;
  const [first, again, other] = [
    await verify(bare),
    await verify(bare),
    await verify({ ...bare, planId: "p" }),
  ];
  assert.equal(first.timestamp.getTime(), NOW);
  assert.match(first.webhookId, /^sha256-[A-Za-z0-9_-]{43}$/);
  assert.equal(again.webhookId, first.webhookId);
  assert.notEqual(other.webhookId, first.webhookId);
  assert.equal((await verify({ ...bare, timestamp: "", webhookId: "" })).timestamp.getTime(), NOW);
});

Deno.test("an empty id is no id, in whichever field", async () => {
  const { appId, locationId, timestamp, webhookId } = INSTALL;
  const empty = { companyId: "", userId: "", planId: "", versionId: "" };
  const event = await verify({ type: "INSTALL", appId, locationId, timestamp, webhookId, ...empty });
  assert.deepEqual(Object.keys(event).sort(), ["appId", "locationId", "timestamp", "type", "webhookId"]);
  assert.equal((await verify({ ...INSTALL, locationId: "" })).locationId, undefined);
  await refuses(verify({ ...INSTALL, locationId: "", companyId: "" }), /field "locationId or companyId"/);
});

Deno.test("what HighLevel tells of a white label is read", async () => {
  const whitelabelDetails = { domain: "app.hyper.example", logoUrl: "https://hyper.example/logo.png" };
  const event = await verify({ ...INSTALL, isWhitelabelCompany: true, whitelabelDetails });
  assert.ok(event.type === "INSTALL" && "whitelabelDetails" in event);
  assert.deepEqual([event.isWhitelabelCompany, event.whitelabelDetails], [true, whitelabelDetails]);
  const odd = await verify({ ...INSTALL, isWhitelabelCompany: "yes", whitelabelDetails: "none" });
  assert.ok(!("isWhitelabelCompany" in odd) && !("whitelabelDetails" in odd));
});

Deno.test("another event passes whatever its ids look like", async () => {
  const event = await verify({ type: "ContactCreate", appId: { a: 1 }, locationId: "../..", id: "c" });
  assert.ok("payload" in event && event.locationId === undefined && event.appId === undefined);
});

Deno.test("headers and raw body are taken as Node's frameworks have them", async () => {
  const text = JSON.stringify(INSTALL);
  const signature = (await signer.sign(text)).headers.get("X-GHL-Signature") ?? "";
  const bytes = new TextEncoder().encode(text);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  for (const body of [text, bytes, bytes.buffer, shared]) {
    for (
      const headers of [
        { "x-ghl-signature": signature },
        { "X-GHL-Signature": [signature] },
        new Headers({ "X-GHL-Signature": signature }),
      ]
    ) {
      assert.equal((await verifyWebhook({ headers, body }, options)).webhookId, INSTALL.webhookId);
    }
  }
  await refuses(verifyWebhook({ headers: {}, body: text }, options), /no X-GHL-Signature/);
  await refuses(
    verifyWebhook({ headers: { "x-ghl-signature": signature }, body: `${text} ` }, options),
    /does not match/,
  );
  await refuses(
    verifyWebhook({ headers: { "x-ghl-signature": signature }, body: "x".repeat(1_048_577) }, options),
    /larger than 1 MiB/,
  );
  const parsed: object = { headers: { "x-ghl-signature": signature }, body: JSON.parse(text) };
  for (const given of [parsed, { headers: { "x-ghl-signature": signature } }, {}]) {
    await assert.rejects(verifyWebhook(anything(given), options), { name: "TypeError" });
  }
});

async function verify(body: Record<string, unknown>): Promise<WebhookEvent> {
  return await verifyWebhook(await signer.sign(JSON.stringify(body)), options);
}

async function refuses(result: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(result, (error: unknown) => {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "invalid_webhook");
    assert.match(error.message, message);
    assert.ok(!Deno.inspect(error).replace(/\n\s+at [^]*/, "").includes("MARK"), "shows the body");
    return true;
  });
}
