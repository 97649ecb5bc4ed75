import type { PlainError, Result } from "../durable/plain_result.ts";
import type { RowKey } from "../directory/connection_rows.ts";
import { targetOf } from "../kind_and_id.ts";
import type { ConnectionApi } from "../connection/connection_api.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { logError } from "../log.ts";

/** Objects asked at once: of one page none waits long for another, and few answers are held. */
const AT_ONCE = 25;

/** What the object of `key` answered. */
export type Asked<T> = { readonly key: RowKey } & Result<T>;

/** Asks the objects of `keys` one question, some at once, and yields their answers in the order of `keys`. */
export async function* eachKey<T>(
  app: ReconnectApp,
  keys: readonly RowKey[],
  ask: (connection: ConnectionApi) => Promise<Result<T>>,
): AsyncGenerator<Asked<T>, void, undefined> {
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    yield* await Promise.all(
      keys.slice(at, at + AT_ONCE).map(async (key): Promise<Asked<T>> => {
        const answer = await ask(app.connection(targetOf(key))).catch((error: unknown) => unanswered(error));
        return { key, ...answer };
      }),
    );
  }
}

/** An object that threw what nobody expected: it may answer later. */
function unanswered(error: unknown): { readonly ok: false; readonly error: PlainError } {
  logError(error, { outcome: "answered" });
  const message = "The Durable Object of this connection cannot answer now.";
  return { ok: false, error: { code: "store_failed", message, retryable: true } };
}
