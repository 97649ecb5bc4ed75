import { HighLevelError } from "../oauth/highlevel_error.ts";

/** A store's trouble as a coded error. A store's own words may hold anything, so only coded ones are kept. */
export function storeFailed(what: string, error: unknown): HighLevelError {
  if (error instanceof HighLevelError) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  return new HighLevelError("store_failed", `A record could not be ${what}: the store threw ${kind}.`);
}
