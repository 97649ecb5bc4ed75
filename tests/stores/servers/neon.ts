// @ts-types="@types/pg"
import pg from "pg";
import type { Postgres } from "./postgres.ts";

/** Neon's SQL over HTTP in front of a Postgres. */
export interface Neon {
  /** Where the driver sends its statements: `neonConfig.fetchEndpoint`. */
  readonly endpoint: string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Serves what Neon's driver asks for: each statement alone, rows as lists of texts, the types beside them. */
export function startNeon(postgres: Postgres): Neon {
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  const asText = { getTypeParser: () => (text: unknown) => text };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { query, params } = await request.json<{ query: string; params: unknown[] }>();
    try {
      const answer = await pool.query({ text: query, values: params, rowMode: "array", types: asText });
      const { command, rowCount, rows } = answer;
      const fields = answer.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
      return Response.json({ command, rowCount, rows, fields, rowAsArray: true });
    } catch (error) {
      const { message, code } = error instanceof pg.DatabaseError ? error : { message: `${error}`, code: "" };
      return Response.json({ message, code, severity: "ERROR" }, { status: 400 });
    }
  });
  return {
    endpoint: `http://127.0.0.1:${server.addr.port}/sql`,
    stop: async () => {
      await server.shutdown();
      await pool.end();
    },
  };
}
