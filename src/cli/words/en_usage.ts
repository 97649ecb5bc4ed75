const parser: Readonly<Record<string, (quoted: readonly string[], rest: string) => string>> = {};

/** What is wrong with how a command was called, in English. */
export const enUsage = {
  hint: "(--help shows what there is)",
  notSet: (name: string) =>
    `${name} is not set${
      name === "HIGHLEVEL_CLIENT_ID" ? " (a store keeps connections by their app)" : ""
    }. Set it in the environment, or in a file given by --env-file.`,
  envFile: (path: string, reason: string) => `--env-file ${path} cannot be read: ${reason}`,
  apiVersion: (known: string) => `HIGHLEVEL_API_VERSION must be one of ${known}.`,
  previousPair: (at: number) => `HIGHLEVEL_PREVIOUS_CREDENTIALS: pair ${at} must be written id:secret.`,
  callback: "HIGHLEVEL_REDIRECT_URI must be the https or loopback URL of the callback, without user and #.",
  scopes: "HIGHLEVEL_SCOPES must be scopes with spaces between.",
  mustBePlain: (name: string) => `${name} must have no spaces, line ends or characters other than ASCII.`,
  mustBeKey: (name: string) => `${name} must be 32 bytes in base64 (a key: openssl rand -base64 32).`,
  baseUrl: "HIGHLEVEL_BASE_URL must be an https or loopback URL without user, query and fragment.",
  /** A complaint of the core's, which names the setting. */
  setting: (message: string) => message,
  mustBeStore: "It must be sqlite:PATH, deno-kv:PATH, postgres://… or redis://….",
  mustBeNumber: (least: number, most: number) => `It must be a whole number from ${least} to ${most}.`,
  empty: (option: string) => `${option} is empty.`,
  twice: (option: string) => `${option} is given twice, and takes one value.`,
  mustBeSite: "It must be an https (or loopback) URL without user, query or fragment.",
  mustBeId: "It must be 1 to 128 characters: letters, digits, _ and -.",
  mustBeMoment: "It must be a moment in ISO 8601.",
  mustBeLength: "It must be a length of time such as 90m, 2h or 1d, 30 days at most.",
  unreadable: (path: string, reason: string) => `${path} cannot be read: ${reason}`,
  folder: (path: string) => `${path} cannot be read: it is a folder`,
  denoKvOff: "Deno KV is switched off. Run Deno with --unstable-kv, or use --store sqlite:PATH.",
  denoKvElsewhere: "Deno KV needs Deno: run this with Deno, or use --store sqlite:PATH.",
  otherKind: (path: string, kind: string, address: string) => `${path} is a ${kind} file: --store ${address}`,
  storeClosed: (name: string, reason: string) => `--store: ${name} cannot be opened: ${reason}`,
  noReason: "no reason given",
  noAnswer: (seconds: number) => `no answer within ${seconds} s`,
  formerStore: (former: string, fresh: string) =>
    `This folder has the Deno KV file of an earlier version. Go on with it: --store ${former}; or begin a new file: ` +
    `--store ${fresh}. Or move: export --store ${former} --out FILE, then restore FILE --store ${fresh}.`,
  noJournal: (path: string) => `--journal: ${path} is no journal of a recovery`,
  journalClosed: (path: string, reason: string) => `--journal: ${path} cannot be written: ${reason}`,
  report: (path: string, reason: string) => `--report ${path} cannot be written: ${reason}`,
  noReport: (path: string) =>
    `--report ${path} is there, and is no report to write over: choose another name.`,
  installedNeedsCompany: "--installed needs --company ID: whose locations?",
  dryRunAlone: "--dry-run goes with neither --resume nor --report",
  jobWithoutJournal: "A job of the worker has no journal: leave out --resume and --journal.",
  nothingToRecover: "Nothing to recover: give --location, --company, --file or --status.",
  noId: (path: string) => `${path} has no usable row: each needs the id of a location or a company.`,
  noToken: (path: string) => `${path} has no usable row.`,
  oneTarget: "Give one of --location ID and --company ID.",
  someTarget: "Give --location ID or --company ID.",
  linkSettings: "Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES: links are made of them.",
  whichEvents: "Say which: --id (repeatable), --since or --all.",
  maintainWorker: (url: string) =>
    `A worker keeps its connections alive by itself, so there is nothing to do for ${url}. doctor --worker tells how it does.`,
  outNeeded: "--resume and --json need --out FILE.",
  outOrPipe: "Give --out FILE, or pipe it on.",
  outThere: (path: string) =>
    `--out: ${path} is there already. --resume goes on with an export that was cut off; else choose another name.`,
  outClosed: (path: string, reason: string) => `--out: ${path} cannot be written: ${reason}`,
  outNoExport: (path: string, reason: string) => `--out: ${path} is no export: ${reason}`,
  restoreResume: "--resume needs a file, and changes something.",
  noWholeExport: (path: string, reason: string, canBePartial: boolean) =>
    `${path} is no whole export: ${reason}.${
      canBePartial ? " Export once more, or take what is there with --partial." : ""
    }`,
  exportNeedsKey: (path: string) => `${path} needs the key (EXPORT_KEY, or one of SEALING_KEYS)`,
  restoreJournal: (path: string) => `${path} is no journal of a restore.`,
  restoreJournalClosed: (path: string, reason: string) => `The journal ${path} cannot be written: ${reason}`,
  exportKey:
    "An export is always sealed: set EXPORT_KEY (a key: openssl rand -base64 32), and keep it. Nothing opens it without.",
  sealingKeys: "SEALING_KEYS is not set: the new key first, then those that records are under.",
  sandboxCounts: "--paused and --uninstalled together are more than --connections.",
  sandboxScope: (scope: string, known: string) =>
    `--missing-scope ${scope} is no scope of the sandbox's app: ${known}.`,
  port: (port: number, reason: string) => `--port ${port} cannot be used: ${reason}`,
  noIds: (path: string) => `--write-ids ${path} is there, and is no list of ids: choose another name.`,
  writeIds: (path: string, reason: string) => `--write-ids ${path} cannot be written: ${reason}`,
  /** The parser's complaints, by its codes; `quoted` is what it quotes, `rest` what follows. English ones are its own. */
  parser,
};
