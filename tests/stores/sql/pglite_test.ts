import { PGlite } from "@electric-sql/pglite";
import { sqlContract } from "./sql_contract.ts";

const database = await PGlite.create();
Deno.test.afterAll(() => database.close());

// One connection, one process: it proves the SQL, where there is no server too. Races are for the servers.
const connect = () =>
  Promise.resolve({
    query: async (text: string, values: (string | number | null)[]) =>
      (await database.query<Record<string, unknown>>(text, values)).rows,
    end: () => {},
  });
sqlContract("SqlStore by PGlite", connect, { dialect: "postgres", isShared: false });
