import { type ImportRow, remarkText } from "../../src/import/mod.ts";

/** A row in one line, as the corpus has it. No token stands there. */
export function described(row: ImportRow): string {
  const place = `${row.line}${row.path && ` ${row.path}`}`;
  switch (row.result) {
    case "taken": {
      const { target, name, companyId, access, refresh, scope, clientId } = row.found;
      const words = [
        target.locationId === undefined ? `company ${target.companyId}` : `location ${target.locationId}`,
        ...(access
          ? [`access until ${access.expiresAt ? new Date(access.expiresAt).toISOString() : "unknown"}`]
          : []),
        ...(refresh ? ["refresh"] : []),
        ...(companyId ? [`of ${companyId}`] : []),
        ...(name ? [`named ${name}`] : []),
        ...(scope.length > 0 ? [`may ${scope.join(" ")}`] : []),
        ...(clientId ? [`by ${clientId}`] : []),
      ];
      return [
        `${place}: taken ${words.join(", ")}`,
        ...row.notes.map((note) => `  note: ${remarkText(note)}`),
      ].join(
        "\n",
      );
    }
    case "left_out":
      return `${place}: left out (${row.code}): ${remarkText(row.remark)}`;
    case "bad":
      return `${place}: bad: ${remarkText(row.remark)}`;
  }
}
