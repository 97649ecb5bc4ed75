/**
 * What a route changes that somebody is answerable for, as its audit line calls it.
 *
 * - `recover`, `import`, `authorise`, `forget`: one connection. `authorise`: by a code of the host's own callback.
 * - `link`: a link was made by which a customer connects again; `unlink`: all that were made have ended. `rename`: a name was given.
 * - `suspend`, `resume`: no token of a connection is handed out, and nothing asked for it; that has ended.
 * - `campaign`: a campaign was begun, edited, sent or dropped.
 * - `start_job`, `pause_job`, `resume_job`, `cancel_job`: a job over many.
 * - `export`, `restore`, `seal`, `erase`: what is held, as a whole or for good.
 * - `replay`: events are sent again.
 */
export const AUDITED_CHANGES = [
  "recover",
  "import",
  "authorise",
  "forget",
  "link",
  "unlink",
  "rename",
  "suspend",
  "resume",
  "campaign",
  "start_job",
  "pause_job",
  "resume_job",
  "cancel_job",
  "export",
  "restore",
  "seal",
  "erase",
  "replay",
] as const;

/** One of {@linkcode AUDITED_CHANGES}. */
export type AuditedChange = (typeof AUDITED_CHANGES)[number];

/**
 * What a route changes: something that is audited; an `"installation"`, as HighLevel's webhooks and customers change it, who have no
 * key; or nothing that is held here. A worker that is read-only refuses what {@linkcode keepsAll} does not name.
 */
export type Change = AuditedChange | "installation" | "nothing";

/**
 * What a definition of a route must say. What is no GET says what it changes, if only that it is nothing: without that it does not
 * compile.
 */
export type Changing<Method extends string> =
  | { readonly method: Extract<Method, "get">; readonly changes?: Change }
  | { readonly method: Method; readonly changes: Change };

/** Whether nothing that is held changes, so that a worker that is read-only does it too: an export is made while it is. */
export function keepsAll(change: Change): boolean {
  return change === "nothing" || change === "export";
}

/** Whether a change has an audit line. */
export function isAudited(change: Change): change is AuditedChange {
  return change !== "installation" && change !== "nothing";
}
