import type { Answer } from "./call.ts";

/** What Cloudflare, in front of HighLevel, answers a client that it does not like: a text, no JSON. */
export const CLOUDFLARE_1010: Answer = {
  status: 403,
  headers: { "content-type": "text/plain; charset=UTF-8" },
  body: "error code: 1010",
};

/** Whether the firewall turns a request away: it does not name its client. */
export function isFirewalled(headers: Headers): boolean {
  return (headers.get("user-agent") ?? "") === "";
}
