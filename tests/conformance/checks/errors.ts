import { exchangeCode, type HighLevelErrorCode, reconnect, refreshTokens } from "../../../mod.ts";
import type { Fault } from "../../../src/sandbox/mod.ts";
import { type Check, equal, holds, rejection } from "../check.ts";
import { LOCATION, type World, world } from "../world.ts";

interface Row {
  readonly when: string;
  readonly code: HighLevelErrorCode;
  readonly isRetryable: boolean;
  readonly requests: number;
  readonly given?: (world: World) => void;
  readonly fault?: Omit<Fault, "on" | "times">;
}

const said = (message: string): object => ({ statusCode: 400, message, error: "Bad Request" });

/** What reconnect makes of HighLevel's answers. */
const ROWS: readonly Row[] = [
  {
    when: "the endpoint has been removed",
    code: "endpoint_removed",
    isRetryable: false,
    requests: 1,
    given: ({ sandbox }) => sandbox.removeReconnect(),
  },
  {
    when: "the location is paused",
    code: "location_inactive",
    isRetryable: false,
    requests: 1,
    given: ({ sandbox }) => sandbox.pause(LOCATION.locationId),
  },
  {
    when: "the app is not installed",
    code: "not_installed",
    isRetryable: false,
    requests: 1,
    given: ({ sandbox }) => sandbox.uninstall(LOCATION),
  },
  {
    when: "the words are new",
    code: "invalid_request",
    isRetryable: false,
    requests: 1,
    fault: { kind: "status", status: 400, body: said("The moon is in the wrong phase") },
  },
  {
    when: "HighLevel asks to slow down",
    code: "rate_limited",
    isRetryable: true,
    requests: 3,
    fault: { kind: "status", status: 429, body: "", headers: { "retry-after": "1" } },
  },
  {
    when: "HighLevel is down",
    code: "unavailable",
    isRetryable: true,
    requests: 3,
    fault: { kind: "status", status: 503 },
  },
  {
    when: "a gateway answers",
    code: "unavailable",
    isRetryable: true,
    requests: 3,
    fault: { kind: "html_502" },
  },
  {
    when: "connections are refused",
    code: "network",
    isRetryable: true,
    requests: 3,
    fault: { kind: "refuse" },
  },
  {
    when: "the answer breaks off",
    code: "network",
    isRetryable: true,
    requests: 3,
    fault: { kind: "stream_error" },
  },
];

/** Errors with their codes. */
export const errorChecks: readonly Check[] = [
  ...ROWS.map(({ when, code, isRetryable, requests, given, fault }): Check => ({
    name: `${when}: ${code}`,
    async run() {
      const here = world();
      const { sandbox, app, now } = here;
      sandbox.addLocation(LOCATION);
      given?.(here);
      if (fault) sandbox.fault({ ...fault, on: "reconnect", times: Infinity });
      const sleep = (): Promise<void> => Promise.resolve();
      const error = await rejection(reconnect(app, LOCATION, { now, sleep }));
      equal([error.code, error.retryable], [code, isRetryable], "the error");
      equal(sandbox.counts.reconnect, requests, "requests");
      holds(!JSON.stringify(error).includes(app.clientSecret), "the error shows no secret");
    },
  })),
  {
    name: "a used code and a used refresh token: invalid_grant",
    async run() {
      const { sandbox, app, connect } = world();
      sandbox.set({ refreshWindowMs: 0 });
      const { refreshToken = "" } = await connect(LOCATION);
      const code = sandbox.authorize(LOCATION);
      await exchangeCode(app, { code, userType: "Location" });
      await refreshTokens(app, { refreshToken, userType: "Location" });
      equal((await rejection(exchangeCode(app, { code, userType: "Location" }))).code, "invalid_grant");
      equal(
        (await rejection(refreshTokens(app, { refreshToken, userType: "Location" }))).code,
        "invalid_grant",
      );
    },
  },
  {
    name: "a wrong secret: invalid_client",
    async run() {
      const { app, connect } = world();
      const { refreshToken = "" } = await connect(LOCATION);
      const wrong = { ...app, clientSecret: "wrong" };
      const error = await rejection(refreshTokens(wrong, { refreshToken, userType: "Location" }));
      equal([error.code, error.status], ["invalid_client", 401]);
    },
  },
  {
    name: "no answer in time: timeout, by the runtime's own timers and signals",
    async run() {
      const { app } = world();
      const fetch = (_: string, { signal }: RequestInit): Promise<Response> =>
        new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      const sleep = (): Promise<void> => Promise.resolve();
      const error = await rejection(reconnect({ ...app, fetch }, LOCATION, { timeoutMs: 20, sleep }));
      equal([error.code, error.retryable], ["timeout", true]);
    },
  },
  {
    name: "a caller's signal ends its request with the signal's reason",
    async run() {
      const { app } = world();
      const reason = new Error("enough");
      const caught: unknown = await reconnect(app, LOCATION, { signal: AbortSignal.abort(reason) })
        .catch((error: unknown) => error);
      holds(caught === reason, "the reason comes through");
    },
  },
  {
    name: "bad arguments throw a TypeError before any request",
    async run() {
      const { sandbox, app } = world();
      const attempts = [
        () => reconnect(app, { locationId: "" }),
        () => reconnect(app, { locationId: "a/b" }),
        () => reconnect({ ...app, clientSecret: "" }, LOCATION),
        () => reconnect({ ...app, baseUrl: "http://elsewhere.example" }, LOCATION),
      ];
      for (const attempt of attempts) {
        const caught: unknown = await attempt().catch((error: unknown) => error);
        holds(caught instanceof TypeError, "it is a TypeError");
      }
      equal(sandbox.counts.total, 0, "requests");
    },
  },
];
