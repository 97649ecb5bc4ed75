import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { sqlContract } from "./sql_contract.ts";

const miniflare = new Miniflare(convertV4MiniflareOptions({
  modules: true,
  script: "export default { fetch: () => new Response() }",
  compatibilityDate: "2026-10-20",
  d1Databases: ["DB"],
}));
const database = await miniflare.getD1Database("DB");
Deno.test.afterAll(() => miniflare.dispose());

const connect = () =>
  Promise.resolve({
    query: async (text: string, values: (string | number | null)[]) =>
      (await database.prepare(text).bind(...values).all()).results,
    end: () => {},
  });
sqlContract("SqlStore by D1", connect, { dialect: "sqlite" });
