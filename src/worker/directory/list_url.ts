import type { Settings } from "../settings.ts";

const CALLBACK = /\/oauth\/callback$/;

/** The address of the dashboard's list, where the redirect URI tells this worker's own. */
export function listUrl({ app: { redirectUri } }: Pick<Settings, "app">): string | undefined {
  if (redirectUri === undefined || !CALLBACK.test(redirectUri)) return undefined;
  return new URL(redirectUri.replace(CALLBACK, "")).href;
}
