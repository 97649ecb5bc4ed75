import { exchangeCode } from "../../oauth/exchange_code.ts";
import type { HighLevelApp } from "../../oauth/highlevel_app.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { reconnect } from "../../oauth/reconnect.ts";
import { errorText } from "../terminal/texts.ts";
import { clockFinding, type Finding, finding } from "./finding.ts";

/** Names nothing at HighLevel, and looks like what does. */
const NO_CODE = "0000000000000000000000000000000000000000";
const NO_LOCATION = "0000000000NoLocation";
const OPTIONS = { timeoutMs: 15_000 };

/**
 * What HighLevel tells of the app and of itself without anything being spent: it is asked to exchange a code that is none, and for
 * the reconnection of a location that is none.
 */
export async function askHighLevel(app: HighLevelApp): Promise<Finding[]> {
  let date: string | null = null;
  let at = Date.now();
  const { fetch = globalThis.fetch } = app;
  const watched: HighLevelApp = {
    ...app,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      date = response.headers.get("date");
      at = Date.now();
      return response;
    },
  };
  const code = await refusalOf(() => exchangeCode(watched, { code: NO_CODE, userType: "Location" }, OPTIONS));
  const isReached = code === undefined || !code.retryable;
  const url = app.baseUrl ?? "https://services.leadconnectorhq.com";
  if (!isReached) {
    return [finding("highlevel", "look", (doctor, words) => doctor.notReached(url, errorText(code, words)), {
      code: code.code,
    })];
  }
  const place = await refusalOf(() => reconnect(watched, { locationId: NO_LOCATION }, OPTIONS));
  return [
    finding("highlevel", "ok", (doctor) => doctor.reached(url)),
    credentialsFinding(code, place),
    clockFinding(date, at),
    reconnectFinding(place),
  ];
}

/** HighLevel looks at a code before it looks at the secret, so a code that is none proves less than a location that is none. */
function credentialsFinding(code: HighLevelError | undefined, place: HighLevelError | undefined): Finding {
  const refused = [code, place].find((error) => error?.code === "invalid_client");
  if (refused) {
    return finding(
      "credentials",
      "look",
      (doctor, words) => doctor.credentialsRefused(errorText(refused, words)),
    );
  }
  const isProven = place?.code === "not_installed";
  return finding(
    "credentials",
    isProven ? "ok" : "hint",
    ({ credentials, credentialsUnproven }) => isProven ? credentials : credentialsUnproven,
    { isProven },
  );
}

function reconnectFinding(place: HighLevelError | undefined): Finding {
  if (place?.code === "endpoint_removed") {
    return finding("reconnect", "hint", ({ reconnectGone }) => reconnectGone, { state: "removed" });
  }
  if (place && (place.retryable || place.code === "invalid_client")) {
    return finding("reconnect", "hint", (doctor, words) => doctor.reconnectUnknown(errorText(place, words)), {
      state: "unknown",
    });
  }
  return finding("reconnect", "ok", ({ reconnectAnswers }) => reconnectAnswers, { state: "answers" });
}

async function refusalOf(ask: () => Promise<unknown>): Promise<HighLevelError | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (error instanceof HighLevelError) return error;
    throw error;
  }
}
