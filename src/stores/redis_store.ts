import { check, checkWhole, given } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isText } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { isListed } from "./is_listed.ts";
import { checkLeaseMs } from "./lease_length.ts";
import { isSummary, readRecord } from "./read_record.ts";
import { DELETE, PUT, RELEASE, RENEW, SHOW, SWEEP, TAKE } from "./redis_scripts.ts";
import { type ServerLeases, withServerLease } from "./server_lease.ts";
import { sortableNumber } from "./sortable_number.ts";
import type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { RecordSummary } from "./token_store.ts";
export type { ConnectionStatus } from "./status.ts";

/** Options of {@linkcode RedisStore}. */
export interface RedisStoreOptions {
  /** Sends one command and gives its reply; an error reply rejects. It always asks the primary. */
  readonly send: (command: string, ...args: string[]) => Promise<unknown>;
  /**
   * Goes before every key, in braces: in a cluster all of a store is in one slot.
   * @default {"highlevel"}
   */
  readonly prefix?: string;
  /**
   * How long the lock of a process that died keeps others waiting, ms, from 1,000 to 3,600,000.
   * @default {20_000}
   */
  readonly leaseMs?: number;
  /**
   * The clock, ms since the epoch. Decides what is dropped; leases go by the server's.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * About every so many writes of records that will be dropped, those that were to be dropped are removed. Chance says when: a
 * process that lives for one write would never count that far.
 */
const WRITES_PER_SWEEP = 100;
/** So many of them at once. */
const SWEPT = 500;

/** After every key in use: the greatest code point. */
const LAST = "\u{10FFFF}";
/** Between what an index sorts by and the key. */
const GAP = " ";

/**
 * Keeps records in Redis (5 or later) or what speaks its commands, with a lock that holds: every write looks at the version and at
 * the lock's fence in the same script, and leases go by the server's clock. No client is imported: `send` is a line over the one you
 * have. Only `HMGET`, `ZRANGEBYLEX`, `ZRANGEBYSCORE` and `EVAL` are used.
 *
 * Redis forgets what it has not written down: set `appendonly yes`, and `appendfsync always` where no second may be lost. What it
 * acknowledged and had not yet given to a replica is lost when that takes over.
 *
 * | client | `send` |
 * |---|---|
 * | `ioredis` | `(command, ...args) => redis.call(command, ...args)` |
 * | `redis` | `(command, ...args) => client.sendCommand([command, ...args])` |
 * | Upstash | a `fetch` with the command as a JSON list; see docs/STORES.md |
 *
 * @example
 * ```ts
 * // A stand-in; with ioredis it is `(command, ...args) => redis.call(command, ...args)`.
 * const sent: string[] = [];
 * const send = (command: string, ...args: string[]) => {
 *   sent.push(`${command} ${args[0]}`);
 *   return Promise.resolve([null, null, null, null]);
 * };
 * const store = new RedisStore({ send });
 * await store.get("app/location/l1C08ntBrFjLS0elLIYU");
 * if (sent[0] !== "HMGET {highlevel}:record:app/location/l1C08ntBrFjLS0elLIYU") throw new Error(sent[0]);
 * ```
 */
export class RedisStore implements TokenStore {
  /** What Redis acknowledged the next holder of a lock reads. */
  readonly keepsNotes = true;
  readonly #send: RedisStoreOptions["send"];
  readonly #prefix: string;
  readonly #leaseMs: number;
  readonly #now: () => number;
  readonly #leases: ServerLeases = {
    take: async (key, owner, leaseMs) => {
      const fence = await this.#eval(TAKE, [this.#leaseOf(key)], [owner, `${leaseMs}`]);
      return fence === "" ? undefined : Number(fence);
    },
    renew: (key, owner, leaseMs) => this.#eval(RENEW, [this.#leaseOf(key)], [owner, `${leaseMs}`]),
    release: (key, owner) => this.#eval(RELEASE, [this.#leaseOf(key)], [owner]),
  };

  /**
   * A store over `send`.
   *
   * @throws {TypeError} when `send` is no function, `prefix` has a brace, or `leaseMs` is no whole number from 1,000 to 3,600,000.
   */
  constructor(options: RedisStoreOptions) {
    const { send, prefix = "highlevel", leaseMs = 20_000, now = Date.now } = given(options);
    check(typeof send === "function", "send must be a function that sends one command and gives its reply");
    check(/^[^{}]+$/.test(prefix), "prefix must be a non-empty string without braces");
    checkLeaseMs(leaseMs);
    this.#send = send;
    this.#prefix = `{${prefix}}:`;
    this.#leaseMs = leaseMs;
    this.#now = now;
  }

  /**
   * The record under `key`, or `undefined`.
   *
   * @throws {HighLevelError} `store_failed` when something else is kept there.
   */
  async get(key: string): Promise<StoredRecord | undefined> {
    const fields = ["version", "summary", "body", "dropAt"];
    const [version, summary, body, dropAt] = texts(await this.#send("HMGET", this.#recordOf(key), ...fields));
    if (!version) return undefined;
    const value = { format: 1, summary: parsed(summary), body, ...dropAt && { dropAt: Number(dropAt) } };
    const record = readRecord(key, value, this.#now());
    return record && { ...record, version };
  }

  /** Writes `record` under `key`. Tells whether it was written: `ifVersion` and `fence` are checked in the same script. */
  async put(key: string, record: StoredRecord, { ifVersion, fence }: PutOptions = {}): Promise<boolean> {
    const { summary, body, dropAt } = record;
    const { status, dueAt } = summary;
    const now = this.#now();
    const answer = await this.#eval(
      PUT,
      [...this.#indexes(), this.#recordOf(key), this.#leaseOf(key)],
      [
        key,
        `${now}`,
        ifVersion === undefined ? "" : ifVersion === null ? "none" : `=${ifVersion}`,
        `${fence ?? ""}`,
        `${dropAt ?? ""}`,
        status === undefined ? "" : status + GAP + key,
        dueAt === undefined ? "" : sortableNumber(dueAt) + GAP + key,
        ...["version", crypto.randomUUID(), "summary", JSON.stringify(summary), "body", body],
      ],
    );
    const isSweepDue = dropAt !== undefined && Math.random() < 1 / WRITES_PER_SWEEP;
    if (isSweepDue) await this.#sweep(now).catch(() => {}); // of one that fails the next makes up
    return answer === "1";
  }

  /** Removes the record under `key`. */
  async delete(key: string): Promise<void> {
    await this.#eval(DELETE, [...this.#indexes(), this.#recordOf(key)], [key]);
  }

  /**
   * One page of keys in ascending order; with `dueBefore` in the order of `dueAt`, and of keys where that is equal. `limit` records
   * are looked at, so that a page is short where few of them are asked for.
   */
  async list(options: StoreListOptions = {}): Promise<StorePage> {
    const { prefix = "", limit = 100, cursor, status, dueBefore } = options;
    checkWhole("limit", limit, 1000);
    const { index, from, to } = this.#range(prefix, status, dueBefore);
    const isByKey = status === undefined && dueBefore === undefined;
    const start = cursor === undefined ? from : `(${cursor}`;
    const found = texts(await this.#send("ZRANGEBYLEX", index, start, to, "LIMIT", "0", `${limit + 1}`));
    const members = found.slice(0, limit);
    const keys = isByKey ? members : members.map((member) => member.slice(member.indexOf(GAP) + 1));
    const records = keys.map((key) => this.#recordOf(key));
    const shown = records.length === 0 ? [] : texts(await this.#eval(SHOW, records, []));
    const now = this.#now();
    const entries: StorePage["entries"][number][] = [];
    for (const [i, key] of keys.entries()) {
      const [summary, dropAt] = [parsed(shown[2 * i]), shown[2 * i + 1] || Infinity];
      const isAsked = isSummary(summary) && key.startsWith(prefix) && isListed(summary, options);
      if (isAsked && Number(dropAt) > now) entries.push({ key, summary });
    }
    return defined({ entries, cursor: found.length > limit ? members.at(-1) : undefined });
  }

  /**
   * Runs `run` while no other caller, in this process or another on the same Redis, runs with the same `key`, and gives it a fence for
   * its writes. A holder that dies, or is suspended for `leaseMs`, frees the lock. It is not told, but what it writes with its fence
   * is refused.
   */
  lock<T>(key: string, run: (fence: number) => Promise<T>): Promise<T> {
    return withServerLease(this.#leases, key, run, { leaseMs: this.#leaseMs });
  }

  /** The index that a list reads, and the part of it. */
  #range(prefix: string, status?: string, dueBefore?: number): { index: string; from: string; to: string } {
    const [byKey = "", byStatus = "", byDue = ""] = this.#indexes();
    if (dueBefore !== undefined) return { index: byDue, from: "-", to: `(${sortableNumber(dueBefore)}` };
    const start = status === undefined ? prefix : status + GAP + prefix;
    return { index: status === undefined ? byKey : byStatus, from: `[${start}`, to: `(${start}${LAST}` };
  }

  async #sweep(now: number): Promise<void> {
    const indexes = this.#indexes();
    const limit = ["LIMIT", "0", `${SWEPT}`];
    const keys = texts(await this.#send("ZRANGEBYSCORE", indexes[3] ?? "", "-inf", `${now}`, ...limit));
    if (keys.length === 0) return;
    await this.#eval(SWEEP, [...indexes, ...keys.map((key) => this.#recordOf(key))], [`${now}`, ...keys]);
  }

  #indexes(): string[] {
    return ["keys", "status", "due", "drop"].map((name) => this.#prefix + name);
  }

  #recordOf(key: string): string {
    return `${this.#prefix}record:${key}`;
  }

  #leaseOf(key: string): string {
    return `${this.#prefix}lease:${key}`;
  }

  /** What a script answers: a text, or a list of texts. */
  async #eval(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const reply = await this.#send("EVAL", script, `${keys.length}`, ...keys, ...args);
    if (!isText(reply) && !Array.isArray(reply)) throw noReply();
    return reply;
  }
}

/** The texts of a reply that is a list; what is none of them is missing. */
function texts(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw noReply();
  return reply.map((part) => isText(part) ? part : "");
}

function noReply(): HighLevelError {
  return new HighLevelError(
    "store_failed",
    "send must give Redis's reply as it is: see the client's line in docs/STORES.md.",
  );
}

/** The value of a JSON text, `undefined` where it is none. */
function parsed(text: string | undefined): unknown {
  return orUndefined<unknown>(() => JSON.parse(text ?? ""));
}
