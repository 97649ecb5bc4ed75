import { convertV4MiniflareOptions, Miniflare } from "miniflare";

/** A worker in local workerd. */
export interface Running extends AsyncDisposable {
  /** Its address, straight into workerd. */
  readonly url: string;
  /** Writes a value of its KV. */
  readonly put: (key: string, value: string) => Promise<void>;
}

/** What {@linkcode running} uses of the bindings. */
interface Bindings extends Record<string, unknown> {
  readonly TOKENS: { put(key: string, value: string): Promise<void> };
}

/** Starts `code` with a KV `TOKENS`, the objects and the queue of wrangler.toml, and `bindings`. */
export async function running(
  code: string,
  bindings: Record<string, string>,
  isWhole: boolean,
): Promise<Running> {
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    modules: [{ type: "ESModule", path: "worker.js", contents: code }],
    compatibilityDate: "2026-11-17",
    bindings,
    kvNamespaces: ["TOKENS"],
    ...(isWhole && {
      durableObjects: {
        CONNECTIONS: { className: "ConnectionObject", useSQLite: true },
        JOBS: { className: "RecoveryJob", useSQLite: true },
        DIRECTORY: { className: "DirectoryObject", useSQLite: true },
      },
      queueProducers: { RECOVERIES: "recoveries" },
    }),
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    // Log lines leave workerd as they do when deployed; here nobody reads them.
    handleStructuredLogs: () => {},
  }));
  await miniflare.ready;
  const { TOKENS } = await miniflare.getBindings<Bindings>();
  const url = await miniflare.unsafeGetDirectURL();
  return {
    url: url.origin,
    put: (key, value) => TOKENS.put(key, value),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}
