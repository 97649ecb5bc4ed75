import { appNames, prefixed } from "./app_names.ts";
import { settingSchemas } from "./setting_schemas.ts";

/** The settings as their owner gave them. */
export interface GivenSettings {
  /** Each setting's value; `undefined` where it is missing or empty. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The name under which the owner gave, or should give, the setting `name`. */
  readonly nameOf: (name: string) => string;
  /** The client ids of the other apps, by the names of their settings. */
  readonly clientIds: Readonly<Record<string, unknown>>;
}

/** Settings that are about one app. Of several apps each has its own; there is no common one. */
const OF_ONE_APP = [
  "HIGHLEVEL_CLIENT_ID",
  "HIGHLEVEL_CLIENT_SECRET",
  "HIGHLEVEL_PREVIOUS_CREDENTIALS",
  "HIGHLEVEL_REDIRECT_URI",
  "HIGHLEVEL_VERSION_ID",
];

/** Settings of the whole worker: no app has its own. */
const OF_ALL_APPS = ["HIGHLEVEL_APPS", "JURISDICTION"];

/**
 * The settings that `env` holds, before anything is checked. For one of several apps (`HIGHLEVEL_APP`) a setting has the app's
 * name before it, `CRM_HIGHLEVEL_CLIENT_ID`; without it, it is common to all, but for what is about one app.
 */
export function givenSettings(env: object): GivenSettings {
  const app = valueOf(env, "HIGHLEVEL_APP");
  const nameOf = (name: string): string => {
    if (typeof app !== "string" || OF_ALL_APPS.includes(name)) return name;
    const own = prefixed(app, name);
    return OF_ONE_APP.includes(name) || valueOf(env, own) !== undefined ? own : name;
  };
  const others = typeof app === "string" ? appNames(env).filter((name) => name !== app) : [];
  return {
    nameOf,
    values: valuesOf(env, Object.keys(settingSchemas), nameOf),
    clientIds: valuesOf(env, others.map((other) => prefixed(other, "HIGHLEVEL_CLIENT_ID"))),
  };
}

function valuesOf(
  env: object,
  names: readonly string[],
  nameOf: (name: string) => string = (name) => name,
): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, valueOf(env, nameOf(name))]));
}

/** wrangler.toml's `[vars]` may be numbers and booleans; an empty text counts as none. */
function valueOf(env: object, name: string): unknown {
  const value: unknown = Reflect.get(env, name);
  if (value === "") return undefined;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}
