import type { Connection } from "../../connections/connection.ts";
import type { ConnectionDetails } from "../../connections/options.ts";
import type { Recovery } from "../../connections/recovery.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import type { ApiVersion } from "../../oauth/highlevel_app.ts";
import { isObject, moment } from "../../oauth/fields.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { installedLocations } from "../../oauth/installed_locations.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { TokenSet } from "../../oauth/token_set.ts";
import type { Backend, LinkLine, ListedConnection, LostStatus } from "./backend.ts";
import { recoverWanted } from "./recover_wanted.ts";
import { askWorker, pathOf, strangerError, textOf, type WorkerAddress } from "./worker_api.ts";
import { describeConnection } from "./worker_history.ts";
import { agencyLineFrom, connectionFrom, locationLineFrom, recoveryFrom } from "./worker_answers.ts";
import { runJob } from "./worker_job.ts";

/** What {@linkcode workerBackend} works with. */
export interface WorkerBackendOptions extends WorkerAddress {
  /** Which spelling of HighLevel's API to use when asking what is installed. */
  readonly apiVersion?: ApiVersion;
}

/** Lets a deployed worker look after connections. */
export function workerBackend(options: WorkerBackendOptions): Backend {
  const { url, key } = options;
  const worker = { url, key };

  async function recover(target: ConnectionTarget, { companyId }: ConnectionDetails): Promise<Recovery> {
    try {
      const path = `${pathOf(target)}/recover${companyId ? `?companyId=${companyId}` : ""}`;
      const answer = await askWorker(worker, path, { method: "POST", expect: [409, 424, 502, 503], target });
      const recovery = recoveryFrom(answer, target);
      if (!recovery) throw strangerError(url, target);
      return recovery;
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      return { target, outcome: "failed", attempts: [], error };
    }
  }

  async function get(target: ConnectionTarget): Promise<Connection | undefined> {
    const { status, body } = await askWorker(worker, pathOf(target), { expect: [404], target });
    if (status === 404) return undefined;
    const connection = connectionFrom({ target, ...body });
    if (!connection) throw strangerError(url, target);
    return connection;
  }

  async function* list(
    { status }: { readonly status?: ConnectionStatus } = {},
  ): AsyncGenerator<ListedConnection, void, undefined> {
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ ...(status && { status }), ...(cursor && { cursor }) });
      const { body } = await askWorker(worker, `/connections${query.size > 0 ? `?${query}` : ""}`);
      if (!Array.isArray(body.connections)) throw strangerError(url);
      for (const item of body.connections) {
        const connection = connectionFrom(item);
        const since = isObject(item) ? moment(item.since) : undefined;
        if (connection) yield { ...connection, ...(since && { since }) };
      }
      cursor = textOf(body.cursor);
    } while (cursor !== undefined);
  }

  async function* links(status: LostStatus): AsyncGenerator<LinkLine, void, undefined> {
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ status, ...(cursor && { cursor }) });
      const { body } = await askWorker(worker, `/plan?${query}`);
      if (!Array.isArray(body.agencies) || !Array.isArray(body.alone)) throw strangerError(url);
      yield* body.agencies.flatMap((item) => agencyLineFrom(item) ?? []);
      yield* body.alone.flatMap((item) => locationLineFrom(item) ?? []);
      cursor = textOf(body.cursor);
    } while (cursor !== undefined);
  }

  async function change(target: ConnectionTarget, method: "PUT" | "DELETE", body?: unknown): Promise<void> {
    const { status } = await askWorker(worker, pathOf(target), { method, body, target });
    if (status !== 204) throw strangerError(url, target);
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
        const known = await get(target);
        const isHealthy = known?.status === "connected" || known?.status === "paused";
        yield { target, startsWith: isHealthy ? "refresh" : "reconnect" };
      }
    },
    async accessToken(target) {
      const { body } = await askWorker(worker, `${pathOf(target)}/token`, { target });
      const token = textOf(body.access_token);
      if (token === undefined) throw strangerError(url, target);
      return token;
    },
    list,
    links,
    hasOwnLinks: true,
    get,
    describe: (target) => describeConnection(worker, target),
    save: (target, tokens) => change(target, "PUT", wireForm(tokens)),
    forget: (target) => change(target, "DELETE"),
    async erase(target) {
      const { body } = await askWorker(worker, `${pathOf(target)}?erase=true`, { method: "DELETE", target });
      const { erased, remains } = body;
      if (!isObject(erased) || !isObject(remains)) throw strangerError(url, target);
      return { erased, remains };
    },
    installed: (companyId) => installed(options, companyId),
    runJob: (selection, run) => runJob(worker, selection, run),
    linkFor: async (target) => {
      // Without the admin key, or scopes, there is none: what is told of the connection stands without.
      const path = `${pathOf(target)}/link`;
      const { body } = await askWorker(worker, path, {
        method: "POST",
        body: {},
        expect: [403, 404, 503],
        target,
      });
      return textOf(body.url);
    },
    close: () => {},
  };
}

/** Whether the worker itself refused: it would refuse every other connection too. */
function isKeyRefused({ error, attempts }: Recovery): boolean {
  return attempts.length === 0 && (error?.status === 401 || error?.status === 403);
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

/** Tokens as HighLevel's token endpoint spells them. */
function wireForm(tokens: TokenSet): Record<string, unknown> {
  const { accessToken, tokenType, expiresAt, refreshToken, scope, ...rest } = tokens;
  return {
    access_token: accessToken,
    token_type: tokenType,
    expires_in: Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1000)),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    scope: scope.join(" "),
    ...rest,
  };
}
