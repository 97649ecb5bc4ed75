import { Connections, generateSealingKey, MemoryStore, sealed, type StoredRecord } from "../../../mod.ts";
import { type Check, equal, holds, rejection } from "../check.ts";
import { LOCATION, world } from "../world.ts";

const KEY = "app/location/l1C08ntBrFjLS0elLIYU";
const RECORD: StoredRecord = {
  format: 1,
  summary: { status: "connected", updatedAt: 1 },
  body: JSON.stringify({ secret: "Ünïcödé ✓" }),
};

/** Encryption of records: AES-256-GCM of WebCrypto. */
export const sealingChecks: readonly Check[] = [
  {
    name: "a connection lives in a sealed store, and the store shows none of its secrets",
    async run() {
      const inner = new MemoryStore();
      const { sandbox, app, connections, connect, expire, another } = world({
        store: sealed(inner, { keys: [generateSealingKey()] }),
      });
      await connect(LOCATION);
      expire();
      const token = await connections.accessToken(LOCATION);
      equal(await another().accessToken(LOCATION), token, "another process's token");
      const [entry] = (await inner.list()).entries;
      const kept = JSON.stringify(await inner.get(entry?.key ?? ""));
      holds(kept.includes("connected"), "the summary is readable");
      holds(sandbox.issuedSecrets().every((secret) => !kept.includes(secret)), "no token is");
      holds(!kept.includes(app.clientSecret), "nor the client secret");
    },
  },
  {
    name: "keys rotate: the first seals, all open, a dropped one no longer does",
    async run() {
      const inner = new MemoryStore();
      const [older, newer] = [generateSealingKey(), generateSealingKey()];
      await sealed(inner, { keys: [older] }).put(KEY, RECORD);
      const both = sealed(inner, { keys: [newer, older] });
      const opened = await both.get(KEY);
      equal(opened?.body, RECORD.body, "the record");
      equal((await rejection(sealed(inner, { keys: [newer] }).get(KEY))).code, "store_failed");
      await both.put(KEY, opened ?? RECORD);
      equal((await sealed(inner, { keys: [newer] }).get(KEY))?.body, RECORD.body, "the record sealed anew");
    },
  },
  {
    name: "an altered record does not open, whichever byte it is",
    async run() {
      const inner = new MemoryStore();
      const keys = [generateSealingKey()];
      await sealed(inner, { keys }).put(KEY, RECORD);
      const kept = await inner.get(KEY) ?? RECORD;
      for (let at = 12; at < kept.body.length - 2; at += 7) {
        const other = kept.body[at] === "A" ? "B" : "A";
        const body = kept.body.slice(0, at) + other + kept.body.slice(at + 1);
        await inner.put(KEY, { ...kept, body });
        equal((await rejection(sealed(inner, { keys }).get(KEY))).code, "store_failed", `byte ${at}`);
      }
    },
  },
  {
    name: "a record does not open under another connection's key",
    async run() {
      const inner = new MemoryStore();
      const keys = [generateSealingKey()];
      await sealed(inner, { keys }).put(KEY, RECORD);
      await inner.put(`${KEY}2`, await inner.get(KEY) ?? RECORD);
      equal((await rejection(sealed(inner, { keys }).get(`${KEY}2`))).code, "store_failed");
    },
  },
  {
    name: "what one runtime sealed another opens",
    async run() {
      // Sealed once under Deno; base64 and AES-GCM must mean the same everywhere.
      const store = new MemoryStore();
      await store.put(KEY, { ...RECORD, body: SEALED_ELSEWHERE });
      const opened = await sealed(store, { keys: [FIXED_KEY] }).get(KEY);
      equal(opened?.body, RECORD.body, "the record");
    },
  },
  {
    name: "a wrong key is refused at once by a TypeError that does not show it",
    run() {
      const wrong = btoa("only 16 bytes ok");
      try {
        sealed(new MemoryStore(), { keys: [wrong] });
      } catch (error) {
        holds(
          error instanceof TypeError && !error.message.includes(wrong),
          "it is a TypeError that hides it",
        );
        return Promise.resolve();
      }
      throw new Error("it was taken");
    },
  },
  {
    name: "plain records are read as they are, so that sealing can be switched on",
    async run() {
      const inner = new MemoryStore();
      const { app, connect, now } = world({ store: inner });
      const { accessToken } = await connect(LOCATION);
      const store = sealed(inner, { keys: [generateSealingKey()] });
      equal(await new Connections({ app, store, now }).accessToken(LOCATION), accessToken, "the token");
    },
  },
];

const FIXED_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const SEALED_ELSEWHERE =
  "s1.3eb1bd43.2FmaHGsmLhNpm+QhVpT+V21kunSpdzj/DdI7hEE8x4L2dJqvDNLDQ/BraIwFUhNCba/bf5TAXME=";
