import type { StoreListOptions, TokenStore } from "../stores/token_store.ts";
import { equal } from "./expect.ts";
import {
  type ContractTest,
  keysOfAllPages,
  type OpenStore,
  promisesOf,
  recordOf,
  type StorePromises,
} from "./promises_of.ts";

const ROUNDS = 30;
const STATUSES = ["connected", "paused", "broken"] as const;

/** One record of a round. */
interface Kept {
  readonly key: string;
  readonly status: (typeof STATUSES)[number];
  readonly dueAt?: number;
}

/** What lists promise of any records and any question: the same as looking at every record. */
export function randomListContract(
  open: OpenStore,
  { sortsByDue = false }: StorePromises,
): ContractTest[] {
  const { tests, promise } = promisesOf("lists", open);

  promise(
    "any records, asked for in any way and in pages of any size, are those asked for",
    async (store) => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const dice = new Dice(seed);
      for (let round = 1; round <= ROUNDS; round++) {
        const records = dice.records();
        for (const { key, ...summary } of records) await store.put(key, recordOf("", summary));
        await checkLists(store, records, dice, sortsByDue, `round ${round} of seed ${seed}`);
        for (const { key } of records) await store.delete(key);
      }
    },
  );
  return tests;
}

/** Asks in three ways, and compares with what looking at every record gives. */
async function checkLists(
  store: TokenStore,
  records: readonly Kept[],
  dice: Dice,
  sortsByDue: boolean,
  where: string,
): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const query = dice.query();
    const { prefix = "", status, dueBefore } = query;
    const isByDue = sortsByDue && dueBefore !== undefined;
    const expected = records
      .filter((kept) =>
        kept.key.startsWith(prefix) && kept.status === (status ?? kept.status) &&
        (dueBefore === undefined || (kept.dueAt ?? Infinity) < dueBefore)
      )
      .sort((a, b) => (isByDue && (a.dueAt ?? 0) - (b.dueAt ?? 0)) || (a.key < b.key ? -1 : 1));
    const found = await keysOfAllPages(store, query);
    equal(found, expected.map(({ key }) => key), `${where}: ${JSON.stringify(query)}`);
  }
}

/** Records and questions from a seed: mulberry32. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Up to 25 records with keys of their own. */
  records(): readonly Kept[] {
    const keys = new Set(Array.from({ length: this.#below(26) }, () => this.#key()));
    return [...keys].map((key) => {
      const status = this.#oneOf(STATUSES) ?? "connected";
      const dueAt = [undefined, this.#below(6) * 4, this.#next() * 20][this.#below(3)];
      return { key, status, ...dueAt !== undefined && { dueAt } };
    });
  }

  /** A question. */
  query(): StoreListOptions {
    const status = this.#below(2) === 0 ? undefined : this.#oneOf(STATUSES);
    return {
      limit: 1 + this.#below(9),
      ...this.#below(2) === 0 && { prefix: this.#oneOf(["", "a", "a/", "b_"]) ?? "" },
      ...status !== undefined && { status },
      ...this.#below(2) === 0 && { dueBefore: this.#below(24) },
    };
  }

  #key(): string {
    const characters = Array.from(
      { length: this.#below(5) },
      () => this.#oneOf([..."ABZ 09/_-a"]),
    );
    return `${this.#oneOf(["a", "b"])}${characters.join("")}${this.#oneOf(["c", "z"])}`;
  }

  #oneOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.#below(choices.length)];
  }

  #below(most: number): number {
    return Math.floor(this.#next() * most);
  }

  /** From 0 to 1. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
