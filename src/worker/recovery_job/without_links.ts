import type { JobItem } from "./job_api.ts";

/** `items` without the links by which people come back: those are for admins to hand out. */
export function withoutLinks(items: readonly JobItem[]): JobItem[] {
  return items.map(({ authorizationUrl: _, ...item }) => item);
}
