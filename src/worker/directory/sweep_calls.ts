import { targetOf as targetOfKey } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import { installedLocations } from "../../oauth/mod.ts";
import { isSummary } from "../../stores/host.ts";
import { CloudflareKvStore, type KvNamespacePage } from "../../stores/mod.ts";
import { causeOf } from "../connection/directory_report.ts";
import { resultOrError, reviveError } from "../durable/plain_result.ts";
import { mayReadNames } from "../http/location_name.ts";
import { kindAndId, targetOf } from "../kind_and_id.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { RowKey } from "./connection_rows.ts";
import type { SweepHost } from "./sweep_host.ts";
import { type Chat, tellSoon } from "./tell_people.ts";

/** Keys in one page of KV. */
const PAGE_KEYS = 1_000;

/** What a sweep asks of KV, of the connections' objects, of HighLevel and of the chat. */
export function sweepCalls(app: ReconnectApp, chat: Chat): SweepHost {
  const { id: appId, env: { TOKENS }, settings } = app;
  const store = new CloudflareKvStore(TOKENS);
  const prefix = `${appId}/`;
  const nameOf = ({ kind, id }: RowKey): string => `${prefix}${kind}/${id}`;
  const pageSize = settings.app.apiVersion === "v3" ? 100 : 500;
  return {
    pageSize,
    keys: async (cursor) => {
      const page: KvNamespacePage = await TOKENS.list(defined({ prefix, limit: PAGE_KEYS, cursor }));
      return {
        keys: page.keys.flatMap(({ name, metadata }) => {
          const target = targetOfKey(prefix, name);
          return target
            ? [{ key: kindAndId(target), summary: isSummary(metadata) ? metadata : undefined }]
            : [];
        }),
        ...(!page.list_complete && page.cursor !== undefined && { cursor: page.cursor }),
      };
    },
    read: async (key) => (await store.get(nameOf(key)))?.summary,
    erase: async (key) => {
      // It may have been installed again since the page of keys was read.
      const { status = "forgotten" } = (await store.get(nameOf(key)))?.summary ?? {};
      if (status === "forgotten") await TOKENS.delete(nameOf(key));
    },
    wake: async (key) => await app.connection(targetOf(key)).wake(),
    look: async (key) => {
      const { connection } = await app.connection(targetOf(key)).describe();
      if (!connection) return undefined;
      const { name, companyId, versionId, isWhiteLabel, status, trouble, updatedAt } = connection;
      return defined({
        ...key,
        name,
        companyId: key.kind === "company" ? undefined : companyId,
        versionId,
        isWhiteLabel,
        status,
        cause: trouble && causeOf(trouble),
        traceId: trouble?.traceId,
        since: updatedAt.getTime(),
      });
    },
    install: async (key, companyId) => {
      const at = Date.now();
      const webhookId = `sweep-${new Date(at).toISOString().slice(0, 10)}`;
      const delivery = { webhookId, type: "INSTALL", at, details: defined({ companyId }) } as const;
      resultOrError(await app.connection(targetOf(key)).deliver(delivery));
    },
    readsNames: mayReadNames(settings.scope),
    name: async (key, name) => {
      const connection = app.connection(targetOf(key));
      if (name !== undefined) await connection.noteListedName(name);
      else await connection.readName();
    },
    token: async (companyId) => {
      const result = await app.connection({ companyId }).token({});
      if (result.ok) return result.accessToken;
      if (result.error.retryable) throw reviveError(result.error);
      return undefined;
    },
    installed: (companyId, accessToken) =>
      installedLocations(settings.app, { companyId, accessToken, pageSize }),
    tell: async (notice) => await tellSoon(app, chat, notice),
  };
}
