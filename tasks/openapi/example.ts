/** A JSON schema as far as an example of it needs. */
export interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly description?: string;
}

const LOCATION = "l1C08ntBrFjLS0elLIYU";
const COMPANY = "ve9EPM428h8vShlRW1KT";
const JOB = "4f1c7d0e-2f53-4f6b-9a3c-0d8f1f6f2a10";
const TRACE = "0d0b5a1e-6d1f-4f0a-8f6e-8d6b1f0f7c21";

/** What the worker says of something that went wrong. */
const PROBLEM = {
  type: "about:blank",
  title: "Not Found",
  status: 404,
  detail: `Location ${LOCATION}: The app is not installed there.`,
  code: "not_installed",
  traceId: TRACE,
};

/** By the end of a field's name, what might stand there. Secrets are never spelled out. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/token|^code$|secret|password/i, "…"],
  [/traceId$/, TRACE],
  [/companyId$/i, COMPANY],
  [/agency$/, "Northwind"],
  [/name$/i, "Alder Dental"],
  [/locationId$|^id$/i, LOCATION],
  [/cursor$/i, "…"],
  [/(url|link)$/i, "https://reconnect.example/r/…"],
  [/By$/, "admin"],
];

/** An example of what `schema` takes, or gives; `name` is the field's. With `least`, only what is required. */
export function exampleOf(schema: Schema, name = "", { least = false } = {}): unknown {
  if (schema.$ref !== undefined) return PROBLEM;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {}, name, { least });
  switch (schema.type) {
    case "object": {
      const { properties = {}, required = [] } = schema;
      const names = Object.keys(properties).filter((one) => !least || required.includes(one));
      return Object.fromEntries(
        names.map((one) => [one, exampleOf(properties[one] ?? {}, one, { least })]),
      );
    }
    case "array":
      return [exampleOf(schema.items ?? {}, name, { least })];
    case "string":
      return textOf(schema, name);
    case "number":
    case "integer":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}

/** The kind of value that `schema` takes, in few words. */
export function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => String(one)).join(" | ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" | ");
  if (schema.type === "array") return `${typeOf(schema.items ?? {})}[]`;
  return schema.format ?? schema.type ?? "any";
}

function textOf({ format, pattern }: Schema, name: string): string {
  if (format === "date-time") return "2026-11-27T09:00:00.000Z";
  const [, text] = TEXTS.find(([ending]) => ending.test(name)) ?? [];
  if (text !== undefined) return text;
  return pattern ? LOCATION : "…";
}

/** What might stand in a path for its parameter. */
export function pathExample(path: string): string {
  return path.replace("{kind}", "location")
    .replace("{id}", path.includes("{kind}") ? LOCATION : JOB)
    .replace("{path}", `locations/${LOCATION}`)
    .replace(/\{\w+\}/g, "…");
}
