import { DatabaseSync } from "node:sqlite";
import { sqlContract } from "./sql_contract.ts";

const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

for (
  const [name, path, isShared] of [["a file", `${folder}/a.db`, true], ["memory", ":memory:", false]] as const
) {
  const connect = () => {
    const database = new DatabaseSync(path, { timeout: 5_000 });
    database.exec("pragma journal_mode = wal");
    return Promise.resolve({
      query: (text: string, values: (string | number | null)[]) => database.prepare(text).all(...values),
      end: () => database.close(),
    });
  };
  sqlContract(`SqlStore by node:sqlite in ${name}`, connect, { dialect: "sqlite", isShared });
}
