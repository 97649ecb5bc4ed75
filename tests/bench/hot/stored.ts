import { tokenSetFrom } from "../../../src/oauth/token_set.ts";
import { Connections, type HighLevelApp, type TokenStore } from "../../../mod.ts";
import { createSandbox } from "../../../src/sandbox/mod.ts";

/** The app of what is stored. */
export const APP: HighLevelApp = { clientId: "0123456789abcdef01234567-bench000", clientSecret: "secret" };

/** Puts `count` living connections into `store`, with tokens as long as HighLevel's; gives their ids. */
export async function storeLiving(store: TokenStore, count: number): Promise<string[]> {
  const sandbox = createSandbox({ locations: count });
  const connections = new Connections({ app: APP, store });
  const ids = sandbox.locationIds();
  for (const locationId of ids) {
    const tokens = tokenSetFrom(sandbox.install({ locationId }), Date.now(), "Location");
    await connections.save({ locationId }, tokens);
  }
  return ids;
}
