import { createClient, type WorkerClient, WorkerError } from "../../client/mod.ts";
import type { ConnectionDetails } from "../../connections/options.ts";
import type { Recovery } from "../../connections/recovery.ts";
import { defined } from "../../oauth/defined.ts";
import type { ApiVersion } from "../../oauth/highlevel_app.ts";
import { installedLocations } from "../../oauth/installed_locations.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Backend, DescribedConnection, LinkLine } from "./backend.ts";
import { recoverWanted } from "./recover_wanted.ts";
import { runJob } from "./worker_job.ts";

/** What {@linkcode workerBackend} works with. */
export interface WorkerBackendOptions {
  /** Where the worker's routes are mounted. */
  readonly url: string;
  /** A key of the role that the command needs. */
  readonly key: string;
  /** Which spelling of HighLevel's API to use when asking what is installed. */
  readonly apiVersion?: ApiVersion;
}

/** Longer than the worker's own attempts at one connection may take, ms. */
const TIMEOUT_MS = 120_000;
/** Without the admin key, or scopes, there is no link: what is told of the connection stands without. */
const WITHOUT_LINK: readonly unknown[] = [403, 404, 503];

/** Lets a deployed worker look after connections. */
export function workerBackend(options: WorkerBackendOptions): Backend {
  const { url, key } = options;
  const client = createClient({ url, key, timeoutMs: TIMEOUT_MS });

  async function recover(target: ConnectionTarget, { companyId }: ConnectionDetails): Promise<Recovery> {
    try {
      return await client.recover(target, { details: defined({ companyId }) });
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      return { target, outcome: "failed", attempts: [], error };
    }
  }

  return {
    name: url,
    async *recoverAll(wanted, run) {
      for await (const recovery of recoverWanted(wanted, recover, run)) {
        if (isKeyRefused(recovery)) throw recovery.error;
        yield recovery;
      }
    },
    async *plan(wanted) {
      for await (const { target } of wanted) {
        const { status } = await client.get(target) ?? {};
        const isHealthy = status === "connected" || status === "paused";
        yield { target, startsWith: isHealthy ? "refresh" : "reconnect" };
      }
    },
    accessToken: (target) => client.accessToken(target),
    list: (query) => client.list(query),
    links: (status) => links(client, status),
    hasOwnLinks: true,
    get: (target) => client.get(target),
    describe: (target) => describeConnection(client, target),
    save: (target, tokens) => client.save(target, tokens),
    forget: (target) => client.forget(target),
    erase: (target) => client.erase(target),
    installed: (companyId) => installed(options, companyId),
    runJob: (selection, run) => runJob(client, url, selection, run),
    linkFor: async (target) => {
      try {
        return (await client.link(target)).url;
      } catch (error) {
        if (error instanceof WorkerError && WITHOUT_LINK.includes(error.status)) return undefined;
        throw error;
      }
    },
    close: () => {},
  };
}

/** All that the worker knows of one connection; nothing is made by looking. */
async function describeConnection(
  client: WorkerClient,
  target: ConnectionTarget,
): Promise<DescribedConnection | undefined> {
  const known = await client.get(target);
  if (!known) return undefined;
  const { nextAt, history, suspended, ...connection } = known;
  const needsPerson = connection.status === "reauthorization_required";
  const link = needsPerson ? await shownLink(client, target) : undefined;
  return defined({ connection, nextAt, suspended, history, link });
}

/** The link that the app's own page would show; a viewer's key does not get it. */
async function shownLink(client: WorkerClient, target: ConnectionTarget): Promise<string | undefined> {
  try {
    return (await client.health(target))?.url;
  } catch (error) {
    if (error instanceof WorkerError && WITHOUT_LINK.includes(error.status)) return undefined;
    throw error;
  }
}

async function* links(
  client: WorkerClient,
  status: Parameters<Backend["links"]>[0],
): AsyncGenerator<LinkLine, void, undefined> {
  for await (const planned of client.plan({ status })) {
    const { target, name, url } = planned;
    if (planned.kind === "agency") {
      const { locations, state } = planned;
      yield defined({ target, name, url, bringsBack: locations, isConnected: state === "connected" });
    } else {
      const { companyId, agency = companyId, since, cause } = planned;
      yield defined({ target, name, agency, since, cause, url });
    }
  }
}

/** Whether the worker itself refused: it would refuse every other connection too. */
function isKeyRefused({ error }: Recovery): boolean {
  return error instanceof WorkerError && (error.status === 401 || error.status === 403);
}

/** HighLevel's pages through the worker's proxy, which puts the company's token in the place of the worker's key. */
function installed(
  { url, key, apiVersion }: WorkerBackendOptions,
  companyId: string,
): ReturnType<Backend["installed"]> {
  const app = {
    clientId: "kept-by-the-worker", // which puts its app's id in the place of this one
    clientSecret: "kept by the worker",
    baseUrl: `${url.replace(/\/+$/, "")}/proxy/company/${companyId}`,
    ...(apiVersion && { apiVersion }),
  };
  return installedLocations(app, { companyId, accessToken: key });
}
