import * as v from "valibot";
import { defined } from "../oauth/host.ts";
import type { HighLevelApp } from "../oauth/mod.ts";
import type { WorkerEnv } from "./env.ts";
import { dependencyProblems } from "./settings/dependency_problems.ts";
import { givenSettings } from "./settings/given_settings.ts";
import type { Role } from "./settings/roles.ts";
import { settingsSchema } from "./settings/setting_schemas.ts";

export type { Role };

/** A bearer key. */
export interface Key {
  /** What it may do. */
  readonly role: Role;
  /** Whose it is, in `KEYS`. */
  readonly name?: string;
  /** The key itself. */
  readonly key: string;
}

/** What the pages for customers show, as far as it is set. */
export interface PageSettings {
  /** What the app is called. */
  readonly appName?: string;
  /** Its logo. */
  readonly logoUrl?: string;
  /** Where a customer finds help. */
  readonly supportUrl?: string;
  /** Where a customer goes on to once the connection is back. */
  readonly afterConnectUrl?: string;
}

/** The worker's settings, checked. */
export interface Settings {
  /** The marketplace app. */
  readonly app: HighLevelApp;
  /** Scopes that a re-authorisation asks for. */
  readonly scope: string | undefined;
  /** What customers' pages show. */
  readonly pages: PageSettings;
  /** Bearer keys: one per role, then the named ones. */
  readonly keys: readonly Key[];
  /** The first seals, all open. */
  readonly sealingKeys: readonly string[];
  /** Gets alerts. */
  readonly alertWebhookUrl: string | undefined;
  /** Where events go; `undefined` where nobody wants them. */
  readonly events: EventSettings | undefined;
  /** Checks webhooks; HighLevel's own where absent. */
  readonly webhookPublicKey: string | undefined;
  /** Whether what the worker sends may go to this machine: development. */
  readonly allowLocalEndpoints: boolean;
  /** The share of successful requests that are logged, from 0 to 1. */
  readonly logSampling: number;
  /** Whether nothing may change, and no refresh token be spent: the worker is moved, or its keeper looks after it. */
  readonly readOnly: boolean;
  /** Beginnings of paths that the proxy passes on although they hand out tokens or end installations. */
  readonly proxyAllow: readonly string[];
}

/** Where events are sent, and how. */
export interface EventSettings {
  /** The addresses, one at least. */
  readonly urls: readonly string[];
  /** What they are signed with: one, or two while they are changed. */
  readonly secrets: readonly string[];
  /** Names of events that are sent, or beginnings that end with `*`; all where absent. */
  readonly types: readonly string[] | undefined;
}

/** Settings, or what is wrong with them: names of settings with what is allowed, never their values. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Without these the worker does nothing. */
const BINDINGS = ["TOKENS", "CONNECTIONS", "JOBS", "DIRECTORY", "RECOVERIES"] as const;
/** Without these it sends no events. */
const EVENT_BINDINGS = ["EVENTS", "EVENT_ENDPOINTS"] as const;
/** It does without these, but not with something else under their names: what is used of each, and what it should be. */
const OPTIONAL_BINDINGS = [
  ["ASSETS", "fetch", "static assets"],
  ["WRONG_KEYS", "limit", "a rate limit"],
  ["REFUSED_CODES", "limit", "a rate limit"],
  ["KEY_REQUESTS", "limit", "a rate limit"],
] as const;

/** Reads the settings in `env` and checks every one. All that is wrong is told at once, by the names the owner gave. */
export function readSettings(env: WorkerEnv): SettingsResult {
  const given = givenSettings(env);
  const result = v.safeParse(settingsSchema, given.values, { abortPipeEarly: true });
  const problems = [
    ...(result.issues ?? []).map((issue) => `${given.nameOf(v.getDotPath(issue) ?? "")} ${issue.message}`),
    ...dependencyProblems(given),
    ...bindingProblems(
      env,
      given.values.EVENT_URLS === undefined ? BINDINGS : [...BINDINGS, ...EVENT_BINDINGS],
    ),
  ];
  if (problems.length > 0 || !result.success) return { ok: false, problems };
  return { ok: true, settings: settingsFrom(result.output) };
}

/** A variable under a binding's name is none: it would fail where it is used first. */
function bindingProblems(
  env: WorkerEnv,
  needed: readonly (typeof BINDINGS | typeof EVENT_BINDINGS)[number][],
): string[] {
  const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";
  return [
    ...needed.filter((name) => !isGiven(env[name])).map((name) => `the binding ${name} is missing`),
    ...needed.filter((name) => isGiven(env[name]) && Object(env[name]) !== env[name])
      .map((name) => `the binding ${name} is no binding`),
    ...OPTIONAL_BINDINGS.filter(([name, method]) =>
      isGiven(env[name]) && typeof Reflect.get(Object(env[name]), method) !== "function"
    ).map(([name, , what]) => `the binding ${name} must be ${what}`),
  ];
}

/** The worker's settings, made of values that were checked. */
function settingsFrom(values: v.InferOutput<typeof settingsSchema>): Settings {
  return {
    app: {
      clientId: values.HIGHLEVEL_CLIENT_ID,
      clientSecret: values.HIGHLEVEL_CLIENT_SECRET,
      previousCredentials: values.HIGHLEVEL_PREVIOUS_CREDENTIALS ?? [],
      ...defined({
        redirectUri: values.HIGHLEVEL_REDIRECT_URI,
        baseUrl: values.HIGHLEVEL_BASE_URL,
        marketplaceUrl: values.HIGHLEVEL_MARKETPLACE_URL,
        apiVersion: values.HIGHLEVEL_API_VERSION,
        versionId: values.HIGHLEVEL_VERSION_ID,
      }),
    },
    scope: values.HIGHLEVEL_SCOPES,
    pages: defined({
      appName: values.APP_NAME?.trim() || undefined,
      logoUrl: values.APP_LOGO_URL,
      supportUrl: values.SUPPORT_URL,
      afterConnectUrl: values.AFTER_CONNECT_URL,
    }),
    keys: [
      ...([
        ["admin", values.ADMIN_KEY],
        ["service", values.SERVICE_KEY],
        ["viewer", values.VIEWER_KEY],
      ] as const).flatMap(([role, key]) => key === undefined ? [] : [{ role, key }]),
      ...values.KEYS ?? [],
    ],
    sealingKeys: values.SEALING_KEYS,
    alertWebhookUrl: values.ALERT_WEBHOOK_URL,
    events: values.EVENT_URLS &&
      { urls: values.EVENT_URLS, secrets: values.EVENT_SECRETS ?? [], types: values.EVENT_TYPES },
    webhookPublicKey: values.HIGHLEVEL_WEBHOOK_PUBLIC_KEY,
    allowLocalEndpoints: values.ALLOW_LOCAL_ENDPOINTS ?? false,
    logSampling: values.LOG_SAMPLING ?? 1,
    readOnly: values.READ_ONLY ?? false,
    proxyAllow: values.PROXY_ALLOW ?? [],
  };
}
