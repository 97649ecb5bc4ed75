import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const ICON =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#2f54c9"/><g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"><path d="M10.5 9 8.6 7.100a2.6 2.6 0 0 0-3.7 3.700l2 2a2.6 2.6 0 0 0 2.9.600M13.5 15l1.9 1.900a2.6 2.6 0 0 0 3.7-3.700l-2-2a2.6 2.6 0 0 0-2.9-.600M9.8 9.800l4.4 4.4"/></g></svg>`;

/** The files that pages load: name, media type, text. */
export const ASSETS: ReadonlyMap<string, { readonly type: string; readonly text: string }> = new Map([
  ["style.css", { type: "text/css; charset=utf-8", text: STYLE }],
  ["app.js", { type: "text/javascript; charset=utf-8", text: SCRIPT }],
  ["icon.svg", { type: "image/svg+xml", text: ICON }],
]);

/** Changes whenever a file does, so that browsers may keep them for good. */
const MARK = fingerprint([...ASSETS.values()].map(({ text }) => text).join(""));

/** Where pages load the file `name` from. */
export function assetPath(base: string, name: string): string {
  return `${base}/ui/${name}?v=${MARK}`;
}

/** FNV-1a of `text`, in base 36. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
