import type { DirectoryChange, DirectoryReport, KeptRow } from "./directory_api.ts";

/** What a report does to the directory. */
export type ReportEffect =
  | { readonly do: "nothing" }
  | { readonly do: "put"; readonly row: KeptRow; readonly changes: readonly DirectoryChange[] }
  | { readonly do: "remove"; readonly changes: readonly DirectoryChange[] };

/**
 * What `report` does where the last one taken of its connection was `lastSeq`. One that was taken before, or that a later
 * one has overtaken, does nothing: neither to the row nor to the counts.
 */
export function reportEffect(
  { row, seq, changes }: DirectoryReport,
  lastSeq: number | undefined,
): ReportEffect {
  if (lastSeq !== undefined && seq <= lastSeq) return { do: "nothing" };
  const { status } = row;
  return status === "forgotten" ? { do: "remove", changes } : { do: "put", row: { ...row, status }, changes };
}
