import type { Route } from "./route.ts";

/**
 * What a signed-in browser may call from the page that describes the API, as far as its key may: what the dashboard's own forms do
 * as well, and some that only look or are taken back. None answers with a token, takes one, or hands out everything at once: those need the key itself,
 * so that a session never becomes as good as a key.
 */
const TRIED: ReadonlySet<string> = new Set([
  "post /connections/:kind/:id/check",
  "post /connections/:kind/:id/recover",
  "post /connections/:kind/:id/link",
  "delete /connections/:kind/:id/link",
  "get /connections/:kind/:id/health",
  "put /connections/:kind/:id/name",
  "post /connections/:kind/:id/suspend",
  "post /connections/:kind/:id/resume",
  "delete /connections/:kind/:id",
  "post /recoveries",
  "delete /recoveries/:id",
  "post /recoveries/:id/pause",
  "post /recoveries/:id/resume",
  "get /events",
  "post /events/replay",
  "post /campaigns",
  "delete /campaigns/:id",
]);

/** Whether a signed-in browser may call a route from the API's page. */
export function isTried({ method, path }: Pick<Route, "method" | "path">): boolean {
  return TRIED.has(`${method} ${path}`);
}
