import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { verifyStandardWebhook } from "../../src/webhooks/mod.ts";

const SECRET = `whsec_${btoa("0123456789abcdefghijklmn-new")}`;
const OLD = `whsec_${btoa("0123456789abcdefghijklmn-old")}`;
const STRANGE = `whsec_${btoa("0123456789abcdefghijklmn-???")}`;
const NOW = Date.parse("2026-11-27T12:00:00Z");
const BODY = `{"type":"connection.lost","name":"Zoë 지우"}`;

interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A webhook as the npm package `standardwebhooks` signs it. */
function signed(secret = SECRET, at = NOW, body = BODY): Signed {
  const signature = new Webhook(secret).sign("evt_1", new Date(at), body);
  const timestamp = `${Math.floor(at / 1000)}`;
  return {
    headers: { "webhook-id": "evt_1", "webhook-timestamp": timestamp, "webhook-signature": signature },
    body,
  };
}

const options = { secrets: [SECRET], now: () => NOW };

function request({ headers, body }: Signed): Request {
  return new Request("https://app.example/events", { method: "POST", headers, body });
}

async function refused(webhook: Signed, what: RegExp, given = options): Promise<void> {
  await assert.rejects(verifyStandardWebhook(webhook, given), (error) => {
    assert.ok(error instanceof HighLevelError && error.code === "invalid_webhook");
    assert.match(error.message, what);
    for (const secret of [SECRET, OLD, "Zoë"]) assert.ok(!error.message.includes(secret));
    return true;
  });
}

Deno.test("what the package standardwebhooks signs is taken, as a Request and as Node's frameworks have it", async () => {
  for (
    const webhook of [request(signed()), signed(), { ...signed(), body: new TextEncoder().encode(BODY) }]
  ) {
    const { id, sentAt, body, payload } = await verifyStandardWebhook(webhook, options);
    assert.deepEqual([id, sentAt.getTime(), new TextDecoder().decode(body)], ["evt_1", NOW, BODY]);
    assert.deepEqual(payload, JSON.parse(BODY));
  }
});

Deno.test("one of several signatures by one of several secrets will do", async () => {
  const [old, present] = [signed(OLD), signed()];
  const signatures = ["v1a,AAAA", old.headers["webhook-signature"], present.headers["webhook-signature"]]
    .join(" ");
  const both = { ...present, headers: { ...present.headers, "webhook-signature": signatures } };
  for (const secrets of [[SECRET], [OLD], [STRANGE, OLD]]) {
    await verifyStandardWebhook(both, { ...options, secrets });
  }
  await verifyStandardWebhook(old, { ...options, secrets: [SECRET, OLD] });
  await refused(both, /another secret/, { ...options, secrets: [STRANGE] });
});

Deno.test("what was altered, is too old or from the future, or lacks a header is refused", async () => {
  const good = signed();
  const withHeader = (name: string, value: string): Signed => ({
    ...good,
    headers: { ...good.headers, [name]: value },
  });
  await refused({ ...good, body: BODY.replace("lost", "back") }, /altered/);
  await refused(withHeader("webhook-id", "evt_2"), /altered/);
  await refused(withHeader("webhook-timestamp", `${NOW / 1000 + 1}`), /altered/);
  await refused(withHeader("webhook-id", ""), /lacks/);
  for (const wrong of ["", "soon", "1e9", "-5", "9".repeat(13)]) {
    await refused(withHeader("webhook-timestamp", wrong), /lacks/);
  }
  for (
    const wrong of ["", "v1", "v1,", "v1,%%%", "v1a,AAAA", good.headers["webhook-signature"]?.slice(3) ?? ""]
  ) {
    await refused(withHeader("webhook-signature", wrong), /lacks/);
  }
  for (const offMs of [-301_000, 301_000]) await refused(signed(SECRET, NOW + offMs), /off this clock/);
  for (const offMs of [-300_000, 300_000]) await verifyStandardWebhook(signed(SECRET, NOW + offMs), options);
  await refused(good, /off this clock/, Object.assign({ toleranceMs: NaN }, options));
  const large = signed(SECRET, NOW, "x".repeat(1_048_577));
  await refused(large, /1 MiB/);
});

Deno.test("a body that is no JSON, even no text, is checked all the same", async () => {
  const bytes = new Uint8Array([0xff, 0x00, 0xfe]);
  const timestamp = `${NOW / 1000}`;
  const key = atob(SECRET.slice(6));
  const hash = createHmac("sha256", key).update(`evt_1.${timestamp}.`).update(bytes).digest("base64");
  const headers = {
    "webhook-id": "evt_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${hash}`,
  };
  const { payload, body } = await verifyStandardWebhook({ headers, body: bytes }, options);
  assert.equal(payload, undefined);
  assert.deepEqual(body, bytes);
});

Deno.test("secrets that are none, and a body that was read, are the caller's mistake", async () => {
  for (const secrets of [[], ["whsec_c2hvcnQ="], ["no prefix"], [SECRET, ""], "whsec_", undefined, [1]]) {
    const given = Object.assign({ now: () => NOW }, { secrets });
    await assert.rejects(
      Reflect.apply(verifyStandardWebhook, undefined, [signed(), given]),
      (error) => error instanceof TypeError && /^secrets must/.test(error.message),
    );
  }
  await assert.rejects(Reflect.apply(verifyStandardWebhook, undefined, [signed()]), TypeError);
  const read = request(signed());
  await read.text();
  await assert.rejects(verifyStandardWebhook(read, options), TypeError);
});
