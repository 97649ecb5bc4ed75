/** Base64 of bytes, or of a text of Latin-1 characters. */
export function base64(value: string | Uint8Array): string {
  if (typeof value === "string") return btoa(value);
  let text = "";
  for (const byte of value) text += String.fromCharCode(byte);
  return btoa(text);
}
