import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Sandbox } from "../../src/sandbox/mod.ts";

/** Everything that must never show: what the sandbox ever issued, the app's secrets, and more. */
export function secretsOf(sandbox: Sandbox, ...more: readonly string[]): string[] {
  const { clientSecret, previous } = sandbox.app;
  return [clientSecret, ...previous.map((pair) => pair.clientSecret), ...sandbox.issuedSecrets(), ...more];
}

/** Every spelling under which `secret` could hide in a text. Long ones are told by their middle, which encodings keep. */
export function spellingsOf(secret: string): string[] {
  const base64 = btoa(secret);
  // Base64 of a text that begins elsewhere in the group of three looks different: the three ways it can look.
  const shifted = [1, 2].map((shift) => btoa("x".repeat(shift) + secret).slice(4, -4));
  return [
    secret,
    encodeURIComponent(secret),
    base64,
    base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
    ...shifted.filter((text) => text.length >= 16),
    Array.from(secret, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join(""),
  ];
}

/** All that can be seen of `value`: inspected, as JSON, and with its causes. */
export function textOf(value: unknown): string {
  const parts = [inspect(value, { depth: 12, showHidden: true })];
  try {
    parts.push(JSON.stringify(value) ?? "");
  } catch {
    // A cycle: inspection has shown it.
  }
  if (value instanceof Error) parts.push(value.stack ?? "", value.message, textOf(value.cause));
  return parts.join("\n");
}

/** Fails where one of `secrets` stands in `text`, under any spelling. */
export function assertShowsNone(text: string, secrets: readonly string[], where: string): void {
  for (const secret of secrets) {
    for (const spelling of spellingsOf(secret)) {
      assert.ok(!text.includes(spelling), `${where} shows a secret: …${around(text, spelling)}…`);
    }
  }
}

function around(text: string, spelling: string): string {
  const at = text.indexOf(spelling);
  return text.slice(Math.max(0, at - 80), at) + "<the secret>";
}
