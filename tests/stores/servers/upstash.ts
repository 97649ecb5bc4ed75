import { installed } from "../../conformance/runtimes/installed.ts";
import type { Redis } from "./redis.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { untilListening } from "./servers.ts";

const STAND_IN = "@humanwhocodes/upstash-redis-server";

/** Upstash's REST API in front of a Redis. */
export interface Upstash {
  readonly url: string;
  readonly token: string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts a stand-in of Upstash's REST API. */
export async function startUpstash(redis: Redis): Promise<Upstash> {
  const folder = await installed({ [STAND_IN]: "1.0.0" });
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", `${folder}/node_modules/${STAND_IN}/dist/server.js`],
    cwd: folder,
    env: { URS_TOKEN: "the-token", PORT: `${port}`, REDIS_URL: redis.url },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await untilListening(port);
  return {
    url: `http://127.0.0.1:${port}`,
    token: "the-token",
    stop: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
