import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { openBody, sealBody } from "../../../src/worker/events/kept_body.ts";
import { sealText } from "../../../src/worker/http/sealed_text.ts";
import { generateSealingKey } from "../../../src/stores/sealed.ts";
import { SEALING_KEY } from "../worker_world.ts";

const KEYS = [SEALING_KEY];
const HEADERS = { "x-ghl-signature": "s".repeat(88), "content-type": "application/json" };
/** What a row of an object's SQLite may hold (Cloudflare, Durable Objects, Limits). */
const MOST_ROW_BYTES = 2_000_000;

Deno.test("the largest webhook that is taken fits into a row, whatever its characters", async () => {
  for (const character of ['"', "\\", "\n", "a", "지"]) {
    const body = character.repeat(Math.floor(1_048_576 / new TextEncoder().encode(character).length));
    const sealed = await sealBody(KEYS, { from: "highlevel", headers: HEADERS, body });
    ok(sealed.length < MOST_ROW_BYTES - 10_000, `${JSON.stringify(character)}: ${sealed.length}`);
    equal((await openBody(KEYS, sealed))?.body, body);
  }
});

Deno.test("what was sealed opens to the same, and with another key to nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      const event = { from: "highlevel", headers: HEADERS, body: text.toWellFormed() } as const;
      deepEqual(await openBody(KEYS, await sealBody(KEYS, event)), event);
    }),
    { numRuns: 100 },
  );
  const event = { from: "reconnect", headers: {}, body: "{}\n" } as const;
  equal(await openBody([generateSealingKey()], await sealBody(KEYS, event)), undefined);
  // As the release before kept it.
  deepEqual(await openBody(KEYS, await sealText(KEYS, "event", JSON.stringify(event))), event);
});
