import {
  Connections,
  generateSealingKey,
  MemoryStore,
  sealed,
  type StoredRecord,
  type TokenStore,
} from "../../../mod.ts";
import { duration, times } from "../quantity.ts";
import { compared, timed } from "../rounds.ts";
import { row } from "../row.ts";
import { atMost, type Row } from "../section.ts";
import { APP, storeLiving } from "./stored.ts";

const CONNECTIONS = 400;
const ROUNDS = 15;
const PASSES = 10;

/** `accessToken` on living connections in a sealed store: the call that opens a record, and those after it. */
export async function sealedToken(): Promise<Row[]> {
  const keys = [generateSealingKey()];
  const memory = new MemoryStore();
  const [first = "", ...ids] = await storeLiving(sealed(memory, { keys }), CONNECTIONS + 1);
  const bytes = await bodyBytes(memory);
  const bareOpens = await opens(bytes, CONNECTIONS);
  const openOnce = async (): Promise<number> =>
    await timed(async () => {
      for (const open of bareOpens) await open();
    }) / CONNECTIONS;
  const callAll = async (connections: Connections): Promise<number> =>
    await timed(async () => {
      for (const locationId of ids) await connections.accessToken({ locationId });
    }) / ids.length;
  const callAgain = async (connections: Connections): Promise<number> => {
    let sum = 0;
    for (let pass = 0; pass < PASSES; pass++) sum += await callAll(connections);
    return sum / PASSES;
  };
  // A store that knows its keys, and no record yet.
  const fresh = async (store: TokenStore): Promise<Connections> => {
    const connections = new Connections({ app: APP, store: sealed(store, { keys }) });
    await connections.accessToken({ locationId: first });
    return connections;
  };

  const opening = await compared(ROUNDS, async () => await callAll(await fresh(memory)), openOnce);
  const again = await compared(ROUNDS, async () => {
    const connections = await fresh(memory);
    await callAll(connections);
    return await callAgain(connections);
  }, openOnce);
  const parsed = await compared(ROUNDS, async () => {
    const connections = await fresh(parsing(memory));
    await callAll(connections);
    return await callAgain(connections);
  }, openOnce);
  const against = `one AES-GCM open of a text of ${bytes.toLocaleString("en")} B`;
  return [
    row("accessToken, sealed, first call", {
      value: opening.ours,
      reference: opening.reference,
      against,
      ratio: opening.ratio,
      show: duration,
      verdict: atMost(opening.ratio, 2, times),
    }),
    row("accessToken, sealed, each further call", {
      value: again.ours,
      reference: again.reference,
      against,
      ratio: again.ratio,
      show: duration,
      verdict: atMost(again.ratio, 0.1, times),
    }),
    row("…, over a store that parses anew (KV)", {
      value: parsed.ours,
      reference: parsed.reference,
      against,
      ratio: parsed.ratio,
      show: duration,
      verdict: atMost(parsed.ratio, 0.5, times),
    }),
  ];
}

/** `store`, but every read gives a record of its own, as stores outside of this process do. */
function parsing(store: TokenStore): TokenStore {
  return {
    get: async (key) => structuredCopy(await store.get(key)),
    put: (key, record, options) => store.put(key, record, options),
    delete: (key) => store.delete(key),
    list: (options) => store.list(options),
  };
}

function structuredCopy(record: StoredRecord | undefined): StoredRecord | undefined {
  return record && { ...record, summary: { ...record.summary } };
}

/** Bytes of a sealed record, as a cipher sees them. */
async function bodyBytes(store: TokenStore): Promise<number> {
  const key = (await store.list({ limit: 1 })).entries[0]?.key ?? "";
  const { body = "" } = await store.get(key) ?? {};
  return Math.floor((body.length - "s1.00000000.".length) * 3 / 4);
}

/**
 * Bare opens of texts of that many bytes, each another one, as a store has them: from base64, decrypt, to text. The key
 * is at hand. A loop of nothing but `decrypt` would keep the cipher's thread awake and flatter itself.
 */
async function opens(bytes: number, count: number): Promise<readonly (() => Promise<string>)[]> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const additionalData = new TextEncoder().encode("0123456789abcdef01234567/location/benchLocation00000000");
  return await Promise.all(Array.from({ length: count }, async () => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new Uint8Array(bytes - 28).fill(120);
    const sealedBytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain);
    const text = new Uint8Array([...iv, ...new Uint8Array(sealedBytes)]).toBase64();
    return async () => {
      const all = Uint8Array.fromBase64(text);
      const algorithm = { name: "AES-GCM", iv: all.subarray(0, 12), additionalData };
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, all.subarray(12)));
    };
  }));
}
