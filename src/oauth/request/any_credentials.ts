import { appsOf, type HighLevelApp } from "../highlevel_app.ts";
import { HighLevelError } from "../highlevel_error.ts";

/**
 * Runs `attempt` with each pair of `app` in turn, `preferred` (a client id) first, while `goesOn` says of its refusal that
 * another pair may fare better. Throws the refusal of the current pair: what an older one says, which may have been deleted
 * at HighLevel, does not stand for the app.
 */
export async function withAnyCredentials<T>(
  app: HighLevelApp,
  preferred: string | undefined,
  goesOn: (refusal: HighLevelError, clientId: string) => boolean,
  attempt: (app: HighLevelApp) => Promise<T>,
): Promise<T> {
  let current: unknown;
  for (const pairApp of appsOf(app, preferred)) {
    const { clientId } = pairApp;
    try {
      return await attempt(pairApp);
    } catch (error) {
      if (!(error instanceof HighLevelError) || !goesOn(error, clientId)) throw error;
      if (clientId === app.clientId) current ??= error;
    }
  }
  throw current;
}
