import type { ConformanceResult } from "../suite.ts";

/** A place where the core runs. */
export interface Runtime {
  /** Its name, with the version pinned here. */
  readonly name: string;
  /** Why it cannot run on this machine; `undefined` where it can. */
  readonly missing?: string | undefined;
  /** Runs the conformance suite in it. */
  readonly run: () => Promise<ConformanceResult[]>;
}

/** Results as a runtime printed or sent them. */
export function resultsIn(text: string): ConformanceResult[] {
  const results: unknown = JSON.parse(text);
  if (!Array.isArray(results)) throw new Error(`no results: ${text.slice(0, 300)}`);
  return results.filter(isResult);
}

function isResult(value: unknown): value is ConformanceResult {
  return typeof value === "object" && value !== null && "name" in value && "ok" in value &&
    typeof value.name === "string" && typeof value.ok === "boolean";
}
