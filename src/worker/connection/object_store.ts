import { HighLevelError } from "../../oauth/mod.ts";
import type { PutOptions, RecordSummary, StoredRecord, StorePage, TokenStore } from "../../stores/mod.ts";
import type { Sql } from "../durable/object_sql.ts";
import { isDoneInTime } from "./is_done_in_time.ts";

/** KV is given this long for one write, ms; then the copy is made later. Only a tombstone waits for it. */
const LONGEST_COPY_MS = 3_000;
/** A caller waits this long for KV at most, ms. */
const MOMENT_MS = 1_000;

/** What an {@linkcode ObjectStore} needs of its object. */
export interface ObjectStoreHost {
  /** The object's SQLite. */
  readonly sql: Sql;
  /** The copy for readers. */
  readonly kv: TokenStore;
  /** What KV gets of the record under `key`. */
  readonly copyOf: (key: string, record: StoredRecord) => Promise<StoredRecord>;
  /** Called with every write, before anything is awaited: has the object look at what follows, also where it ends now. */
  readonly onWrite: () => Promise<void>;
  /** Called with a record that SQLite refused. */
  readonly onRefused: (summary: RecordSummary) => void;
  /** Called when KV has everything, or did not take what it lacks. */
  readonly onCopied: (isWhole: boolean) => Promise<void>;
}

/** The record of an object and its version. */
interface Held {
  readonly record: StoredRecord;
  readonly version: number;
}

/**
 * The store inside a connection's object: its own record in SQLite, authoritative, and a copy of every write through to
 * KV. What KV refuses is written later by {@linkcode ObjectStore.flush}. Keys of other things (what is known of the
 * Reconnect endpoint) live elsewhere: `kv` knows where.
 *
 * Where SQLite refuses a write, new tokens are written to KV all the same, and found there by the next instance of the
 * object: one that holds no record, or none that serves, looks into KV once.
 */
export class ObjectStore implements TokenStore {
  /** What is written here is durable before anything is sent: objects hold back their requests until then. */
  readonly keepsNotes = true;
  readonly #host: ObjectStoreHost;
  #flushing: Promise<boolean> | undefined;
  /** Writes to KV whose end is not known, also those given up: they may still land. */
  #pending = 0;
  /** The look into KV of this instance, and what it found that SQLite does not have. */
  #looking: Promise<void> | undefined;
  #found: Held | undefined;
  /** How often the copy was changed. */
  #changes = 0;
  /** The last record that SQLite refused and KV took, by its moment. */
  #rescuedAt = 0;

  /** A store in the object of `host`. */
  constructor(host: ObjectStoreHost) {
    this.#host = host;
  }

  /** The record under `key`. One of its own has a version. */
  async get(key: string): Promise<StoredRecord | undefined> {
    if (isShared(key)) return await this.#host.kv.get(key);
    if (!doesServe(this.#held(key), Date.now())) await this.#lookIntoKv(key);
    const held = this.#held(key);
    return held && { ...held.record, version: `${held.version}` };
  }

  /**
   * Writes the record here, then to KV. Resolves once it is durable here, so that what follows a write does not get lost
   * where the object ends while KV is slow. A tombstone waits for KV, which must not go on serving its token. A note that a
   * token is being spent stays here. Tells whether `ifVersion` allowed it, which counts for the object's own record only.
   *
   * @throws {HighLevelError} `store_failed` where SQLite takes no writes; tokens that are new are in KV then.
   */
  async put(
    key: string,
    { version: _read, ...record }: StoredRecord,
    options: PutOptions = {},
  ): Promise<boolean> {
    const { kv, onWrite, onRefused } = this.#host;
    if (isShared(key)) return await kv.put(key, record, options);
    const held = this.#held(key);
    const { ifVersion } = options;
    if (ifVersion !== undefined && ifVersion !== (held ? `${held.version}` : null)) return false;
    const isNote = record.summary.spendingSince !== undefined;
    try {
      // A version does not come again, not even after the record was deleted.
      this.#write(key, record, Math.max(Date.now(), (held?.version ?? 0) + 1), isNote && this.isCopied());
    } catch {
      onRefused(record.summary);
      if (!isNote) await this.#rescue(key, record, held);
      throw new HighLevelError(
        "store_failed",
        "A record could not be written: the object's SQLite refused it.",
      );
    }
    await onWrite();
    if (isNote) return true;
    const copying = this.flush().catch(() => false);
    if (record.summary.status === "forgotten") await copying;
    return true;
  }

  /** Removes the record here and in KV. */
  async delete(key: string): Promise<void> {
    const { sql, kv } = this.#host;
    if (!isShared(key)) sql.exec("DELETE FROM record WHERE key = ?", key);
    await kv.delete(key);
  }

  /** Every record here: one at most. */
  list(): Promise<StorePage> {
    const rows = this.#host.sql.exec("SELECT key FROM record").toArray();
    const entries = rows.flatMap(({ key }) => {
      const held = this.#held(String(key));
      return held ? [{ key: String(key), summary: held.record.summary }] : [];
    });
    return Promise.resolve({ entries });
  }

  /** What is known without opening the record under `key`, at once. */
  summary(key: string): RecordSummary | undefined {
    return this.#held(key)?.record.summary;
  }

  /** Writes to KV once more what it should have: it was found to lack that. A note that a token is being spent stays here. */
  async copyAgain(key: string): Promise<void> {
    while (this.#flushing) await this.#flushing;
    const summary = this.summary(key);
    if (!summary || summary.spendingSince !== undefined) return;
    this.#host.sql.exec("UPDATE record SET copied = 0 WHERE key = ?", key);
    await this.flush();
  }

  /**
   * Writes to KV another copy of the same record: {@linkcode ObjectStoreHost.copyOf} gives another one since a moment ago. That it is to be
   * written goes down before anything is awaited, so that it is also where the object ends now.
   */
  async changeCopy(key: string): Promise<void> {
    this.#changes++; // what is being copied right now is the one before
    this.#host.sql.exec("UPDATE record SET copied = 0 WHERE key = ?", key);
    await this.#host.onWrite();
    await this.flush();
  }

  /** Whether KV has everything. */
  isCopied(): boolean {
    return this.#host.sql.exec("SELECT 1 FROM record WHERE copied = 0").toArray().length === 0;
  }

  /** Waits a moment for the copy under way: a caller who is answered then finds in KV what was done for him. */
  async settled(): Promise<void> {
    if (this.#flushing) await isDoneInTime(this.#flushing, MOMENT_MS);
  }

  /** Copies to KV what it lacks; tells whether it has everything. One copy is under way at a time. */
  async flush(): Promise<boolean> {
    while (this.#flushing) await this.#flushing;
    this.#flushing = this.#copy();
    try {
      return await this.#flushing;
    } finally {
      this.#flushing = undefined;
    }
  }

  async #copy(): Promise<boolean> {
    const { sql, onCopied } = this.#host;
    let isWhole = true;
    for (const { key } of sql.exec("SELECT key FROM record WHERE copied = 0").toArray()) {
      const held = this.#held(String(key));
      if (!held) continue;
      // A former write may land after this one. Until it ended nothing counts as copied, and the schedule writes again; it
      // also does where the object is evicted meanwhile and forgets the former write.
      const isAlone = this.#pending++ === 0;
      const changes = this.#changes;
      const write = this.#putCopy(String(key), held.record).finally(() => this.#pending--);
      isWhole = await isDoneInTime(write, LONGEST_COPY_MS) && isAlone;
      if (!isWhole || this.#changes !== changes) break;
      sql.exec("UPDATE record SET copied = 1 WHERE key = ? AND version = ?", key, held.version);
    }
    isWhole &&= this.isCopied();
    await onCopied(isWhole);
    return isWhole;
  }

  async #putCopy(key: string, record: StoredRecord): Promise<void> {
    await this.#host.kv.put(key, await this.#host.copyOf(key, record));
  }

  /** Keeps in KV what SQLite refused, if that has other tokens than what is `held`, or none. */
  async #rescue(key: string, record: StoredRecord, held: Held | undefined): Promise<void> {
    const { summary } = record;
    const isNews = summary.status === "forgotten" || summary.expiresAt !== held?.record.summary.expiresAt;
    if (!isNews || summary.updatedAt === this.#rescuedAt) return;
    if (await isDoneInTime(this.#putCopy(key, record), LONGEST_COPY_MS)) {
      this.#rescuedAt = summary.updatedAt;
    }
  }

  /** Takes KV's record where it is newer than what is held here. Once: all that is written later is written here. */
  async #lookIntoKv(key: string): Promise<void> {
    const looking = this.#looking ??= this.#adopt(key);
    try {
      await looking;
    } catch (error) {
      if (this.#looking === looking) this.#looking = undefined;
      throw error;
    }
  }

  async #adopt(key: string): Promise<void> {
    const { kv, onWrite } = this.#host;
    const found = await kv.get(key).catch((error: unknown) => {
      if (error instanceof HighLevelError && error.reason === "unreadable") return undefined;
      throw error;
    });
    const held = this.#held(key);
    if (!found || found.summary.updatedAt <= (held?.record.summary.updatedAt ?? 0)) return;
    const { version: _ofKv, ...record } = found;
    const version = Math.max(Date.now(), (held?.version ?? 0) + 1);
    try {
      this.#write(key, record, version, true);
    } catch {
      this.#found = { record, version }; // SQLite takes no writes: it serves from memory
      return;
    }
    await onWrite();
  }

  #write(key: string, record: StoredRecord, version: number, isCopied: boolean): void {
    this.#host.sql.exec(
      `INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT (key)
       DO UPDATE SET value = excluded.value, version = excluded.version, copied = excluded.copied`,
      key,
      JSON.stringify(record),
      version,
      isCopied ? 1 : 0,
    );
    this.#found = undefined;
  }

  #held(key: string): Held | undefined {
    if (this.#found) return this.#found;
    const [row] = this.#host.sql.exec("SELECT value, version FROM record WHERE key = ?", key).toArray();
    return row && { record: JSON.parse(String(row.value)), version: Number(row.version) };
  }
}

/** Whether what is held is a usable token, or a tombstone, and no note stands that it is being spent. */
function doesServe(held: Held | undefined, now: number): boolean {
  const { status, expiresAt = 0, spendingSince } = held?.record.summary ?? {};
  return status === "forgotten" || status === "connected" && expiresAt > now && spendingSince === undefined;
}

/** Whether `key` is about the app and not about one connection. */
function isShared(key: string): boolean {
  return key.startsWith("app/");
}
