import { orUndefined } from "../oauth/or_undefined.ts";

/** `bytes` in base64. */
export function toBase64(bytes: Uint8Array): string {
  // Ten times as fast and more, where the runtime has it; Node 22 does not.
  return bytes.toBase64?.() ?? btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}

/** The bytes that `text` (base64, blanks allowed) stands for, or `undefined` when it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  return orUndefined(() =>
    Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  );
}
