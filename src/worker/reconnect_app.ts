import { keyOf } from "../connections/host.ts";
import { appIdOf } from "../oauth/host.ts";
import type { ConnectionTarget } from "../oauth/mod.ts";
import type { ConnectionApi } from "./connection/connection_api.ts";
import { type Words, wordsReader } from "./dashboard/words.ts";
import type { DirectoryApi } from "./directory/directory_api.ts";
import { calling } from "./durable/call.ts";
import type { ObjectNamespace, WorkerEnv } from "./env.ts";
import type { EventEndpointApi } from "./events/endpoint_api.ts";
import type { JobApi } from "./recovery_job/job_api.ts";
import { readSettings, type Settings } from "./settings.ts";
import { MisconfiguredError } from "./settings/misconfigured_error.ts";

/** One marketplace app as this worker serves it: its settings, and the objects that are its own. */
export interface ReconnectApp {
  /** HighLevel's id of the app. It stands first in the name of every object and in every key of KV. */
  readonly id: string;
  /** Bindings and raw settings. */
  readonly env: WorkerEnv;
  /** Checked settings. */
  readonly settings: Settings;
  /** The object that owns the connection of `target`. */
  readonly connection: (target: ConnectionTarget) => ConnectionApi;
  /** The object of a bulk recovery. */
  readonly job: (id: string) => JobApi;
  /** The object that lists and counts all connections. */
  readonly directory: () => DirectoryApi;
  /** The object of an address that events are sent to, by its name in `endpoints_of.ts`. */
  readonly endpoint: (name: string) => EventEndpointApi;
  /** The dashboard's words in a language, which messages are written in too; each file is read once. */
  readonly words: (language: string) => Promise<Words>;
}

/**
 * The app that the settings in `env` describe.
 *
 * @throws {MisconfiguredError} where they do not do.
 */
export function reconnectApp(env: WorkerEnv): ReconnectApp {
  const result = readSettings(env);
  if (!result.ok) throw new MisconfiguredError(result.problems);
  const { settings } = result;
  const id = appIdOf(settings.app);
  return {
    id,
    env,
    settings,
    connection: (target) => objectOf(env.CONNECTIONS, keyOf(`${id}/`, target)),
    job: (jobId) => objectOf(env.JOBS, `${id}/job/${jobId}`),
    endpoint: (name) => {
      if (!env.EVENT_ENDPOINTS) throw new Error("The binding EVENT_ENDPOINTS is missing.");
      return objectOf(env.EVENT_ENDPOINTS, `${id}/events/${name}`);
    },
    directory: () => objectOf(env.DIRECTORY, `${id}/directory/0`),
    words: wordsReader(env),
  };
}

/** The object called `name`, over a new stub wherever an old one broke. */
function objectOf<Api extends object>(namespace: ObjectNamespace<Api>, name: string): Api {
  return calling(() => namespace.get(namespace.idFromName(name)));
}
