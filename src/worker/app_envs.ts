import { appIdOf } from "../oauth/host.ts";
import type { WorkerEnv } from "./env.ts";
import { appNames } from "./settings/app_names.ts";
import { givenSettings } from "./settings/given_settings.ts";

/** `env` as the app called `name` reads it. */
export function envOfApp(env: WorkerEnv, name: string): WorkerEnv {
  return { ...env, HIGHLEVEL_APP: name };
}

/** `env` as each app of the worker reads it: one, or those of `HIGHLEVEL_APPS`. */
export function appEnvs(env: WorkerEnv): readonly WorkerEnv[] {
  const names = appNames(env);
  return names.length === 0 || env.HIGHLEVEL_APP ? [env] : names.map((name) => envOfApp(env, name));
}

/**
 * `env` as the app with the id `appId` reads it. What does not say whose it is belongs to the first app: it is from before
 * there were several.
 *
 * @throws {Error} where none of several apps has that id.
 */
export function envWithId(env: WorkerEnv, appId: string | undefined): WorkerEnv {
  const envs = appEnvs(env);
  const found = envs.length === 1 || appId === undefined ? envs[0] : envs.find((one) => idIn(one) === appId);
  if (!found) throw new Error("No app of HIGHLEVEL_APPS has the id of this object or message.");
  return found;
}

/** The id of the app that `env` is for, before anything is checked. */
function idIn(env: WorkerEnv): string {
  return appIdOf({ clientId: `${givenSettings(env).values.HIGHLEVEL_CLIENT_ID}`, clientSecret: "" });
}
