/** A client id with its secret, as HighLevel's marketplace shows them. */
export interface ClientCredentials {
  /** `<24 hex>-<8 letters or digits>`. */
  readonly clientId: string;
  /** The secret that belongs to `clientId`. */
  readonly clientSecret: string;
}

/** A HighLevel marketplace app and how to reach HighLevel. */
export interface HighLevelApp extends ClientCredentials {
  /** Where HighLevel sends people back after they authorised the app. */
  readonly redirectUri?: string;
  /**
   * Which spelling of the API to use. Answers are understood in either.
   * @default {"2021-07-28"}
   */
  readonly apiVersion?: "2021-07-28" | "v3";
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
   * Longest wait for one attempt, ms.
   * @default {15_000}
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

/** Judged as it is written, since paths are put behind it: `URL` would forgive spaces, backslashes and an empty `?`. */
const SITE =
  /^(https:\/\/[^\s/\\@?#]+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1])(:\d+)?)(\/[^\s\\?#]*)?$/i;

/**
 * Checks the parts of `app` that requests are built from.
 *
 * @throws {TypeError} naming the field that is missing or malformed; no secret is shown.
 */
export function checkApp(app: HighLevelApp): void {
  checkCredentials(app, "app");
  app.previousCredentials?.forEach((pair, index) =>
    checkCredentials(pair, `app.previousCredentials[${index}]`)
  );
  if (app.apiVersion !== undefined && app.apiVersion !== "v3" && app.apiVersion !== "2021-07-28") {
    throw new TypeError(`app.apiVersion must be "2021-07-28" or "v3"`);
  }
  checkSite("app.baseUrl", app.baseUrl);
  checkSite("app.marketplaceUrl", app.marketplaceUrl);
}

/** The app id: the client id up to its first `-` (HighLevel's docs, "Get Location where app is installed"). */
export function appIdOf(app: ClientCredentials): string {
  return app.clientId.split("-", 1)[0] ?? app.clientId;
}

/** Every pair of `app`, the current one first; `preferred` (a client id) moves its pair to the front. */
export function credentialsOf(app: HighLevelApp, preferred?: string): readonly ClientCredentials[] {
  const pairs = [app, ...app.previousCredentials ?? []];
  const at = pairs.findIndex((pair) => pair.clientId === preferred);
  return at > 0 ? [...pairs.splice(at, 1), ...pairs] : pairs;
}

/** `app` with another pair in place of its own. */
export function withCredentials(app: HighLevelApp, pair: ClientCredentials): HighLevelApp {
  return pair === app ? app : { ...app, clientId: pair.clientId, clientSecret: pair.clientSecret };
}

function checkCredentials(pair: ClientCredentials, name: string): void {
  checkText(`${name}.clientId`, pair?.clientId);
  checkText(`${name}.clientSecret`, pair?.clientSecret);
}

/** Returns `value` if it is a text with something in it; else throws a `TypeError` naming `field`. */
export function checkText(field: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new TypeError(`${field} must be a non-empty string`);
}

/** Returns `value` if it can be sent as a bearer token; else throws a `TypeError` naming `field`. */
export function checkBearer(field: string, value: unknown): string {
  if (typeof value === "string" && /^[!-~]+$/.test(value)) return value;
  throw new TypeError(`${field} must be a non-empty string without spaces or line ends`);
}

function checkSite(field: string, value: string | undefined): void {
  if (value === undefined || SITE.test(value) && URL.canParse(value)) return;
  throw new TypeError(`${field} must be an https or loopback URL without user, query or fragment`);
}
