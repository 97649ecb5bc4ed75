/** One line of CSV. A field that a spreadsheet would take for a formula is disarmed. */
export function csvLine(fields: readonly (string | undefined)[]): string {
  return fields.map((field = "") => {
    const text = /^[=+\-@\t]/.test(field) ? `'${field}` : field;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",");
}
