import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CloudflareKvStore,
  Connections,
  generateSealingKey,
  HighLevelError,
  MemoryStore,
  sealed,
  type TokenStore,
} from "../../mod.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";
import { damaged, fuzz } from "./fuzz.ts";

const SUMMARY = { status: "connected", updatedAt: 1 } as const;
const [FIRST, SECOND, OTHER] = [generateSealingKey(), generateSealingKey(), generateSealingKey()];
const KEY = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
const BODY = fc.string({ unit: "binary", maxLength: 3_000 });

fuzz(
  "what is sealed opens whole, by any of the keys it may open with, and by no other",
  fc.tuple(KEY, BODY),
  async ([key, body]) => {
    const inner = new MemoryStore();
    await sealed(inner, { keys: [FIRST] }).put(key, { format: 1, summary: SUMMARY, body });
    const envelope = (await inner.get(key))?.body ?? "";
    if (body.length > 4) assert.ok(!envelope.includes(body));
    // Lone surrogates have no bytes: they come back as the replacement character, as from any UTF-8.
    const whole = new TextDecoder().decode(new TextEncoder().encode(body));
    assert.equal((await sealed(inner, { keys: [SECOND, FIRST] }).get(key))?.body, whole);
    await assert.rejects(sealed(inner, { keys: [SECOND, OTHER] }).get(key), { code: "store_failed" });
  },
);

const BROKEN = fc.tuple(KEY, BODY, fc.nat(), fc.nat(255), fc.constantFrom("change", "cut", "add", "move"));

fuzz(
  "a sealed record changed in any place, or put under another key, does not open",
  BROKEN,
  async ([key, body, at, byte, how]) => {
    const inner = new MemoryStore();
    await sealed(inner, { keys: [FIRST] }).put(key, { format: 1, summary: SUMMARY, body });
    const envelope = (await inner.get(key))?.body ?? "";
    const where = at % envelope.length;
    const char = String.fromCharCode(byte);
    const changed = how === "change"
      ? envelope.slice(0, where) + char + envelope.slice(where + 1)
      : how === "cut"
      ? envelope.slice(0, where)
      : how === "add"
      ? envelope.slice(0, where) + char + envelope.slice(where)
      : envelope;
    const under = how === "move" ? `${key}x` : key;
    const store = sealed(inner, { keys: [FIRST] });
    await inner.put(under, { format: 1, summary: SUMMARY, body: changed });
    const isSealedStill = changed.startsWith("s1.");
    try {
      const opened = await store.get(under);
      // One that has lost its mark counts as a plain record, and holds nothing but its own sealed text.
      assert.ok(changed === envelope || !isSealedStill, `${how} at ${where} opened`);
      if (!isSealedStill) assert.equal(opened?.body, changed);
    } catch (error) {
      assert.ok(error instanceof HighLevelError && error.code === "store_failed", `threw ${error}`);
      assert.ok(body.length < 8 || !error.message.includes(body));
    }
  },
);

const CURSOR = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\0", "\u{10FFFF}", "%00", "../", "app/location/x", `{"a":1}`),
);

fuzz(
  "a cursor of anybody's making lists a page or is refused, and shows no other app's connections",
  CURSOR,
  async (cursor) => {
    using kv = await Deno.openKv(":memory:");
    const stores: TokenStore[] = [
      new MemoryStore(),
      new DenoKvStore(kv),
      new CloudflareKvStore(new FakeKvNamespace()),
    ];
    for (const store of stores) {
      const connect = (clientId: string): Connections =>
        new Connections({ app: { clientId, clientSecret: "secret" }, store, sleep: () => Promise.resolve() });
      const [ours, theirs] = [connect("aaa-1"), connect("bbb-1")];
      const tokens = {
        accessToken: "a",
        tokenType: "Bearer",
        expiresAt: new Date(2e12),
        scope: [],
        userType: "Location",
      } as const;
      for (const id of ["x1", "x2", "x3"]) await ours.save({ locationId: id }, tokens);
      await theirs.save({ locationId: "theirs" }, tokens);
      try {
        const { connections } = await ours.list({ cursor, limit: 2 });
        for (const { target } of connections) assert.match(target.locationId ?? "", /^x[123]$/);
      } catch (error) {
        const isRefusal = error instanceof TypeError ||
          (error instanceof HighLevelError && error.code === "store_failed");
        assert.ok(isRefusal, `threw ${error}`);
      }
    }
  },
);

const RECORD = fc.oneof(
  damaged(
    fc.constant(
      `{"version":1,"target":{"locationId":"x1"},"status":"connected","updatedAt":1,"tokens":{"accessToken":"a","expiresAt":"2030-01-01T00:00:00.000Z"}}`,
    ),
  )
    .map((bytes) => new TextDecoder().decode(bytes)),
  fc.json(),
  fc.string(),
);

fuzz("a stored record of any text is read, or told as store_failed", RECORD, async (body) => {
  const store = new MemoryStore();
  await store.put("aaa/location/x1", { format: 1, summary: SUMMARY, body });
  const connections = new Connections({
    app: {
      clientId: "aaa-1",
      clientSecret: "secret",
      fetch: () => Promise.resolve(new Response("", { status: 500 })),
    },
    store,
    sleep: () => Promise.resolve(),
  });
  for (const call of [connections.get({ locationId: "x1" }), connections.accessToken({ locationId: "x1" })]) {
    await call.then(
      undefined,
      (error: unknown) => assert.ok(error instanceof HighLevelError, `threw ${error}: ${body}`),
    );
  }
});
