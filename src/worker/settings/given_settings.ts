import { settingSchemas } from "./setting_schemas.ts";

/** The settings as their owner gave them. */
export interface GivenSettings {
  /** Each setting's value; `undefined` where it is missing or empty. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The name under which the owner gave, or should give, the setting `name`. */
  readonly nameOf: (name: string) => string;
}

/** The settings that `env` holds, before anything is checked. */
export function givenSettings(env: object): GivenSettings {
  const names = Object.keys(settingSchemas);
  return {
    values: Object.fromEntries(names.map((name) => [name, valueOf(env, name)])),
    nameOf: (name) => name,
  };
}

/** wrangler.toml's `[vars]` may be numbers and booleans; an empty text counts as none. */
function valueOf(env: object, name: string): unknown {
  const value: unknown = Reflect.get(env, name);
  if (value === "") return undefined;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}
