import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { SqlValue } from "../../../src/stores/sql_store.ts";
import { sqlContract } from "./sql_contract.ts";

/** A worker that runs what it is sent, as a SqlStore in it would. */
const WORKER = `export default {
  async fetch(request, { DB }) {
    const { text, values } = await request.json();
    try {
      return Response.json({ results: (await DB.prepare(text).bind(...values).all()).results });
    } catch (error) {
      return Response.json({ error: error.message });
    }
  },
};`;

const miniflare = new Miniflare(convertV4MiniflareOptions({
  modules: [{ type: "ESModule", path: "worker.js", contents: WORKER }],
  compatibilityDate: "2026-10-20",
  d1Databases: ["DB"],
}));
const url = await miniflare.ready;
Deno.test.afterAll(() => miniflare.dispose());

interface Answer {
  readonly results?: Record<string, unknown>[];
  readonly error?: string;
}

const connect = () =>
  Promise.resolve({
    query: async (text: string, values: SqlValue[]) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify({ text, values }) });
      const { results = [], error }: Answer = await response.json<Answer>();
      if (error) throw new Error(error);
      return results;
    },
    end: () => {},
  });
sqlContract("SqlStore by D1", connect, { dialect: "sqlite", leaseMs: 3_000 });
