/** Runs that no message needs: JWTs, and unbroken text of 40 characters or more. */
const OPAQUE = /\beyJ[\w-]{6,}(\.[\w-]*)*|[\w+/=~.-]{40,}/g;

/** `text` without the given secrets, in any spelling that a request gives them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest first: what is left of one that contains another would show. NUL stands in, as no secret is in it.
  return secrets.filter(Boolean).flatMap(spellingsOf).sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, "\0"), text).replaceAll("\0", "[redacted]");
}

/** `text` without the given secrets and anything else that looks like one, on one line, cut to 300 characters. */
export function redact(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets).replace(OPAQUE, "[redacted]").replace(/[\s\p{Cc}]+/gu, " ").trim()
    .slice(0, 300);
}

/** A secret as it is, as JSON escapes it, and percent-encoded as forms and as URLs have it. */
function spellingsOf(secret: string): string[] {
  const form = new URLSearchParams({ "": secret }).toString().slice(1);
  const encoded = [form, form.replaceAll("+", "%20"), encodeURIComponent(secret.toWellFormed())];
  const lowerCase = encoded.map((text) => text.replace(/%../g, (byte) => byte.toLowerCase()));
  return [secret, JSON.stringify(secret).slice(1, -1), ...encoded, ...lowerCase];
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
