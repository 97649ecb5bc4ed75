import type { Connections } from "../../connections/connections.ts";
import { keyOf } from "../../connections/connection_key.ts";
import { authorizationUrl } from "../../oauth/authorization_url.ts";
import { appIdOf, type HighLevelApp } from "../../oauth/highlevel_app.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { installedLocations } from "../../oauth/installed_locations.ts";
import { defined } from "../../oauth/defined.ts";
import { moment } from "../../oauth/fields.ts";
import type { Backend, Wanted } from "./backend.ts";
import { localLinks } from "./local_links.ts";
import type { Local } from "./open_backend.ts";
import { recoverWanted } from "./recover_wanted.ts";

/** Looks after connections in this process. */
export function localBackend(
  { app, store, connections, scope, name, close }: Omit<Local, "isSealed">,
): Backend {
  const link = scope && app.redirectUri ? authorizationUrl(app, { scope }).href : undefined;

  async function* list({ status }: Parameters<Backend["list"]>[0] = {}): ReturnType<Backend["list"]> {
    let cursor: string | undefined;
    do {
      const page = await connections.list({ ...(status && { status }), ...(cursor && { cursor }) });
      yield* page.connections;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  return {
    name,
    ...(link && { authorizationUrl: link }),
    recoverAll: (wanted, options) =>
      recoverWanted(wanted, (target, details) => connections.recover(target, { details }), options),
    plan: (wanted) => plan(connections, wanted),
    accessToken: (target) => connections.accessToken(target),
    list,
    links: (status) => localLinks(list, status, link),
    hasOwnLinks: false,
    get: (target) => connections.get(target),
    async describe(target) {
      const connection = await connections.get(target);
      if (!connection) return undefined;
      const key = keyOf(`${appIdOf(app)}/`, target);
      const { entries } = await store.list({ prefix: key, limit: 1 });
      const { dueAt } = entries.find((entry) => entry.key === key)?.summary ?? {};
      const needsPerson = connection.status === "reauthorization_required";
      return defined({ connection, nextAt: moment(dueAt), link: needsPerson ? link : undefined });
    },
    save: (target, tokens, details) => connections.save(target, tokens, details),
    forget: (target) => connections.forget(target),
    erase: async (target) => {
      const wasHeld = await connections.get(target) !== undefined;
      await connections.forget(target, { erase: true });
      return { erased: { store: { records: wasHeld ? 1 : 0 } }, remains: {} };
    },
    installed: (companyId) => installed(connections, app, companyId),
    close,
  };
}

async function* plan(connections: Connections, wanted: AsyncIterable<Wanted>): ReturnType<Backend["plan"]> {
  for await (const { target, details = {} } of wanted) yield* connections.planAll([target], { details });
}

/** The pages of a company; a token that HighLevel refuses at once is healed and the pages begin again. */
async function* installed(
  connections: Connections,
  app: HighLevelApp,
  companyId: string,
): ReturnType<Backend["installed"]> {
  let rejected: string | undefined;
  for (;;) {
    const accessToken = await connections.accessToken(
      { companyId },
      rejected === undefined ? {} : { rejected },
    );
    let isFirst = true;
    try {
      for await (const location of installedLocations(app, { companyId, accessToken })) {
        isFirst = false;
        yield location;
      }
      return;
    } catch (error) {
      const isRefused = error instanceof HighLevelError && error.code === "unauthorized";
      if (!isRefused || !isFirst || rejected !== undefined) throw error;
      rejected = accessToken;
    }
  }
}
