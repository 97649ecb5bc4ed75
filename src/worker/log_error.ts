/** Logs `error` by its name, with what it is `about`. Never its message: nobody has checked what it carries. */
export function logError(error: unknown, about: Readonly<Record<string, unknown>>): void {
  const name = error instanceof Error ? error.name : "thrown";
  console.error(JSON.stringify({ level: "error", ...about, error: name }));
}
