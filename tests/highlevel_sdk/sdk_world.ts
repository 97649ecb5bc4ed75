import { HighLevel, MemorySessionStorage, type SessionStorage } from "@gohighlevel/api-client";
import { Connections, MemoryStore } from "../../mod.ts";
import { healing, type HealingOptions } from "../../src/highlevel_sdk/mod.ts";
import type { Sandbox } from "../../src/sandbox/mod.ts";

/** HighLevel's SDK against the sandbox, its tokens under the care of `Connections`. */
export function sdkAt(
  baseUrl: string,
  { app }: Sandbox,
  options: HealingOptions = {},
): { highLevel: HighLevel; connections: Connections } {
  const { clientId, clientSecret } = app;
  const connections = new Connections({
    app: { clientId, clientSecret, baseUrl },
    store: new MemoryStore(),
    sleep: () => Promise.resolve(),
  });
  const highLevel = healing(plainSdkAt(baseUrl, app), connections, options);
  return { highLevel, connections };
}

/** The SDK as it is, with a storage of its own. */
export function plainSdkAt(
  baseUrl: string,
  { clientId, clientSecret }: Sandbox["app"],
  sessionStorage: SessionStorage = new MemorySessionStorage(),
): HighLevel {
  const config = {
    clientId,
    clientSecret,
    apiVersion: "2021-07-28",
    logLevel: "none" as const,
    sessionStorage,
  };
  const highLevel = new HighLevel(config);
  highLevel.getHttpClient().defaults.baseURL = baseUrl;
  return highLevel;
}
