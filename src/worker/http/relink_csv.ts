import type { ConnectionStatus } from "../../stores/mod.ts";
import type { Words } from "../dashboard/words.ts";
import type { KindAndId } from "../kind_and_id.ts";
import type { Cells } from "./csv_response.ts";
import { lostReason } from "./lost_reason.ts";

/** One line for a mail merge. Moments in ms. */
export interface RelinkLine extends KindAndId {
  readonly name?: string;
  /** The name of its agency, else the agency's id. */
  readonly agency?: string;
  readonly status?: ConnectionStatus;
  readonly cause?: string;
  /** Since when it is lost. */
  readonly since?: number;
  readonly openedAt?: number;
  readonly reconnectedAt?: number;
}

/** The columns of {@linkcode relinkCells}. */
export const RELINK_COLUMNS = [
  "kind",
  "id",
  "name",
  "agency",
  "reason",
  "since",
  "opened",
  "reconnected",
] as const;

/** The cells of `line`; moments in UTC, as spreadsheets read them. */
export function relinkCells(line: RelinkLine, { reasons }: Pick<Words, "reasons">): Cells {
  const { kind, id, name, agency, status, cause, since, openedAt, reconnectedAt } = line;
  const reason = lostReason(status, cause);
  return [
    kind,
    id,
    oneLine(name),
    oneLine(agency),
    reason && reasons[reason],
    reason && timeText(since),
    timeText(openedAt),
    timeText(reconnectedAt),
  ];
}

function timeText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** A name that stays on its line, whatever it came with. */
function oneLine(name: string | undefined): string | undefined {
  return name?.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
