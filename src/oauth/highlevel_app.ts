import { check, checkText } from "./check.ts";
import { isObject } from "./fields.ts";

/** A client id with its secret, as HighLevel's marketplace shows them. */
export interface ClientCredentials {
  /** `<24 hex>-<8 letters or digits>`. */
  readonly clientId: string;
  /** The secret that belongs to `clientId`. */
  readonly clientSecret: string;
}

/**
 * Values of the `Version` header. `2023-02-21` (the default of HighLevel's SDK) is spelled as `2021-07-28` is.
 */
export type ApiVersion = "2021-07-28" | "2023-02-21" | "v3";

/** A HighLevel marketplace app and how to reach HighLevel. */
export interface HighLevelApp extends ClientCredentials {
  /** Where HighLevel sends people back after they authorised the app. */
  readonly redirectUri?: string;
  /**
   * Which spelling of the API to use. Answers are understood in either.
   * @default {"2021-07-28"}
   */
  readonly apiVersion?: ApiVersion;
  /** The version of the app that installation links ask for, where an installation's own is not known. */
  readonly versionId?: string;
  /**
   * HighLevel's API, https or loopback.
   * @default {"https://services.leadconnectorhq.com"}
   */
  readonly baseUrl?: string;
  /**
   * The site that shows the authorisation page, https or loopback.
   * @default {"https://marketplace.gohighlevel.com"}
   */
  readonly marketplaceUrl?: string;
  /**
   * Sends the requests.
   * @default {globalThis.fetch}
   */
  readonly fetch?: (input: string, init: RequestInit) => Promise<Response>;
  /**
   * Older pairs of the same app. `recoverTokens` and `Connections` try them in turn where the current pair is refused:
   * HighLevel knows an installation by the pair it was made with.
   */
  readonly previousCredentials?: readonly ClientCredentials[];
}

/** Options that every request takes. */
export interface RequestOptions {
  /** Ends the request; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Longest wait for one attempt, ms. A call that spends a code or a refresh token is allowed more: who gives it up and
   * sends it again may end the connection by that.
   * @default {15_000, for a call that spends something 60_000}
   */
  readonly timeoutMs?: number;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
  /** Waits between attempts, ms; rejects with the signal's reason. By default a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Where HighLevel answers, for every brand and white label. */
export const DEFAULT_BASE_URL = "https://services.leadconnectorhq.com";

/** Judged as written, since paths are put behind it: `URL` forgives spaces, backslashes and an empty `?`. */
const SITE =
  /^(https:\/\/[^\s/\\@?#]+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1])(:\d+)?)(\/[^\s\\?#]*)?$/i;

/**
 * Checks the parts of `app` that requests are built from.
 *
 * @throws {TypeError} naming the field that is missing or malformed; no secret is shown.
 */
export function checkApp(app: HighLevelApp): void {
  check(isObject(app), "app must be an object with clientId and clientSecret");
  const { apiVersion = "v3", previousCredentials = [] } = app;
  for (const [index, pair] of [app, ...previousCredentials].entries()) {
    const name = index ? `app.previousCredentials[${index - 1}]` : "app";
    checkText(`${name}.clientId`, pair?.clientId);
    checkText(`${name}.clientSecret`, pair?.clientSecret);
  }
  checkText("app.apiVersion", apiVersion, /^(v3|2021-07-28|2023-02-21)$/, "v3, 2021-07-28 or 2023-02-21");
  check(typeof (app.fetch ?? check) === "function", "app.fetch must be a function");
  if (app.versionId !== undefined) checkText("app.versionId", app.versionId);
  for (const field of ["baseUrl", "marketplaceUrl"] as const) {
    const { [field]: site } = app;
    if (site !== undefined) {
      checkText(`app.${field}`, isSite(site) && site, SITE, "an https or loopback URL");
    }
  }
}

/** Whether requests may go below `text`: an https or loopback URL without user, query and fragment. */
export function isSite(text: string): boolean {
  return URL.canParse(text) && SITE.test(text);
}

/** The app id: the client id up to its first `-` (HighLevel's docs, "Get Location where app is installed"). */
export function appIdOf({ clientId }: ClientCredentials): string {
  return clientId.replace(/-[^]*/, "");
}

/** `Version` header of `app`'s requests. */
export function versionOf({ apiVersion = "2021-07-28" }: Pick<HighLevelApp, "apiVersion">): ApiVersion {
  return apiVersion;
}

/** `app` with each of its pairs in turn, the current one first; `preferred` (a client id) goes before it. */
export function appsOf(app: HighLevelApp, preferred?: string): readonly HighLevelApp[] {
  const isOther = ({ clientId }: ClientCredentials): number => Number(clientId !== preferred);
  return [app, ...app.previousCredentials ?? []]
    .map(({ clientId, clientSecret }) => ({ ...app, clientId, clientSecret }))
    .sort((a, b) => isOther(a) - isOther(b));
}

/** The app's base URL as `URL` writes it, with a slash at its end. */
export function baseOf({ baseUrl = DEFAULT_BASE_URL }: Pick<HighLevelApp, "baseUrl">): string {
  return new URL(baseUrl.replace(/\/*$/, "/")).href;
}
