import { programAt, skipped } from "../../programs.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { run, type Server, untilListening } from "./servers.ts";

/** A Postgres on loopback that keeps nothing after its end. */
export interface Postgres extends Server {
  /** How its database is reached. */
  readonly url: string;
}

const OPTIONS =
  "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200";

/** Starts a Postgres; `undefined`, said aloud, where none is installed. `settings` are added to its command line. */
export async function startPostgres(settings = ""): Promise<Postgres | undefined> {
  const [initdb, pgCtl] = [programAt("initdb"), programAt("pg_ctl")];
  if (!initdb || !pgCtl) {
    return void skipped(
      "tests on a Postgres server",
      "apt-get install -y --no-install-recommends postgresql",
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "highlevel-postgres-" });
  // Postgres refuses to run as root.
  const isRoot = Deno.uid() === 0;
  if (isRoot) await run("chown", "postgres", folder);
  const asOwner = (program: string, ...args: string[]): Promise<void> =>
    isRoot ? run("runuser", "-u", "postgres", "--", program, ...args) : run(program, ...args);
  await asOwner(
    initdb,
    ...[
      "-D",
      `${folder}/data`,
      "-A",
      "trust",
      "-U",
      "postgres",
      "--no-sync",
      "--locale=C.UTF-8",
      "-E",
      "UTF8",
    ],
  );
  const port = freePort();
  const control = (...args: string[]): Promise<void> =>
    asOwner(
      pgCtl,
      ...["-D", `${folder}/data`, "-w", "-s", "-l", `${folder}/log`],
      ...["-o", `${OPTIONS} -p ${port} ${settings}`, ...args],
    );
  await control("start");
  await untilListening(port);
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    restart: () => control("restart", "-m", "immediate"),
    stop: async () => {
      await control("stop", "-m", "immediate");
      await Deno.remove(folder, { recursive: true });
    },
  };
}
