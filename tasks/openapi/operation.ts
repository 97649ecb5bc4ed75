import type { Schema } from "./example.ts";

/** What is read of a parameter. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** Bodies by their media type. */
export type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

/** What is read of an operation. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly "x-access": string;
  readonly "x-try"?: true;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

/** One entry of the page: what is done at a path, by one method or several alike. */
export interface Entry {
  readonly path: string;
  readonly methods: readonly string[];
  readonly operation: Operation;
}

/** The forms that a body may have. */
export function formsOf(schema: Schema): readonly Schema[] {
  return schema.anyOf?.every(({ type }) => type === "object") ? schema.anyOf : [schema];
}

/** `value` as people read JSON. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
