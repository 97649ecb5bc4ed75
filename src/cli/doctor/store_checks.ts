import { withDeadline } from "../../connections/deadline.ts";
import { appIdOf } from "../../oauth/highlevel_app.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import { localBackend } from "../backend/local_backend.ts";
import { type Local, openLocal } from "../backend/open_backend.ts";
import { codeOf } from "../files/write_whole.ts";
import { type CommonFlags, readSettings } from "../settings.ts";
import { errorText } from "../terminal/texts.ts";
import { UsageError } from "../usage_error.ts";
import { askHighLevel } from "./ask_highlevel.ts";
import { type Finding, finding } from "./finding.ts";
import { findingsOf, holdingsOf } from "./holdings.ts";

const NEEDED = ["HIGHLEVEL_CLIENT_ID", "HIGHLEVEL_CLIENT_SECRET"];
const SETTINGS = [
  ...NEEDED,
  "HIGHLEVEL_PREVIOUS_CREDENTIALS",
  "HIGHLEVEL_REDIRECT_URI",
  "HIGHLEVEL_SCOPES",
  "HIGHLEVEL_BASE_URL",
  "HIGHLEVEL_API_VERSION",
  "SEALING_KEYS",
];
/** Records that are opened, to see whether the sealing keys fit. */
const MOST_OPENED = 200;
const LOCK_MS = 10_000;

/** Looks at the settings, HighLevel, a store of this machine and what is in it. */
export async function* checkStore(flags: CommonFlags): AsyncGenerator<Finding, void, undefined> {
  const settings = readSettings(flags.envFile);
  const missing = NEEDED.filter((name) => settings(name) === undefined);
  for (const name of missing) {
    yield {
      check: "settings",
      result: "look",
      say: ({ usage }) => usage.notSet(name),
    };
  }
  if (missing.length > 0) return;
  let local: Local;
  try {
    local = await openLocal(flags);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield { check: "settings", result: "look", say: (words) => error.say(words) };
    return;
  }
  try {
    const set = SETTINGS.filter((name) => settings(name) !== undefined);
    yield finding("settings", "ok", (doctor) => doctor.settings(set), { set });
    const hasLinks = Boolean(local.scope && local.app.redirectUri);
    yield finding("links", hasLinks ? "ok" : "hint", ({ links, noLinks }) => hasLinks ? links : noLinks);
    yield* await askHighLevel(local.app);
    yield* checkHoldings(local);
  } finally {
    local.close();
  }
}

async function* checkHoldings(local: Local): AsyncGenerator<Finding, void, undefined> {
  const { name } = local;
  const backend = localBackend(local);
  try {
    const holdings = await holdingsOf(backend.list(), Date.now());
    const { total, statuses } = holdings;
    yield finding("store", "ok", ({ store }) => store(name, total), { total, ...statuses });
    yield await checkLock(local);
    yield await checkSealing(local);
    yield* findingsOf(holdings);
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    yield finding("store", "look", (doctor, words) => doctor.storeFails(name, errorText(error, words)));
  }
}

async function checkLock({ app, store }: Local): Promise<Finding> {
  if (!store.lock) return finding("lock", "look", ({ noLock }) => noLock);
  try {
    await withDeadline(store.lock(`app/${appIdOf(app)}/doctor`, async () => {}), LOCK_MS, "locked");
    return finding("lock", "ok", ({ lock }) => lock);
  } catch (error) {
    // A driver's own words may have the URL, with its password.
    return finding("lock", "look", (doctor, words) =>
      doctor.lockFails(
        error instanceof HighLevelError ? errorText(error, words) : codeOf(error) ?? words.usage.noReason,
      ));
  }
}

/** Opens some records: one under a key that is not given is lost until it is. */
async function checkSealing({ connections, isSealed }: Local): Promise<Finding> {
  const { connections: first } = await connections.list({ limit: MOST_OPENED });
  let unreadable = 0;
  let why: HighLevelError | undefined;
  for (const { target } of first) {
    const error = await troubleWith(connections, target);
    if (!error) continue;
    unreadable++;
    why = error;
  }
  const facts = { isSealed, opened: first.length - unreadable, unreadable };
  if (why) {
    const error = why;
    return finding(
      "sealing",
      "look",
      (doctor, words) => doctor.unreadable(unreadable, first.length, errorText(error, words)),
      facts,
    );
  }
  return isSealed
    ? finding("sealing", "ok", ({ sealed }) => sealed(first.length), facts)
    : finding("sealing", "hint", ({ unsealed }) => unsealed, facts);
}

async function troubleWith(
  connections: Local["connections"],
  target: ConnectionTarget,
): Promise<HighLevelError | undefined> {
  try {
    await connections.get(target);
    return undefined;
  } catch (error) {
    if (error instanceof HighLevelError) return error;
    throw error;
  }
}
