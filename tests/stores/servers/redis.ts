import { programAt, skipped } from "../../programs.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { type Server, untilListening } from "./servers.ts";

/** A Redis on loopback that keeps nothing after its end. */
export interface Redis extends Server {
  /** How it is reached. */
  readonly url: string;
}

/** Starts a Redis that writes every command to its file before it answers; `undefined`, said aloud, where none is installed. */
export async function startRedis(): Promise<Redis | undefined> {
  const program = programAt("redis-server");
  if (!program) {
    return void skipped("tests on a Redis server", "apt-get install -y --no-install-recommends redis-server");
  }
  const folder = await Deno.makeTempDir({ prefix: "highlevel-redis-" });
  const port = freePort();
  const start = async (): Promise<Deno.ChildProcess> => {
    const child = new Deno.Command(program, {
      args: [
        ...["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        ...["--appendonly", "yes", "--appendfsync", "always"],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await untilListening(port);
    return child;
  };
  let child = await start();
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.status;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    restart: async () => {
      await end();
      child = await start();
    },
    stop: async () => {
      await end();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
