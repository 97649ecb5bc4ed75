import { type ApiVersion, checkApp, type HighLevelApp } from "../oauth/highlevel_app.ts";
import { CloudflareKvStore } from "../stores/cloudflare_kv_store.ts";
import { sealed } from "../stores/sealed.ts";
import type { WorkerEnv } from "./env.ts";

/** What a key may do; each includes the ones before. */
export type Role = "viewer" | "service" | "admin";

/** The worker's settings, checked. */
export interface Settings {
  /** The marketplace app. */
  readonly app: HighLevelApp;
  /** Scopes that a re-authorisation asks for. */
  readonly scope: string | undefined;
  /** Bearer keys by role, the mightiest first. */
  readonly keys: readonly (readonly [Role, string])[];
  /** The first seals, all open. */
  readonly sealingKeys: readonly string[];
  /** Gets alerts. */
  readonly alertWebhookUrl: string | undefined;
  /** Checks webhooks; HighLevel's own where absent. */
  readonly webhookPublicKey: string | undefined;
}

/** Settings, or what is wrong with them: names of settings with what is allowed, never their values. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const REQUIRED = ["HIGHLEVEL_CLIENT_ID", "HIGHLEVEL_CLIENT_SECRET", "ADMIN_KEY", "SEALING_KEYS"] as const;
/** A key shorter than this can be guessed. */
const MIN_KEY_LENGTH = 8;
const API_VERSIONS: readonly ApiVersion[] = ["2021-07-28", "2023-02-21", "v3"];
const BINDINGS = ["TOKENS", "CONNECTIONS", "JOBS", "RECOVERIES"] as const;

/** Reads and checks the settings in `env`. */
export function readSettings(env: WorkerEnv): SettingsResult {
  const problems = [
    ...REQUIRED.filter((name) => !env[name]).map((name) => `${name} is missing`),
    ...BINDINGS.filter((name) => !env[name]).map((name) => `the binding ${name} is missing`),
  ];
  const app = appFrom(env);
  const sealingKeys = listOf(env.SEALING_KEYS);
  if (problems.length === 0) {
    problems.push(
      ...keyProblems(env),
      ...versionProblems(env),
      ...problemOf(() => checkApp(app)),
      ...problemOf(() => sealed(new CloudflareKvStore(env.TOKENS), { keys: sealingKeys })),
    );
  }
  if (problems.length > 0) return { ok: false, problems };
  const keys: Settings["keys"] = ([
    ["admin", env.ADMIN_KEY],
    ["service", env.SERVICE_KEY],
    ["viewer", env.VIEWER_KEY],
  ] as const).flatMap(([role, key]) => key ? [[role, key] as const] : []);
  return {
    ok: true,
    settings: {
      app,
      scope: env.HIGHLEVEL_SCOPES || undefined,
      keys,
      sealingKeys,
      alertWebhookUrl: env.ALERT_WEBHOOK_URL || undefined,
      webhookPublicKey: env.HIGHLEVEL_WEBHOOK_PUBLIC_KEY || undefined,
    },
  };
}

/** Keys that can be guessed, or that would give one role the rights of another. */
function keyProblems(env: WorkerEnv): string[] {
  const names = (["ADMIN_KEY", "SERVICE_KEY", "VIEWER_KEY"] as const).filter((name) => env[name]);
  return names.flatMap((name, index) => [
    ...((env[name] ?? "").length < MIN_KEY_LENGTH
      ? [`${name} must have ${MIN_KEY_LENGTH} characters at least`]
      : []),
    ...names.slice(index + 1).filter((other) => env[other] === env[name])
      .map((other) => `${name} and ${other} must differ`),
  ]);
}

function versionProblems(env: WorkerEnv): string[] {
  const { HIGHLEVEL_API_VERSION: version, HIGHLEVEL_VERSION_ID: versionId } = env;
  return [
    ...(version && !apiVersionFrom(env)
      ? [`HIGHLEVEL_API_VERSION must be one of ${API_VERSIONS.join(", ")}`]
      : []),
    ...(versionId && !/^[A-Za-z0-9_-]{1,128}$/.test(versionId)
      ? ["HIGHLEVEL_VERSION_ID must be an id of A-Z a-z 0-9 _ -"]
      : []),
  ];
}

function apiVersionFrom({ HIGHLEVEL_API_VERSION: version }: WorkerEnv): ApiVersion | undefined {
  return API_VERSIONS.find((known) => known === version);
}

function appFrom(env: WorkerEnv): HighLevelApp {
  const apiVersion = apiVersionFrom(env);
  return {
    clientId: env.HIGHLEVEL_CLIENT_ID ?? "",
    clientSecret: env.HIGHLEVEL_CLIENT_SECRET ?? "",
    ...(env.HIGHLEVEL_REDIRECT_URI && { redirectUri: env.HIGHLEVEL_REDIRECT_URI }),
    ...(env.HIGHLEVEL_BASE_URL && { baseUrl: env.HIGHLEVEL_BASE_URL }),
    ...(env.HIGHLEVEL_MARKETPLACE_URL && { marketplaceUrl: env.HIGHLEVEL_MARKETPLACE_URL }),
    ...(apiVersion && { apiVersion }),
    ...(env.HIGHLEVEL_VERSION_ID && { versionId: env.HIGHLEVEL_VERSION_ID }),
    previousCredentials: listOf(env.HIGHLEVEL_PREVIOUS_CREDENTIALS).map((pair) => {
      const [clientId = "", clientSecret = ""] = pair.split(/:([^]*)/).map((part) => part.trim());
      return { clientId, clientSecret };
    }),
  };
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").map((part) => part.trim()).filter(Boolean);
}

function problemOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { message } = error;
    return [
      message.startsWith("app.previous")
        ? "HIGHLEVEL_PREVIOUS_CREDENTIALS must be pairs id:secret, with commas between"
        : message.replace(/^keys/, "SEALING_KEYS"),
    ];
  }
}
