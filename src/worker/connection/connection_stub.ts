import { keyOf } from "../../connections/connection_key.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { WorkerEnv } from "../env.ts";
import type { ConnectionApi } from "./connection_api.ts";

/** The object that owns the connection of `target`. */
export function connectionObject(
  env: Pick<WorkerEnv, "CONNECTIONS">,
  target: ConnectionTarget,
): ConnectionApi {
  return env.CONNECTIONS.get(env.CONNECTIONS.idFromName(keyOf("", target)));
}
