import assert from "node:assert/strict";
import fc from "fast-check";
import { HighLevelError, verifyWebhook } from "../../mod.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { damaged, fuzz, jsonWith } from "./fuzz.ts";

const sandbox = createSandbox({ seed: 3, locations: [{ locationId: "fuzzed" }] });
const NAMES =
  "type appId versionId installType companyId locationId userId planId companyName isWhitelabelCompany timestamp webhookId"
    .split(" ");
const VALUES = [
  "INSTALL",
  "UNINSTALL",
  "fuzzed",
  "../x",
  new Date().toISOString(),
  Date.now(),
  "0",
  "b5f1c0de-0000-4000-8000-000000000001",
];
const GENUINE = fc.constantFrom("INSTALL", "UNINSTALL").map((type) =>
  JSON.stringify(sandbox.webhook(type === "INSTALL" ? "INSTALL" : "UNINSTALL", { locationId: "fuzzed" }))
);

async function verify(body: Uint8Array<ArrayBuffer>, signature: string): Promise<unknown> {
  const request = new Request("https://app.example/hooks", { method: "POST", body });
  request.headers.set("x-ghl-signature", signature.replace(/[^\x20-\x7e]/g, ""));
  try {
    return await verifyWebhook(request, { publicKey: await sandbox.webhookPublicKey() });
  } catch (error) {
    assert.ok(error instanceof HighLevelError && error.code === "invalid_webhook", `threw ${error}`);
    return undefined;
  }
}

const SIGNED_JSON = fc.oneof(jsonWith(NAMES, VALUES), fc.jsonValue());

fuzz(
  "a signed webhook of any JSON is an event whose ids are ids, or is refused",
  SIGNED_JSON,
  async (value) => {
    const text = JSON.stringify(value);
    const { headers } = await sandbox.signWebhook(text);
    const event = await verify(new TextEncoder().encode(text), headers["x-ghl-signature"] ?? "");
    if (event === undefined) return;
    assert.ok(typeof event === "object" && event !== null);
    for (const name of ["appId", "companyId", "locationId", "webhookId"]) {
      const id: unknown = Reflect.get(event, name);
      if (id !== undefined) assert.match(String(id), /^[A-Za-z0-9_-]{1,128}$/);
    }
  },
);

const ALTERED = fc.record({ body: damaged(GENUINE), genuine: GENUINE, signature: fc.option(fc.string()) });

fuzz(
  "a webhook altered in any byte, of body or signature, is refused",
  ALTERED,
  async ({ body, genuine, signature }) => {
    const { headers } = await sandbox.signWebhook(genuine);
    const isSame = signature === null && new TextDecoder().decode(body) === genuine;
    const event = await verify(body, signature ?? headers["x-ghl-signature"] ?? "");
    assert.equal(event !== undefined, isSame);
  },
);
