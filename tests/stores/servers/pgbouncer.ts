import { programAt, skipped } from "../../programs.ts";
import type { Postgres } from "./postgres.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { run, untilListening } from "./servers.ts";

/** A PgBouncer in front of a Postgres. */
export interface PgBouncer {
  /** How its database is reached. */
  readonly url: string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts a PgBouncer in transaction mode, with fewer connections than clients; `undefined`, said aloud, where none is installed. */
export async function startPgBouncer(postgres: Postgres): Promise<PgBouncer | undefined> {
  const program = programAt("pgbouncer");
  if (!program) {
    return void skipped("tests through PgBouncer", "apt-get install -y --no-install-recommends pgbouncer");
  }
  const folder = await Deno.makeTempDir({ prefix: "highlevel-pgbouncer-" });
  const port = freePort();
  await Deno.writeTextFile(
    `${folder}/pgbouncer.ini`,
    `[databases]
* = host=127.0.0.1 port=${postgres.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 300
default_pool_size = 4
logfile = ${folder}/log
`,
  );
  // Like Postgres it refuses to run as root.
  const isRoot = Deno.uid() === 0;
  if (isRoot) await run("chown", "-R", "postgres", folder);
  const asOwner = ["--reuid=postgres", "--regid=postgres", "--clear-groups", program];
  const child = new Deno.Command(isRoot ? "setpriv" : program, {
    args: [...isRoot ? asOwner : [], "-q", `${folder}/pgbouncer.ini`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await untilListening(port);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      child.kill("SIGKILL");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
