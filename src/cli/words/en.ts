import type { HighLevelErrorCode } from "../../oauth/highlevel_error.ts";
import { REMARK_TEXTS } from "../../import/remark_text.ts";
import type { RemarkCode } from "../../import/remarks.ts";
import type { Separator } from "../../import/separated_rows.ts";
import type { RunCounts } from "../run/tally.ts";
import { enHealth } from "./en_health.ts";
import { enUsage } from "./en_usage.ts";

const number = (count: number): string => count.toLocaleString("en-US");
const counted = (count: number, noun: string, many = `${noun}s`): string =>
  `${number(count)} ${count === 1 ? noun : many}`;
const connections = (count: number): string => counted(count, "connection");
const seconds = (time: number): string => `in ${time.toFixed(1)} s`;

const codes: Readonly<Partial<Record<HighLevelErrorCode, string>>> = {};
const remarks: Readonly<Record<RemarkCode, (...values: string[]) => string>> = REMARK_TEXTS;

/** What people read in English, but for the help. */
export const en = {
  usage: enUsage,
  health: enHealth,
  code: "en",
  number,
  connections,
  error: "error",
  kinds: { location: "location", company: "agency" },
  states: {
    connected: "connected",
    broken: "broken",
    paused: "paused",
    reauthorization_required: "needs reauthorization",
    recovered: "recovered",
    failed: "failed",
    missing: "missing",
    orphaned: "orphaned",
    imported: "imported",
    kept: "kept",
    would_import: "would import",
    would_keep: "would keep",
  },
  ways: { store: "by store", refresh: "by refresh", reconnect: "by reconnect", agency: "by agency" },
  /** Where an error's own words are not enough. English ones are English. */
  codes,
  unexplained: {
    paused: "The location is not active.",
    reauthorization_required: "It could not be recovered automatically. The app must be authorized again.",
    failed: "The reason is not known.",
  },
  /** Above columns. */
  columns: {
    connection: "CONNECTION",
    kind: "KIND",
    id: "ID",
    status: "STATUS",
    since: "SINCE",
    tokenEnds: "TOKEN ENDS",
    name: "NAME",
    reason: "REASON",
    link: "LINK",
    happened: "HAPPENED",
    type: "TYPE",
    why: "WHY",
  },
  unknown: "unknown",
  nothing: "nothing",
  /** How one connection of a run ended, as counted at its end. */
  tally: (counts: RunCounts): string =>
    [
      `${number(counts.recovered)} recovered`,
      counts.paused > 0 && `${number(counts.paused)} paused`,
      counts.reauthorization_required > 0 &&
      counted(counts.reauthorization_required, "needs reauthorization", "need reauthorization"),
      counts.failed > 0 && `${number(counts.failed)} failed`,
      (counts.notTried ?? 0) > 0 && `${number(counts.notTried ?? 0)} not tried`,
    ].filter(Boolean).join(", "),
  run: {
    recovering: "Recovering",
    bar: {
      recovered: (count: number) => `${number(count)} recovered`,
      paused: (count: number) => `${number(count)} paused`,
      reauthorization_required: (count: number) => `${number(count)} need reauthorization`,
      failed: (count: number) => `${number(count)} failed`,
    },
    of: (done: string, total: string) => `${done} of ${total}`,
    left: (time: string) => `ETA ${time}`,
    stopping: "Stopping: finishing what is in flight. Press Ctrl-C again to stop at once.",
    interrupted: " Interrupted.",
    restUncounted: " What is left was not counted.",
    summary: (given: number, tally: string, time: number) =>
      `${connections(given)}: ${tally}, ${seconds(time)}.`,
    notRecovered: (count: number) => `Not recovered: ${connections(count)}`,
    more: (count: number) => `… and ${number(count)} more: --report out.csv and --json have them all.`,
    sendLink: (at: number) => `[${at}] Send this link to the customer:`,
    sharedLink:
      "That link is HighLevel's own, one and the same for everybody, and its code comes to HIGHLEVEL_REDIRECT_URI. A worker (--worker) makes one for each.",
    trace: (id: string) => `trace ${id}`,
    noLink:
      "Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES to see the link where a person authorizes the app.",
    job: (page: string) => `The worker's job goes on without this command: ${page}`,
    jobGoesOn: "The job goes on at the worker.",
    jobIncomplete: (problem: string) => `The worker could not find all connections: ${problem}`,
    plan: (count: number) => `${connections(count)} would be recovered, starting with the cheapest way open:`,
    planWays: {
      refresh: "by a refresh of the tokens held",
      reconnect: "by HighLevel's Reconnect",
      agency: "through their agency's token",
      person: "by a person who authorizes the app again",
    },
    nothingSent: "Nothing was sent to HighLevel.",
    resuming: (count: number) =>
      `Resuming: ${connections(count)} recovered before ${count === 1 ? "is" : "are"} left alone.`,
    nothingToResume: (path: string) => `Nothing to resume in ${path}: starting from the beginning.`,
    goOn: (path: string) => `To go on with what is left: the same command with --resume (${path}).`,
    nothing: "There was nothing to recover.",
    heldOnly: (companyId: string) =>
      `A dry run asks HighLevel nothing: of agency ${companyId}'s locations, only those held here are counted.`,
  },
  file: {
    stdin: "stdin",
    kinds: {
      nothing: "nothing",
      json: "JSON",
      env: "NAME=value",
      table: (separator: Separator, header: string | undefined) =>
        `rows separated by ${{ ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" }[separator]}, ${
          header === undefined ? "without a header" : `columns ${header}`
        }`,
    },
    bigEndian: "big-endian",
    and: " and ",
    place: (path: string, line: number, inside: string) => `${path}: line ${line}${inside && ` ${inside}`}`,
    leftOut: (place: string, reason: string) => `${place} left out: ${reason}.`,
    /** Why a row is left out, where its own words are not enough. */
    remarks,
    summary: (taken: number, leftOut: number, bad: number) => {
      const parts = [
        leftOut + bad > 0 && `${number(taken)} used`,
        leftOut > 0 && `${number(leftOut)} left out`,
        bad > 0 && `${number(bad)} bad`,
      ].filter(Boolean);
      return counted(taken + leftOut + bad, "row") + (parts.length > 0 ? ` (${parts.join(", ")})` : "");
    },
    asTold: (path: string, summary: string) => `${path}: ${summary}, as told above.`,
    kind: (path: string, kind: string, summary?: string) =>
      `${path}: ${kind}${summary ? `; ${summary}` : ""}.`,
  },
  store: {
    unsealed: (name: string) =>
      `Tokens written to ${name} are not encrypted. Set SEALING_KEYS to seal them (a key: openssl rand -base64 32).`,
  },
  list: {
    summary: (total: number, parts: readonly string[]) => `${connections(total)}: ${parts.join(", ")}.`,
    part: (count: number, state: string) => `${number(count)} ${state}`,
    none: (name: string) => `0 connections in ${name}.`,
  },
  imported: {
    both: "access and refresh token",
    refreshOnly: "refresh token only",
    accessKept: "access token; the refresh token held is kept",
    accessOnly: "access token only: it can be refreshed by Reconnect alone",
    accessDryRun: "access token; a refresh token that is held would be kept",
    ends: (time: string) => `ends ${time}`,
    endUnknown: "when it ends is not told",
    of: (companyId: string) => `of agency ${companyId}`,
    issuedTo: (clientId: string) => `issued to ${clientId}`,
    newer: "what is held is as new or newer (--force replaces it)",
    summary: (rows: string, count: number, taken: number, kept: number, failed: number) =>
      `${rows}, ${connections(count)}: ${
        [
          `${number(taken)} taken over`,
          kept > 0 && `${number(kept)} kept as ${kept === 1 ? "it was" : "they were"}`,
          failed > 0 && `${number(failed)} failed`,
        ].filter(Boolean).join(", ")
      }.`,
    dryRun: (rows: string, taken: number, kept: number) => {
      const parts = `: ${number(taken)} would be taken over, ${number(kept)} kept as ${
        kept === 1 ? "it is" : "they are"
      }`;
      return `${rows}, ${connections(taken + kept)}${kept > 0 ? parts : ""}. Nothing was changed.`;
    },
  },
  links: {
    nobody: "Nobody has to click.",
    agencies: (count: number, locations: number) =>
      `${counted(count, "agency", "agencies")} to ask first, for ${counted(locations, "location")}.`,
    alone: (count: number) => `${counted(count, "location")} to ask by themselves.`,
    recoverable: (count: number, status: string) =>
      `${
        number(count)
      } need nobody: their agencies are connected. recover --status ${status} brings them back.`,
    lacking: (count: number) =>
      `${
        number(count)
      } without a link: it takes the admin's key, and a worker that is set up for installations.`,
    shared:
      "The links are HighLevel's own, one and the same for everybody: nothing tells who opened one, and each code comes to " +
      "HIGHLEVEL_REDIRECT_URI. A worker (--worker) has links for one connection alone, and follows them.",
  },
  reconcile: {
    installed: (count: number, parts: readonly string[]) =>
      `${counted(count, "location")} installed; ${parts.join(", ") || "nothing amiss"}.`,
    mend: "The same command with --recover mends what is missing or broken.",
  },
  forget: {
    forgot: (who: string) => `Forgot ${who}.`,
    nothing: (who: string) => `Nothing was held of ${who}.`,
    erased: (who: string, time: string) => `Erased ${who}, ${time}`,
    erasedPart: "erased ",
    remains: "remains",
  },
  events: {
    untried: "not tried yet",
    tries: (count: number) => `tried ${number(count)}×`,
    dead: (count: number) => `${counted(count, "dead letter")}.`,
    waiting: (count: number) => `${counted(count, "event")} on the way.`,
    noDeadLetter: (id: string) => `${id} is no dead letter.`,
    replayed: (count: number) => `${counted(count, "event")} on the way again.`,
  },
  moving: {
    exporting: "Exporting",
    comparing: "Comparing",
    restoring: "Restoring",
    sealing: "Sealing",
    whole: (path: string) => `${path} is whole: there is nothing to go on with.`,
    stopping: "Stopping at the end of this page.",
    cutOff: "It was cut off.",
    interrupted: "It was interrupted.",
    goingOn: (count: number) => `Going on after ${connections(count)}.`,
    goingOnAfter: (line: number) => `Going on after line ${number(line)}.`,
    unreadable: (key: string, reason: string) => `${key} cannot be read: ${reason}`,
    exported: (count: number, name: string, lost: number, time: number) =>
      `${connections(count)} exported from ${name}${
        lost > 0 ? `, ${number(lost)} of them unreadable` : ""
      }, ${seconds(time)}.`,
    notWhole: (reason: string) => `The export is not whole. ${reason}`,
    resume: "To go on: the same command with --resume.",
    again: "To go on: the same command.",
    workerGoesOn:
      "This worker goes on refreshing: good for a backup. To move, set READ_ONLY=true there first, then export.",
    storeGoesOn:
      "To move, let nothing use this store from before the export on: what is refreshed here after it is lost there.",
    restored: (
      counts: Readonly<Record<"taken" | "older" | "bad" | "failed", number>>,
      dryRun: boolean,
      time: number,
    ) =>
      `${connections(counts.taken + counts.older + counts.bad + counts.failed)}: ${
        [
          `${number(counts.taken)} ${dryRun ? "would be taken" : "taken"}`,
          counts.older > 0 && `${number(counts.older)} not newer than what is here`,
          counts.bad > 0 && `${number(counts.bad)} bad`,
          counts.failed > 0 && `${number(counts.failed)} failed`,
        ].filter(Boolean).join(", ")
      }, ${seconds(time)}.${dryRun ? " Nothing was changed." : ""}`,
    noWhole: (path: string, reason: string) => `${path} is no whole export: ${reason}.`,
    line: (line: number, who: string, result: "bad" | "failed", reason: string) =>
      `line ${line}: ${who}${result}: ${reason}`,
    unreadableThere: "it could not be read where it was exported: ",
    old: (days: number) =>
      `This export is ${
        counted(days, "day")
      } old: what its side has refreshed since is brought back by other ways.`,
    oneSide: (isWorker: boolean) =>
      `Let only one side refresh from now on${
        isWorker ? ": this worker does" : ""
      }. What the other one refreshes is lost here.`,
    resealedBar: (count: number) => `${number(count)} sealed anew`,
    resealed: (
      all: number,
      key: string,
      counts: Readonly<Record<"resealed" | "already" | "unreadable" | "failed", number>>,
    ) =>
      `${counted(all, "record")}, key ${key}: ${
        [
          `${number(counts.resealed)} sealed anew`,
          `${number(counts.already)} under this key already`,
          counts.unreadable > 0 && `${number(counts.unreadable)} under a key that is not given`,
          counts.failed > 0 && `${number(counts.failed)} could not be asked`,
        ].filter(Boolean).join(", ")
      }.`,
    dropOld:
      "Older keys open nothing here any more; exports and links that were made under them still need them.",
    keepOld: "Keep the older keys.",
  },
  maintain: {
    nothingDue: "Nothing was due.",
  },
  sandbox: (at: { readonly url: string; readonly count: number; readonly company: string }) =>
    `HighLevel in miniature at ${at.url}, until Ctrl-C.\n${
      number(at.count)
    } locations of agency ${at.company}; the tokens of all are lost.`,
  sandboxThen: "Then, in another terminal:",
  sandboxIds: "(--write-ids ids.csv writes it)",
};
