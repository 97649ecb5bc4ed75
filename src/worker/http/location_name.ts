import { isObject, isText, send } from "../../oauth/host.ts";
import { type ConnectionTarget, type HighLevelApp, HighLevelError } from "../../oauth/mod.ts";
import { shortName } from "../connection/short_name.ts";

/** The scope that a location's name needs. */
const NAME_SCOPE = "locations.readonly";
/** A name is worth waiting for so long, ms. */
const PATIENCE_MS = 5_000;

/** Whether an app with these scopes, with blanks between, may be told names; where they are not known, it is tried. */
export function mayReadNames(scopes: string | undefined): boolean {
  return !scopes || scopes.split(" ").includes(NAME_SCOPE);
}

/**
 * What HighLevel calls a location, asked with a token that may act for it; `undefined` where it does not tell: nobody is to be
 * kept waiting for a name. HighLevel has no such call for companies: webhooks tell theirs.
 */
export async function locationName(
  app: HighLevelApp,
  { locationId }: ConnectionTarget,
  accessToken: string,
): Promise<string | undefined> {
  if (locationId === undefined) return undefined;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return await send(app, { path: `/locations/${locationId}`, bearer: accessToken, read: nameIn }, {
      signal,
    });
  } catch (error) {
    const isOurs = error instanceof HighLevelError || error instanceof DOMException;
    if (!isOurs) throw error;
    return undefined;
  }
}

function nameIn(body: unknown): string | undefined {
  const location = isObject(body) && isObject(body.location) ? body.location : body;
  return isObject(location) && isText(location.name) ? shortName(location.name) : undefined;
}
