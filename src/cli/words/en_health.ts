const number = (count: number): string => count.toLocaleString("en-US");
const counted = (count: number, noun: string, many = `${noun}s`): string =>
  `${number(count)} ${count === 1 ? noun : many}`;
const connections = (count: number): string => counted(count, "connection");

const events: Readonly<Record<string, string>> = {
  refreshed: "refreshed",
  recovered: "recovered",
  paused: "paused",
  resumed: "active again",
  reauthorization_required: "needs reauthorization",
  recovery_failed: "recovery failed",
  store_failed: "could not be stored",
  endpoint_removed: "Reconnect endpoint removed",
  odd_answer: "unexpected answer, tokens kept",
  imported: "tokens imported",
  restored: "restored from an export",
  authorised: "authorized",
  installed: "app installed",
  uninstalled: "app uninstalled",
  forgotten: "forgotten",
  suspended: "suspended",
  suspension_ended: "resumed",
};

const problems: Readonly<Record<string, (status: string) => string>> = {
  http: (status) => `answers ${status}`,
  redirect: (status) => `redirects elsewhere (${status}): not followed`,
  timeout: () => "does not answer within 20 s",
  unreachable: () => "cannot be reached",
  gone: () => "no longer accepts events (410)",
  down: () => "was down for 3 days",
  unlisted: () => "is no longer in EVENT_URLS",
  no_key: () => "is sealed under a key that is no longer in SEALING_KEYS",
};

/** What `show`, `doctor` and `events list` tell, in English. */
export const enHealth = {
  /** Why an event was not delivered, by the code of it. */
  problems,
  show: {
    notHeld: (who: string, name: string) => `Nothing is held of ${who} in ${name}.`,
    means: {
      connected: "The access token is valid, or is renewed when it is asked for.",
      broken: "There is no usable token, and no way back has worked yet. It is tried again.",
      paused:
        "HighLevel says that the location is not active. Nothing is lost: it comes back with the location.",
      reauthorization_required: "It cannot be recovered automatically. The app must be authorized again.",
    },
    suspended:
      "It is suspended: nothing is refreshed and no token is handed out until it is resumed. Its tokens are kept.",
    suspendedSince: (time: string) => `suspended since ${time}`,
    why: "Reason",
    next: "Next",
    nextAt: (time: string, isConnected: boolean) =>
      isConnected ? `to be refreshed from ${time} on` : `to be tried again from ${time} on`,
    nothingNext: "nothing is planned",
    tokenEnds: "Access token ends",
    refreshToken: "Refresh token",
    refreshTokenIssued: (time: string, end: string) => `issued ${time}, ends ${end}`,
    agency: "Agency",
    scopes: "Scopes",
    version: "App version",
    changed: "Last change",
    link: "Send this link to someone who can install apps there:",
    history: "History, the latest first",
    noHistory: "Nothing has happened yet.",
    actor: (who: string) => `by ${who}`,
    events,
  },
  doctor: {
    results: { ok: "ok", hint: "hint", look: "LOOK" },
    asked: (what: readonly string[]) => `Asked: ${what.join(" · ")}.`,
    askedNothing: "Nobody was asked.",
    nothingSpent: "No token was spent and nothing was changed.",
    well: (hints: number): string => hints > 0 ? "Nothing needs a look." : "All well.",
    looks: (count: number) => `${counted(count, "thing needs", "things need")} a look.`,
    checks: {
      settings: "Settings",
      links: "Links",
      highlevel: "HighLevel",
      credentials: "Credentials",
      clock: "Clock",
      reconnect: "Reconnect",
      store: "Store",
      lock: "Lock",
      sealing: "Sealing key",
      renewal: "Renewal",
      refresh_tokens: "Refresh tokens",
      agencies: "Agencies",
      people: "People",
      worker: "Worker",
      key: "Key",
      parts: "Parts",
      events: "Events",
      directory: "Directory",
    },
    settings: (names: readonly string[]) => `${names.join(", ")}: set.`,
    links: "A person can be sent a link: redirect URI and scopes are set.",
    noLinks: "Without HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES there is no link for a person.",
    reached: (url: string) => `${url} answers.`,
    notReached: (url: string, why: string) => `${url} gives no usable answer: ${why}`,
    credentials: "HighLevel takes the client id and secret.",
    credentialsRefused: (why: string) => `HighLevel refuses the client id or secret: ${why}`,
    credentialsUnproven:
      "HighLevel does not refuse them; only the next refresh proves them, since a code is looked at before the secret.",
    clock: (seconds: number) => `This clock is within ${number(seconds)} s of the other side's.`,
    clockOff: (seconds: number) =>
      `This clock is ${number(Math.abs(seconds))} s ${
        seconds > 0 ? "ahead of" : "behind"
      } the other side's: tokens are refreshed too ${seconds > 0 ? "early" : "late"}. Set it by NTP.`,
    clockUnknown: "The other side tells no time.",
    reconnectAnswers: "Reconnect answers: what is lost can be brought back by it.",
    reconnectGone:
      "HighLevel says that Reconnect is removed: what loses its tokens comes back through its agency, or by a person.",
    reconnectUnknown: (why: string) => `Could not be told: ${why}`,
    store: (name: string, count: number) => `${name} opens, and holds ${connections(count)}.`,
    storeFails: (name: string, why: string) => `${name}: ${why}`,
    lock: "Its lock is taken and given back.",
    noLock: "It has no lock: only one process may use it.",
    lockFails: (why: string) => `Its lock cannot be taken: ${why}`,
    sealed: (count: number) =>
      count > 0 ? `Tokens are encrypted; ${number(count)} looked at, and all open.` : "Tokens are encrypted.",
    unsealed: "Tokens are written unencrypted. SEALING_KEYS encrypts them (a key: openssl rand -base64 32).",
    unreadable: (count: number, of: number, why: string) =>
      `${number(count)} of ${number(of)} looked at cannot be opened: ${why}`,
    renewal: "Nothing is overdue.",
    overdue: (count: number, since: string) =>
      `${
        counted(count, "access token", "access tokens")
      } ended days ago, the first at ${since}. Run maintain from a cron.`,
    refreshTokens: "No refresh token ends within 30 days.",
    refreshTokensEnd: (count: number, first: string) =>
      `${
        counted(count, "refresh token ends", "refresh tokens end")
      } within 30 days, the first on ${first}. recover renews them.`,
    coverage: (covered: number, all: number) =>
      `${number(covered)} of ${
        counted(all, "location has", "locations have")
      } an agency that can bring them back.`,
    noLocations: "No location is held.",
    uncovered: (unknown: number, notHeld: number, lost: number) =>
      [
        unknown > 0 && `${number(unknown)}: the agency is not known`,
        notHeld > 0 && `${number(notHeld)}: the agency is not connected here`,
        lost > 0 && `${number(lost)}: the agency is lost itself`,
      ].filter(Boolean).join("; "),
    agenciesToConnect: (ids: readonly string[], more: number) =>
      `Connect first: ${ids.join(", ")}${more > 0 ? ` and ${number(more)} more` : ""}.`,
    lookedAt: (count: number) => `The first ${number(count)} connections were looked at.`,
    nobody: "Nobody has to click today.",
    people: (needed: number, broken: number) =>
      [
        needed > 0 &&
        `${counted(needed, "connection needs", "connections need")} a person: links writes whom to ask.`,
        broken > 0 && `${counted(broken, "is", "are")} broken: recover --status broken tries again.`,
      ].filter(Boolean).join(" "),
    worker: (url: string, version: string) => `${url} answers, version ${version}.`,
    otherVersion: (version: string, own: string) => `It is version ${version}, and this is ${own}.`,
    key: "The worker knows the key.",
    keyRefused: (why: string) => `The worker refuses the key: ${why}`,
    parts: (names: readonly string[]) => `${names.join(", ")}: each answers.`,
    partsFail: (names: readonly string[]) => `No answer from ${names.join(", ")}.`,
    events: "Every event has come to its address, or is on its way.",
    deadEvents: (count: number) =>
      `${
        counted(count, "event")
      } could not be handed over: events list tells which, events replay sends them again.`,
    directory: "The list of connections is complete.",
    directoryBuilding: "The list of connections is being built anew: counts are too small for now.",
    ask: {
      token: (url: string) => `${url}/oauth/token, with a code that is none`,
      reconnect: (url: string) => `${url}/oauth/reconnect, for a location that is none`,
      worker: (path: string) => `the worker's ${path}`,
    },
  },
};
