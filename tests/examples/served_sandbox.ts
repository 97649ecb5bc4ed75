import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";
import { generateSealingKey } from "../../mod.ts";

/** A HighLevel in miniature on loopback, and what an example needs to find it. */
export interface ServedSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly baseUrl: string;
  /** Settings of an example, as environment variables. */
  readonly env: Record<string, string>;
  /** An empty folder. */
  readonly folder: string;
}

/** Serves a sandbox. */
export async function servedSandbox(options: SandboxOptions = {}): Promise<ServedSandbox> {
  const sandbox = createSandbox({ seed: 11, rateLimit: false, ...options });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, sandbox.handler);
  const folder = await Deno.makeTempDir();
  const baseUrl = `http://127.0.0.1:${server.addr.port}`;
  return {
    sandbox,
    baseUrl,
    folder,
    env: {
      HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
      HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
      HIGHLEVEL_REDIRECT_URI: sandbox.app.redirectUri,
      HIGHLEVEL_SCOPES: sandbox.app.scope,
      HIGHLEVEL_BASE_URL: baseUrl,
      SEALING_KEYS: [generateSealingKey(), generateSealingKey()].join(),
    },
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
