import { recoverWithAnyCredentials } from "../../oauth/recover_tokens.ts";
import type { Grant } from "../outcome.ts";
import type { StepContext } from "./step.ts";

/** A pause that nobody else shall wait for, ms: HighLevel asked for it. */
const LONG_WAIT_MS = 1_000;

/** Asks HighLevel's Reconnect API for a code and exchanges it. */
export function reconnect(context: StepContext): Promise<Grant> {
  const { app, target, record, requests, endpoint, tellEndpoint } = context;
  return endpoint.ask(
    (onWait) => {
      const sleep: typeof requests.sleep = (ms, signal) => {
        if (ms > LONG_WAIT_MS) onWait();
        return requests.sleep(ms, signal);
      };
      return recoverWithAnyCredentials(app, target, { ...requests, sleep }, record?.clientId);
    },
    tellEndpoint,
    context.asksAgain,
  );
}
