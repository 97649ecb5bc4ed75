import type { DurableObjectId, KVNamespace, Queue } from "@cloudflare/workers-types";
import type { DirectoryApi } from "./directory/directory_api.ts";
import type { ConnectionApi } from "./connection/connection_api.ts";
import type { EventEndpointApi } from "./events/endpoint_api.ts";
import type { EventMessage } from "./events/event_message.ts";
import type { Jurisdiction } from "./jurisdiction.ts";
import type { JobApi, RecoveryMessage } from "./recovery_job/job_api.ts";

/** What is used of a Durable Object namespace whose objects speak `Api`. */
export interface ObjectNamespace<Api> {
  /** The id of the object with this name. */
  idFromName(name: string): DurableObjectId;
  /** The object. */
  get(id: DurableObjectId): Api;
  /** The same objects' names, in a jurisdiction; Cloudflare's own bindings have it, local workerd's refuse. */
  jurisdiction?(jurisdiction: Jurisdiction): ObjectNamespace<Api>;
}

/** What is used of a Workers rate limit binding. */
export interface RateLimitBinding {
  /** Counts one event of `key` and tells whether it is within the limit. */
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** What is used of a static assets binding. */
export interface AssetsBinding {
  /** The file at the path of `url`. */
  fetch(url: string, init: { readonly headers: Readonly<Record<string, string>> }): Promise<Response>;
}

/** Bindings of the worker, as wrangler.toml names them. */
export interface WorkerBindings {
  /** Recovered tokens, sealed, with what the daily sweep needs as key metadata. */
  readonly TOKENS: KVNamespace;
  /** One object per connection. */
  readonly CONNECTIONS: ObjectNamespace<ConnectionApi>;
  /** One object per bulk recovery. */
  readonly JOBS: ObjectNamespace<JobApi>;
  /** Bulk recoveries on their way. */
  readonly RECOVERIES: Queue<RecoveryMessage>;
  /** The files of `assets/`; without it there is no dashboard and no OpenAPI document. */
  readonly ASSETS?: AssetsBinding;
  /** One object that lists and counts all connections. */
  readonly DIRECTORY: ObjectNamespace<DirectoryApi>;
  /** Events on their way; needed with `EVENT_URLS`. */
  readonly EVENTS?: Queue<EventMessage>;
  /** One object per address that events are sent to; needed with `EVENT_URLS`. */
  readonly EVENT_ENDPOINTS?: ObjectNamespace<EventEndpointApi>;
  /** Limits wrong keys per address; without it they are only refused. */
  readonly WRONG_KEYS?: RateLimitBinding;
  /** Limits codes that HighLevel refused, per address; without it each isolate counts for itself. */
  readonly REFUSED_CODES?: RateLimitBinding;
  /** Limits requests with a key, per name of the key; without it they are not limited. */
  readonly KEY_REQUESTS?: RateLimitBinding;
}

/** Settings of the worker: secrets and variables, all texts. */
export interface WorkerVariables {
  /** Names of several apps, comma-separated: each is served below its name, and its settings begin with it. */
  readonly HIGHLEVEL_APPS?: string;
  /** Which of them these settings are for. The worker sets it by itself. */
  readonly HIGHLEVEL_APP?: string;
  /** The app's client id. */
  readonly HIGHLEVEL_CLIENT_ID?: string;
  /** The app's client secret. */
  readonly HIGHLEVEL_CLIENT_SECRET?: string;
  /** Older pairs of the app: `id:secret`, comma-separated. */
  readonly HIGHLEVEL_PREVIOUS_CREDENTIALS?: string;
  /** Where HighLevel sends people back: this worker's `/oauth/callback`. */
  readonly HIGHLEVEL_REDIRECT_URI?: string;
  /** Scopes to ask for, with spaces between. */
  readonly HIGHLEVEL_SCOPES?: string;
  /** HighLevel's API. */
  readonly HIGHLEVEL_BASE_URL?: string;
  /** The site of the authorisation page. */
  readonly HIGHLEVEL_MARKETPLACE_URL?: string;
  /** `2021-07-28`, `2023-02-21` or `v3`. */
  readonly HIGHLEVEL_API_VERSION?: string;
  /** The version of the app that installation links ask for, where an installation's own is not known. */
  readonly HIGHLEVEL_VERSION_ID?: string;
  /** What the app is called on its customers' pages. */
  readonly APP_NAME?: string;
  /** Its logo there, https. */
  readonly APP_LOGO_URL?: string;
  /** Where a customer finds help: https or mailto. */
  readonly SUPPORT_URL?: string;
  /** Where a customer goes on to once the connection is back, https. */
  readonly AFTER_CONNECT_URL?: string;
  /** The key that checks webhooks, SPKI in base64; HighLevel's own by default. */
  readonly HIGHLEVEL_WEBHOOK_PUBLIC_KEY?: string;
  /** Keys of 32 bytes in base64, comma-separated; the first seals, all open. */
  readonly SEALING_KEYS?: string;
  /** `eu`, `us`, `fedramp` or `fedramp-high`: objects run and keep their data there only. Of the whole worker, from its first day. */
  readonly JURISDICTION?: string;
  /** Bearer key that may do everything. Not needed where `KEYS` has one of role `admin`. */
  readonly ADMIN_KEY?: string;
  /** Bearer key that may get tokens and use the proxy. */
  readonly SERVICE_KEY?: string;
  /** Bearer key that may look. */
  readonly VIEWER_KEY?: string;
  /** Named keys, `name:role:key`, comma-separated: the name stands in history, jobs and the log. Two of a name while they are changed. */
  readonly KEYS?: string;
  /** Gets one POST per alert. */
  readonly ALERT_WEBHOOK_URL?: string;
  /** Where events are sent: https addresses, comma-separated. */
  readonly EVENT_URLS?: string;
  /** What events are signed with: `whsec_` and 24 to 64 bytes in base64; two, comma-separated, while they are changed. */
  readonly EVENT_SECRETS?: string;
  /** Which events are sent: names, or beginnings such as `connection.*`, comma-separated; all by default. */
  readonly EVENT_TYPES?: string;
  /** `true` lets alerts and events go to loopback and private networks: development. */
  readonly ALLOW_LOCAL_ENDPOINTS?: string;
  /** The share of successful requests that are logged, from 0 to 1; all by default. Errors always are. */
  readonly LOG_SAMPLING?: string;
  /** `true`: nothing changes and no refresh token is spent; tokens that live are served. */
  readonly READ_ONLY?: string;
  /** Beginnings of paths below `/oauth` and `/marketplace` that the proxy passes on, comma-separated; none by default. */
  readonly PROXY_ALLOW?: string;
}

/** Everything the worker is given. */
export type WorkerEnv = WorkerBindings & WorkerVariables;
