import pg from "pg";

/** Runs statements, with their values, one after another on the Postgres at `url`. */
export async function pgQuery(
  url: string,
  statements: readonly (readonly [text: string, values?: readonly unknown[]])[],
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const [text, values = []] of statements) await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}
