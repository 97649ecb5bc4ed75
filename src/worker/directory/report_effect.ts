import type { DirectoryReport, KeptRow } from "./directory_api.ts";

/** What a report does to the directory. */
export type ReportEffect =
  | { readonly do: "nothing" }
  | { readonly do: "put"; readonly row: KeptRow }
  | { readonly do: "remove" };

/**
 * What `report` does where the last one taken of its connection was `lastSeq`. One that was taken before, or that a later
 * one has overtaken, does nothing: neither to the row nor to the counts.
 */
export function reportEffect(
  { row, seq }: Pick<DirectoryReport, "row" | "seq">,
  lastSeq: number | undefined,
): ReportEffect {
  if (lastSeq !== undefined && seq <= lastSeq) return { do: "nothing" };
  const { status } = row;
  return status === "forgotten" ? { do: "remove" } : { do: "put", row: { ...row, status } };
}
