import type { ObjectNamespace, WorkerEnv } from "./env.ts";

/** Where Cloudflare can be held to run objects and keep their data. */
export const JURISDICTIONS = ["eu", "us", "fedramp", "fedramp-high"] as const;
/** One of them. */
export type Jurisdiction = typeof JURISDICTIONS[number];

/**
 * `env` with its objects in the jurisdiction that the setting names. There an object is another one than outside of it, though of
 * the same name. A setting that names none is left to the check of settings.
 */
export function withinJurisdiction(env: WorkerEnv): WorkerEnv {
  const { CONNECTIONS, JOBS, DIRECTORY, EVENT_ENDPOINTS } = env;
  const jurisdiction = jurisdictionOf(env);
  if (jurisdiction === undefined) return env;
  return {
    ...env,
    CONNECTIONS: within(CONNECTIONS, jurisdiction),
    JOBS: within(JOBS, jurisdiction),
    DIRECTORY: within(DIRECTORY, jurisdiction),
    ...(EVENT_ENDPOINTS && { EVENT_ENDPOINTS: within(EVENT_ENDPOINTS, jurisdiction) }),
  };
}

/**
 * Refuses to let an object run that is outside of the jurisdiction. It is one from before the setting, whose connection another
 * object owns now: both would spend the same refresh token.
 *
 * @throws {Error} where it is outside.
 */
export function requireWithin(env: WorkerEnv, id: Pick<DurableObjectId, "jurisdiction">): void {
  const jurisdiction = jurisdictionOf(env);
  if (jurisdiction !== undefined && id.jurisdiction !== jurisdiction) {
    throw new Error("This object is outside of JURISDICTION: docs/OPERATIONS.md says how to move.");
  }
}

function jurisdictionOf({ JURISDICTION }: WorkerEnv): Jurisdiction | undefined {
  return JURISDICTIONS.find((one) => one === JURISDICTION);
}

/** Missing bindings are left to the check of settings; one that knows no jurisdictions must not serve data that need one. */
function within<Api>(namespace: ObjectNamespace<Api>, jurisdiction: Jurisdiction): ObjectNamespace<Api> {
  if (Object(namespace) !== namespace) return namespace;
  if (!namespace.jurisdiction) throw new Error("A binding of Durable Objects knows no jurisdiction.");
  return namespace.jurisdiction(jurisdiction);
}
