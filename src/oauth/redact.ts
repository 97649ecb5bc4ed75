/** Runs that no message needs: JWTs, and unbroken text of 40 characters or more. */
const OPAQUE = /\beyJ[\w-]{6,}(\.[\w-]*)*|[\w+/=~.-]{40,}/g;

/** `text` without the given secrets, plain or percent-encoded. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (!secret) continue;
    clean = clean.replaceAll(secret, "[redacted]").replaceAll(encodeURIComponent(secret), "[redacted]");
  }
  return clean;
}

/** `text` without the given secrets and anything else that looks like one, on one line, cut to 300 characters. */
export function redact(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets).replace(OPAQUE, "[redacted]").replace(/\s+/g, " ").trim().slice(
    0,
    300,
  );
}

/**
 * Makes `object` show only `shown` when it is inspected (`Deno.inspect`, `console.log`, Node's `util.inspect`).
 * Its fields stay as they are.
 */
export function inspectAs<T extends object>(object: T, shown: Record<string, unknown>): T {
  const value = (): Record<string, unknown> => shown;
  Object.defineProperty(object, Symbol.for("Deno.customInspect"), { value: () => JSON.stringify(shown) });
  return Object.defineProperty(object, Symbol.for("nodejs.util.inspect.custom"), { value });
}
