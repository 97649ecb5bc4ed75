/** The parser's headings, where they are called otherwise. */
const titles: Readonly<Record<string, string>> = {};

/** The help in English. */
export const enHelp = {
  description: "Keeps HighLevel connections of a marketplace app alive, and brings lost ones back.",
  titles,
  choices: (choices: string) => `choices: ${choices}`,
  default: (value: string) => `default: ${value}`,
  version: "show the version",
  help: "show the help of a command",
  helpCommand: "show the help of a command",
  lang: "language of what people read; else LC_ALL, LC_MESSAGES or LANG says it",
  flags: {
    store: (path: string) =>
      `sqlite:PATH, deno-kv:PATH, postgres://… or redis://… (default: the file ${path} in this folder)`,
    worker: "a deployed worker instead; its key is HIGHLEVEL_WORKER_KEY",
    onlyWorker: "the deployed worker; its key is HIGHLEVEL_WORKER_KEY",
    json: "one JSON object per line on stdout",
    envFile: "read settings from a file; the environment goes before it",
    baseUrl: "HighLevel's API (also HIGHLEVEL_BASE_URL)",
    apiVersion: "spelling of HighLevel's API (also HIGHLEVEL_API_VERSION)",
    locations: "a location; may be repeated",
    companies: "a company (agency); may be repeated",
    ofLocation: "of this location",
    ofCompany: "of this company (agency)",
    concurrency: "at most so many at once",
  },
  after: `
Settings, from the environment or --env-file (secrets are never taken from flags):
  HIGHLEVEL_CLIENT_ID, HIGHLEVEL_CLIENT_SECRET  the app's credentials
  HIGHLEVEL_PREVIOUS_CREDENTIALS  its older pairs: id:secret,id:secret
  HIGHLEVEL_REDIRECT_URI, HIGHLEVEL_SCOPES  make the link where a person authorizes the app
  HIGHLEVEL_BASE_URL, HIGHLEVEL_API_VERSION  as --base-url and --api-version
  SEALING_KEYS  encrypt the local store: base64 keys of 32 bytes, the first seals
  EXPORT_KEY  seals and opens exports: a base64 key of 32 bytes
  HIGHLEVEL_WORKER_KEY  the key for --worker

Exit code: 0 all recovered, 1 some not, 2 bad usage.

Example, on the day of an incident:
  $ export HIGHLEVEL_CLIENT_ID=… HIGHLEVEL_CLIENT_SECRET=…
  $ highlevel-reconnect recover --file ids.csv`,
  recover: {
    summary: "Bring lost connections back: by a refresh, HighLevel's Reconnect, or the agency's token.",
    file: "whom: ids, a table, JSON or HighLevel's own lists; - is stdin",
    installed: "every location where a --company has the app installed",
    status: "every connection of this status",
    dryRun: "show what would be done; send HighLevel nothing",
    report: "write a CSV file with every result; of a worker's job, with what it left",
    resume: "leave alone what the run before has recovered",
    journal: "where a run notes what it recovered (default: next to the store)",
    after: `
A file may be a table (commas, semicolons or tabs; a header such as locationId, Location ID or id, or none), bare ids, JSON in any layout, an answer of HighLevel's lists, or what import reads. A row's id is a location; with a companyId beside it, of that agency. --dry-run shows how it was understood.

Exit code: 0 all recovered, 1 some not, 2 bad usage.
A run can be stopped by Ctrl-C and resumed; it notes what it recovered in a journal. At its end all that were given are counted: also those that nobody came to.
With --worker, --installed and --status are jobs of the worker: they go on there whatever happens here, on a page of its dashboard. They have no journal and nothing to resume, and only what they could not recover is told one by one.

Examples:
  $ highlevel-reconnect recover --file ids.csv
  $ highlevel-reconnect recover --file ids.csv --resume --report left.csv
  $ highlevel-reconnect recover --installed --company ve9EPM428h8vShlRW1KT --dry-run
  $ cut -d, -f2 customers.csv | highlevel-reconnect recover --file - --json`,
  },
  show: {
    summary:
      "Show one connection: how it stands, why, what happened, what comes next, and the link where a person must click.",
    after: `
A store keeps no history: --worker shows it. Nothing is sent to HighLevel.
Exit code: 0 shown, 1 it is not held, 2 bad usage.

Examples:
  $ highlevel-reconnect show --location l1C08ntBrFjLS0elLIYU
  $ highlevel-reconnect show --company ve9EPM428h8vShlRW1KT --worker https://reconnect.example`,
  },
  list: {
    summary:
      "Show connections with their status and when their access token ends; of a worker, since when they have it.",
    status: "only these",
    after: `
Examples:
  $ highlevel-reconnect list
  $ highlevel-reconnect list --status reauthorization_required --json`,
  },
  links: {
    summary:
      "Write a CSV of links for a mail merge: agencies first, then the locations that no agency brings back.",
    status: "of which connections",
    after: `
One click of an agency brings back its locations: these are counted beside it, and not asked themselves. An agency that brings back more comes before one that brings back fewer. An agency that is connected needs no click: recover --status brings its locations back.
With --worker each link is for one connection alone, ends after 14 days, and the worker's lists say whether it was opened.
Over a store the links are HighLevel's own: they need HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES, are one and the same for everybody, and the code comes to your own callback.

Examples:
  $ highlevel-reconnect links > links.csv
  $ highlevel-reconnect links --worker https://reconnect.example --status broken --json`,
  },
  token: {
    summary: "Print a living access token: the one held, else a refreshed, else a recovered one.",
    after: `
Examples:
  $ highlevel-reconnect token --location l1C08ntBrFjLS0elLIYU
  $ curl -H "Authorization: Bearer $(highlevel-reconnect token --location l1C08ntBrFjLS0elLIYU)" -H "Version: 2021-07-28" https://services.leadconnectorhq.com/locations/l1C08ntBrFjLS0elLIYU`,
  },
  maintain: {
    summary: "One round of keeping alive, for a cron: refresh what ends soon, retry what is broken and due.",
    within: "how far ahead to look: 90m, 2h, 1d; longer than the pause between two rounds",
    after: `
Two rounds at once spend no token twice: the store has a lock. A round that was cut off is made good by the next one. A worker keeps its connections alive by itself.
Exit code: 0 all that was due is well (or not active: nothing is lost), 1 some is not, 2 bad usage.

Example, in a crontab, hourly:
  $ highlevel-reconnect maintain --env-file /etc/highlevel.env --store sqlite:/var/lib/highlevel.sqlite`,
  },
  doctor: {
    summary:
      "Look whether all is ready, before the emergency: settings, credentials, clock, store, and who could not be brought back.",
    after: `
Nothing is spent: HighLevel is asked to exchange a code that is none, and to reconnect a location that is none. What was asked is told at the end. With --worker the worker is asked instead: whether it and its parts answer, for its numbers, and for what it holds.
Exit code: 0 all well, 1 something needs a look, 2 bad usage.

Examples:
  $ highlevel-reconnect doctor
  $ highlevel-reconnect doctor --worker https://reconnect.example --json`,
  },
  import: {
    summary: "Take over tokens from another system. Sends HighLevel nothing.",
    path: "a file; - is stdin",
    dryRun: "show what would be taken over; change nothing",
    force: "replace living connections by older tokens too",
    after: `
Understood, told apart by content, in UTF-8, UTF-16 or Latin-1:
  JSON in any layout  HighLevel's answers in either spelling, its SDK's documents, objects keyed by id, tokens nested under any name, an agency's with its locations' in it
  tables  commas, semicolons or tabs; headers such as access_token, Access Token or ghl_access_token, or none
  .env files  HIGHLEVEL_ACCESS_TOKEN=…, ACME_REFRESH_TOKEN=…
  bare JWTs  one per line, access and refresh tokens told apart by their payload

What a token is comes from the token itself, what stands beside it comes second; a row that contradicts its token is bad. Tokens of another app than HIGHLEVEL_CLIENT_ID's and of private integrations (pit-…) are left out. The newest tokens of a connection win. A living connection is not replaced by older tokens without --force.
Exit code: 0 all taken over, 1 some rows or connections not, 2 bad usage.

Examples:
  $ mongoexport --collection tokens | highlevel-reconnect import -
  $ highlevel-reconnect import tokens.csv --dry-run
  $ highlevel-reconnect import tokens.json --force`,
  },
  reconcile: {
    summary: "Compare what HighLevel says a company has installed with what is held here.",
    company: "the company (agency)",
    recover: "recover what is missing or broken; orphans are only told",
    after: `
  missing  installed at HighLevel, not held here
  orphaned  held here, no longer installed at HighLevel
  broken  held, its refresh token is dead
  needs reauthorization  held, a person must authorize the app again
  paused  held, the location is not active

Exit code: 0 nothing amiss (or all mended), 1 otherwise, 2 bad usage.

Examples:
  $ highlevel-reconnect reconcile --company ve9EPM428h8vShlRW1KT
  $ highlevel-reconnect reconcile --company ve9EPM428h8vShlRW1KT --recover`,
  },
  forget: {
    summary: "Forget connections and their tokens. The installation at HighLevel stays.",
    erase: "remove all that is kept of it, and show a receipt",
    after: `
Without --erase a tombstone keeps for 90 days what is forgotten from coming back; with it a store keeps nothing at all. A worker keeps the tombstone in either case (the id, and when it was forgotten): its receipt says until when.

Examples:
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU --erase --json > receipt.json`,
  },
  events: {
    summary: "Show events that an address of a worker's EVENT_URLS does not have, and send them again.",
    after: "",
    list: {
      summary: "Show dead letters, newest first, or what is still tried.",
      state: "which",
      after: `
Example:
  $ highlevel-reconnect events list --worker https://reconnect.example`,
    },
    replay: {
      summary: "Send dead letters again.",
      id: "this one; repeatable",
      since: "all that happened since then, ISO 8601",
      all: "all of them",
      after: `
Exit code: 0 all are on their way again, 1 an id is no dead letter, 2 bad usage.

Examples:
  $ highlevel-reconnect events replay --all --worker https://reconnect.example
  $ highlevel-reconnect events replay --since 2026-11-27T09:00Z --worker https://reconnect.example`,
    },
  },
  export: {
    summary: "Write all connections into a file, sealed: to move them, or to keep. Sends HighLevel nothing.",
    out: "the file (default: stdout, where that is no terminal)",
    resume: "go on with an --out that was cut off",
    after: `
The export is sealed under EXPORT_KEY where that is set (a key: openssl rand -base64 32), else under the first of the store's SEALING_KEYS, or of the worker's own. Nothing opens it without: keep the key. There is no export in clear.

To move, in this order: let the old side stop refreshing (stop what uses the store; a worker: READ_ONLY=true), export, restore on the new side, compare the counts, and only then use the new one. Two sides that refresh the same tokens lose them.

Exit code: 0 all exported, 1 some could not be read or it was cut off, 2 bad usage.

Examples:
  $ highlevel-reconnect export --worker https://reconnect.example --out connections.export
  $ highlevel-reconnect export --out connections.export --resume
  $ highlevel-reconnect export --store deno-kv:old.sqlite3 | highlevel-reconnect restore - --store sqlite:new.sqlite`,
  },
  restore: {
    summary: "Take over an export's connections, unless what is here is newer. Sends HighLevel nothing.",
    path: "the export; - is stdin",
    dryRun: "show what would be taken; change nothing",
    partial: "take what is there of an export that is cut or damaged",
    resume: "go on after what the run before has done",
    after: `
The key that the export is sealed under is EXPORT_KEY, or among the store's SEALING_KEYS or the worker's own. Nothing newer is ever replaced: restoring the same file again is harmless. What was forgotten stays forgotten. Let only one side refresh from now on: two that refresh the same tokens lose them.

Exit code: 0 all taken or newer here, 1 some could not be taken, 2 bad usage: no export, a cut one, a wrong key.

Examples:
  $ highlevel-reconnect restore connections.export --worker https://reconnect.example --dry-run
  $ highlevel-reconnect restore connections.export --store postgres://db.example/app`,
  },
  reseal: {
    summary: "Seal everything under the first of SEALING_KEYS, and tell whether older keys can be dropped.",
    after: `
To change the sealing key: put the new one first in SEALING_KEYS, behind it the old one; let everything that uses the store have both (deploy the worker); run this; drop the old one. May run beside all else, and again.

Exit code: 0 older keys open nothing any more, 1 some records are still under another key, 2 bad usage.`,
  },
  sandbox: {
    summary: "Serve HighLevel in miniature on this machine, after an incident: every token is lost.",
    port: "where; 0 for any free port",
    connections: "how many lost connections, all of one agency",
    writeIds: "write their ids to a CSV file",
    paused: "so many of them are not active",
    uninstalled: "so many of them have uninstalled the app",
    latency: "how long each answer takes, ms",
    noReconnect: "answer that the Reconnect endpoint has been removed",
    noRefreshWindow: "a refresh that is sent again within 30 s does not get its answer again",
    missingScope: "a scope of the app that its tokens lack, such as oauth.write",
    after: `
Example, in two terminals:
  $ highlevel-reconnect sandbox --connections 1000 --latency 50 --write-ids ids.csv
  $ export …  # the lines that it prints
  $ highlevel-reconnect recover --file ids.csv`,
  },
};
