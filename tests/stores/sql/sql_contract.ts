import { type SqlDialect, SqlStore, type SqlStoreOptions } from "../../../src/stores/sql_store.ts";
import type { ContractClient, ContractStore, StorePromises } from "../../../src/testing/mod.ts";
import { contractTests } from "../contract_tests.ts";

/** One process's way to a database. */
export interface SqlClient {
  /** Runs a statement. */
  readonly query: SqlStoreOptions["query"];
  /** Lets go of it. */
  end(): Promise<unknown> | void;
}

/** What every SqlStore promises. */
export const SQL_PROMISES: StorePromises = {
  hasVersions: true,
  hasLock: true,
  sortsByDue: true,
  keepsNotes: true,
};

/** How {@linkcode sqlContract} runs. */
export interface SqlContractOptions {
  /** What its SQL is. */
  readonly dialect: SqlDialect;
  /**
   * Whether there may be several clients.
   * @default {true}
   */
  readonly isShared?: boolean;
  /** Skips the tests where there is no server. */
  readonly ignore?: boolean;
  /**
   * How long its leases last, ms: long enough for what is slow, else a living holder loses one.
   * @default {2_000}
   */
  readonly leaseMs?: number;
}

/** The contract of a SqlStore over one driver. */
export function sqlContract(
  name: string,
  connect: () => Promise<SqlClient>,
  { dialect, isShared = true, ignore = false, leaseMs = 2_000 }: SqlContractOptions,
): void {
  const open = async (now: () => number): Promise<ContractStore> => {
    const clients: SqlClient[] = [];
    const another = async (): Promise<ContractClient> => {
      const client = await connect();
      clients.push(client);
      let isCut = false;
      const query: SqlStoreOptions["query"] = async (text, values) => {
        if (isCut) throw new Error("the connection is cut");
        return await client.query(text, values);
      };
      return {
        store: new SqlStore({ query, dialect, now, leaseMs }),
        kill: () => void (isCut = true),
      };
    };
    const { store } = await another();
    if (store instanceof SqlStore) await store.migrate();
    for (const table of ["records", "leases"]) await clients[0]?.query(`delete from highlevel_${table}`, []);
    return {
      store,
      another,
      close: async () => {
        for (const client of clients) await client.end();
      },
    };
  };
  contractTests(name, open, { ...SQL_PROMISES, isShared }, { ignore, isSealedToo: false });
}
