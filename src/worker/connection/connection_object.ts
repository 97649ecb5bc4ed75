import { DurableObject } from "cloudflare:workers";
import { targetOf } from "../../connections/connection_key.ts";
import { agenciesOf, type ConnectionRecord, unlessForgotten } from "../../connections/record.ts";
import type { ConnectionDetails } from "../../connections/options.ts";
import type { ConnectionEvent } from "../../connections/events.ts";
import { isYoung } from "../../connections/policy.ts";
import type { Recovery } from "../../connections/recovery.ts";
import { defined } from "../../oauth/defined.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { answerAbout } from "../../oauth/owner.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { TokenAnswer, TokenSet } from "../../oauth/token_set.ts";
import type { WorkerEnv } from "../env.ts";
import { sha256Hex } from "../http/digest.ts";
import { type InstallationDetails, reauthorizationLink } from "../customer/reauthorization_link.ts";
import { retryDelayMs, Schedule, type ScheduledItem } from "../durable/schedule.ts";
import { AlertBook, type AlertKind } from "./alerts.ts";
import type {
  AgencyUninstall,
  BulkOrder,
  ConnectionApi,
  Delivery,
  DescribedConnection,
  HandedToken,
  HistoryEntry,
} from "./connection_api.ts";
import { ReceivedWebhooks } from "./received_webhooks.ts";
import { KeyValues } from "../durable/key_values.ts";
import { History } from "./history.ts";
import { answerToOrder } from "./answer_to_order.ts";
import { KnownLocations } from "./known_locations.ts";
import { LazySql } from "../durable/lazy_sql.ts";
import { type OpenObject, openObject } from "./open_object.ts";
import {
  type PlainRecovery,
  plainRecovery,
  type Result,
  resultOf,
  resultOrError,
} from "../durable/plain_result.ts";
import { toldBy, ToldDetails, unsaid } from "./told_details.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Broken connections are retried by themselves this long, ms; afterwards by the daily round and by hand. */
const GIVE_UP_AFTER_MS = 7 * 24 * HOUR_MS;
/** Tokens that arrive this long after their company was uninstalled, ms, may have been asked for before that. */
const LONGEST_FLIGHT_MS = 5 * MINUTE_MS;
/** After a write the agenda is made within this, ms, also where the object dies before it gets to it. */
const PLAN_WITHIN_MS = 30_000;
/** What is in trouble is tried again after this for the first time, ms: most trouble is over by then. */
const FIRST_HEAL_MS = 10_000;

/**
 * One connection's single writer, worldwide: owns its record, runs `Connections` for it, refreshes before expiry by
 * alarm, writes through to KV, and keeps its history. Adds exclusivity and durability to the core, and no policy.
 *
 * What is to be done next always stands on the agenda before the work that makes it necessary is waited for.
 */
export class ConnectionObject extends DurableObject<WorkerEnv> implements ConnectionApi {
  /** How long an installation known by webhook only waits for its redirect before the ladder is climbed, ms. */
  protected readonly redirectGraceMs: number = 10_000;
  readonly #schedule: Schedule;
  readonly #alerts: AlertBook;
  readonly #received: ReceivedWebhooks;
  readonly #values: KeyValues;
  readonly #history: History;
  readonly #locations: KnownLocations;
  readonly #told: ToldDetails;
  readonly #sql: LazySql;
  #opened: OpenObject | undefined;

  /** The object of one connection; it learns which by its first call. */
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    const sql = this.#sql = new LazySql(ctx.storage.sql);
    this.#schedule = new Schedule(ctx.storage, sql);
    this.#alerts = new AlertBook(sql);
    this.#received = new ReceivedWebhooks(sql);
    this.#values = new KeyValues(sql);
    this.#history = new History(sql);
    this.#locations = new KnownLocations(sql);
    this.#told = new ToldDetails(this.#values);
  }

  /** See {@linkcode ConnectionApi.token}. */
  async token(
    options: { readonly rejected?: string; readonly rejectedHash?: string },
  ): Promise<Result<HandedToken>> {
    const target = this.#know();
    const { connections, store } = this.#open();
    const result = await resultOf(async () => {
      const rejected = options.rejected ?? await this.#tokenWithHash(target, options.rejectedHash);
      const tokens = await connections.tokens(target, rejected === undefined ? {} : { rejected });
      const { accessToken, tokenType, expiresAt, scope } = tokens;
      const young = isYoung(await this.#read(target) ?? {}, Date.now());
      await store.settled();
      return { accessToken, tokenType, expiresAt: expiresAt.getTime(), scope, isYoung: young };
    });
    if (result.ok || result.error.code !== "reauthorization_required") return result;
    return { ...result, error: { ...result.error, ...await this.#linkFor(target) } };
  }

  /** See {@linkcode ConnectionApi.mint}. */
  async mint(locationId: string): Promise<Result<TokenAnswer>> {
    const { companyId = "" } = this.#know();
    const { connections } = this.#open();
    return await resultOf(() => connections.mint(companyId, locationId));
  }

  /** See {@linkcode ConnectionApi.recover}. */
  async recover(details: ConnectionDetails, order?: BulkOrder): Promise<PlainRecovery> {
    const target = this.#know();
    const { connections, store } = this.#open();
    const answer = order && answerToOrder(target, await this.#read(target), order);
    if (answer) return answer;
    const told = { ...this.#told.get(), ...details };
    const recovery = order
      ? await this.#recoverOneOfMany(target, told)
      : await connections.recover(target, { details: told });
    await this.#plan(target).catch(onlyCoded);
    await store.settled();
    const needsPerson = recovery.outcome === "reauthorization_required";
    return { ...plainRecovery(recovery), ...needsPerson && await this.#linkFor(target) };
  }

  /** See {@linkcode ConnectionApi.save}. */
  async save(
    tokens: TokenSet,
    details: ConnectionDetails,
    how: "imported" | "authorised",
  ): Promise<Result<{ readonly saved: true }>> {
    const target = this.#know();
    return await resultOf(async () => {
      const change = this.#values.add("changes", 1);
      this.#values.set("installedAt", Date.now()); // at once: what is older loses also while KV gets its copy
      const { clientId, ...about } = details;
      this.#told.add({ ...toldBy(target, tokens), ...about });
      const told = this.#told.get();
      await this.#open().connections.save(target, tokens, { ...told, ...defined({ clientId }) });
      this.#told.drop(told);
      this.#note({ type: how, at: Date.now() });
      if (this.#values.number("changes") !== change) return { saved: true } as const; // that has the last word
      this.#schedule.clear("install", "uninstall");
      await this.#recovered(target);
      if (target.companyId !== undefined) await this.#schedule.set("mint", Date.now());
      await this.#open().store.settled();
      return { saved: true } as const;
    });
  }

  /** See {@linkcode ConnectionApi.forget}. */
  async forget(
    why: "forgotten" | "uninstalled",
    uninstall?: AgencyUninstall,
  ): Promise<Result<{ readonly forgotten: true }>> {
    const target = this.#know();
    return await resultOf(async () => {
      if (uninstall) {
        const { companyId, at } = uninstall;
        if (!this.#isMeantBy(uninstall, await this.#read(target).catch(onlyCoded))) {
          if (this.#values.get("notedAt") === companyId) this.#values.set("notedAt", undefined);
          return { forgotten: true } as const;
        }
        this.#values.set("uninstalledAt", Math.max(at, this.#values.number("uninstalledAt")));
      }
      const change = this.#values.add("changes", 1);
      const quieten = (): void => {
        this.#schedule.clear("install", "refresh", "heal", "broken", "mint", "plan");
        this.#values.set("troubleSince", undefined);
        this.#values.set("notedAt", undefined); // the company may drop it from its list
      };
      quieten();
      if (why === "forgotten") this.#values.set("forgottenAt", Date.now());
      this.#values.set("installedAt", undefined); // what is told after this is a new installation
      this.#told.endInstallation();
      const { connections } = this.#open();
      const [before] = await Promise.all([
        this.#read(target).catch(onlyCoded),
        connections.forget(target),
      ]);
      const { companyId, isWhiteLabel } = before ?? {};
      this.#told.addOlder(defined({ companyId, isWhiteLabel }));
      // Tokens that waited for their turn came after the tombstone, and count as saved anew.
      const isOverwritten = await this.#hasTokens(target) && this.#values.number("changes") === change;
      if (isOverwritten) await connections.forget(target);
      quieten(); // what was in flight may have planned something
      this.#note({ type: why, at: Date.now() });
      return { forgotten: true } as const;
    });
  }

  /** See {@linkcode ConnectionApi.companyConnected}. */
  async companyConnected(): Promise<void> {
    const record = await this.#read(this.#target());
    if (record?.status === "forgotten" && !this.#isInstalledSince(record)) return;
    await this.#schedule.set("install", Date.now());
  }

  /** See {@linkcode ConnectionApi.answerLost}. */
  async answerLost(): Promise<void> {
    const record = await this.#read(this.#target());
    if (record && record.status !== "forgotten") await this.#schedule.set("install", Date.now(), 1);
  }

  /** See {@linkcode ConnectionApi.deliver}. */
  async deliver(delivery: Delivery): Promise<Result<{ readonly isNew: boolean }>> {
    const target = this.#target();
    const { webhookId, type, at, details } = delivery;
    return await resultOf(async () => ({
      isNew: await this.#received.once(
        webhookId,
        () =>
          type === "UNINSTALL"
            ? this.#uninstalled(target, details, at)
            : this.#installedAt(target, details, at),
      ),
    }));
  }

  /** See {@linkcode ConnectionApi.noteLocation}. */
  async noteLocation(locationId: string, pending: boolean): Promise<number> {
    const company = this.#know();
    this.#locations.note(locationId, pending);
    const record = await this.#read(company);
    return record?.status === "forgotten" ? this.#values.number("uninstalledAt") : 0;
  }

  /** See {@linkcode ConnectionApi.describe}. */
  async describe(): Promise<DescribedConnection> {
    const target = this.#target();
    const { connections, store, keyOf } = this.#open();
    const connection = await connections.get(target);
    const shown = (await store.get(keyOf(target)))?.summary.status;
    const nextAt = this.#schedule.next("refresh", "heal", "install");
    return {
      ...(connection && {
        connection: { ...connection, ...(shown === "broken" && { status: "broken" as const }) },
      }),
      history: this.#history.entries(),
      installation: await this.#installation(target),
      ...(nextAt !== undefined && { nextAt }),
    };
  }

  /** Does what is due. */
  override async alarm(): Promise<void> {
    const target = this.#target();
    await this.#schedule.run(Date.now(), (item) => this.#work(target, item));
  }

  /** Does what is due. Whatever throws here is due again later. */
  async #work(target: ConnectionTarget, { name, attempt }: ScheduledItem): Promise<void> {
    const { app: { settings }, connections, store } = this.#open();
    switch (name) {
      case "copy":
        if (!await store.flush()) throw new HighLevelError("store_failed", "KV refused the write.");
        return;
      case "plan":
        return await this.#plan(target);
      case "refresh":
      case "heal": {
        // More than the token has left, so that it is replaced now; a living one stays where that fails. Unlike a
        // recovery this never brings back what was forgotten.
        const record = await this.#read(target);
        if (unlessForgotten(record)) {
          const minLifetimeMs = Math.max((record?.tokens?.expiresAt.getTime() ?? 0) - Date.now() + 1, 0);
          await connections.accessToken(target, { minLifetimeMs }).catch(onlyCoded);
        } else if (this.#isInstalledSince(record)) {
          await this.#recoverOneOfMany(target, this.#told.get()); // no record says yet what was told
        }
        return await this.#plan(target, name === "heal" ? attempt + 1 : undefined);
      }
      case "install":
        return await this.#install(target, attempt);
      case "broken":
        return await this.#tellBroken(target);
      case "alert":
        if (settings.alertWebhookUrl !== undefined) await this.#alerts.send(settings.alertWebhookUrl);
        return;
      case "mint": {
        const isMore = await this.#locations.eachPending((locationId) =>
          this.#object({ locationId }).companyConnected()
        );
        if (isMore) await this.#schedule.set("mint", Date.now());
        return;
      }
      case "uninstall": {
        const uninstall = { companyId: target.companyId ?? "", at: this.#values.number("uninstalledAt") };
        const isMore = await this.#locations.eachForTheLastTime(async (locationId) => {
          resultOrError(await this.#object({ locationId }).forget("uninstalled", uninstall));
        });
        if (isMore) await this.#schedule.set("uninstall", Date.now());
        return;
      }
    }
  }

  /** An INSTALL webhook. One that is older than the end of the installation comes too late. */
  async #installedAt(target: ConnectionTarget, details: ConnectionDetails, at: number): Promise<void> {
    if (Math.max(this.#values.number("uninstalledAt"), this.#values.number("forgottenAt")) > at) return;
    this.#know();
    this.#note({ type: "installed", at });
    const installedAt = this.#values.number("installedAt");
    this.#values.set("installedAt", Math.max(at, installedAt));
    // What was told later, by another INSTALL or by tokens, stands.
    if (at >= installedAt) this.#told.add(details);
    else this.#told.addOlder(unsaid(details, await this.#read(target).catch(onlyCoded)));
    await this.#schedule.set("install", Date.now());
  }

  /** An UNINSTALL webhook. One that is older than the last installation, or of an agency moved away from, changes nothing. */
  async #uninstalled(target: ConnectionTarget, { companyId }: ConnectionDetails, at: number): Promise<void> {
    const record = await this.#read(target).catch(onlyCoded);
    const isFormer = companyId !== undefined && companyId !== this.#agency(record) &&
      agenciesOf(record).includes(companyId);
    if (isFormer || this.#values.number("installedAt") > at) return;
    this.#values.set("uninstalledAt", Math.max(at, this.#values.number("uninstalledAt")));
    if (target.companyId !== undefined) await this.#schedule.set("uninstall", Date.now());
    resultOrError(await this.forget("uninstalled"));
  }

  /** Whether an agency's uninstall is about this location: not where it was installed again since, or moved away. */
  #isMeantBy({ companyId, at }: AgencyUninstall, record: ConnectionRecord | undefined): boolean {
    return this.#values.number("installedAt") <= at && (this.#agency(record) ?? companyId) === companyId;
  }

  /** The agency of this location, as it was told last. */
  #agency(record: ConnectionRecord | undefined): string | undefined {
    return this.#told.get().companyId ?? record?.companyId;
  }

  /**
   * Gets tokens for an installation: from its company where that has some; else, once the redirect had time to bring
   * them, by the ladder. Never replaces a healthy record, nor what is saved or forgotten meanwhile.
   */
  async #install(target: ConnectionTarget, attempt: number): Promise<void> {
    const { connections } = this.#open();
    await this.#tellRecord(target);
    const record = await this.#read(target);
    if (isHealthy(record)) return;
    const changes = this.#values.number("changes");
    const isOvertaken = (): boolean => this.#values.number("changes") !== changes;
    const details = this.#told.get();
    const minted = await this.#mintedBy(details.companyId ?? record?.companyId, target);
    if (isOvertaken()) return;
    if (minted) {
      await connections.save(target, minted, details);
      return isOvertaken() ? undefined : await this.#recovered(target);
    }
    if (attempt === 0) return await this.#schedule.set("install", Date.now() + this.redirectGraceMs, 1);
    await this.#recoverOneOfMany(target, details);
    await this.#plan(target);
  }

  /** Writes what was told into the record, if there is one: whatever heals it reads that. */
  async #tellRecord(target: ConnectionTarget): Promise<void> {
    const told = this.#told.get();
    if (Object.keys(told).length === 0 || !unlessForgotten(await this.#read(target))) return;
    await this.#open().connections.note(target, told);
    this.#told.drop(told);
  }

  /** Climbs the ladder for one of many, which nobody waits for: what is known of the Reconnect endpoint is believed. */
  async #recoverOneOfMany(target: ConnectionTarget, details: ConnectionDetails): Promise<Recovery> {
    const run = this.#open().connections.recoverAll([target], { details });
    for await (const recovery of run) return recovery;
    throw new HighLevelError("unavailable", "The recovery did not begin.", { target });
  }

  /** A location's tokens from its company; where that has none that work, it mints the location when it gets some. */
  async #mintedBy(companyId: string | undefined, target: ConnectionTarget): Promise<TokenSet | undefined> {
    const { locationId } = target;
    if (companyId === undefined || locationId === undefined) return undefined;
    const api = this.#object({ companyId });
    const { connection } = await api.describe();
    const minted = connection?.expiresAt && await api.mint(locationId); // one without tokens is not woken to climb
    // Where it is refused, the ladder has other ways, and tells why they do not work either.
    if (minted?.ok) return answerAbout(target, minted, false).tokens;
    await api.noteLocation(locationId, true);
    return undefined;
  }

  /** Whatever ended well: the agenda, and the alert that it is back. */
  async #recovered(target: ConnectionTarget): Promise<void> {
    this.#values.set("troubleSince", undefined);
    await this.#alert("back", target);
    await this.#plan(target);
  }

  /** Puts the next refresh or the next try to heal on the agenda. */
  async #plan(target: ConnectionTarget, healAttempt?: number): Promise<void> {
    const { store, keyOf } = this.#open();
    this.#schedule.clear("plan");
    await this.#noteAtCompany(target);
    const record = await this.#read(target);
    const now = Date.now();
    const expiresAt = record?.tokens?.expiresAt.getTime() ?? 0;
    const troubleSince = this.#values.number("troubleSince");
    if (record?.status === "connected" && expiresAt > now && !troubleSince) {
      this.#schedule.clear("heal", "broken");
      const lifetimeMs = expiresAt - (record.accessTokenIssuedAt ?? now);
      const lead = Math.min(HOUR_MS + (Math.random() - 0.5) * 10 * MINUTE_MS, lifetimeMs / 2);
      return await this.#schedule.set("refresh", Math.max(expiresAt - lead, now + 1_000));
    }
    this.#schedule.clear("refresh");
    const isOver = !troubleSince || now - troubleSince > GIVE_UP_AFTER_MS;
    // An outage is no trouble of what waits for a person or for its location, nor of an id that somebody mistyped.
    const isOurs = record?.status === "connected" || record?.status === "broken" ||
      this.#isInstalledSince(record);
    if (!isOurs) this.#values.set("troubleSince", undefined);
    if (isOver || !isOurs) return this.#schedule.clear("heal", "broken");
    if (!this.#schedule.get("broken")) {
      await this.#schedule.set("broken", Math.max(troubleSince, expiresAt, now - HOUR_MS) + HOUR_MS);
    }
    if (healAttempt !== undefined || !this.#schedule.get("heal")) {
      await this.#schedule.set("heal", now + healDelayMs(healAttempt ?? 0), healAttempt ?? 0);
    }
    if (expiresAt <= now) await store.showBroken(keyOf(target));
  }

  /** Tells the company's object of this location, so that an uninstall of the company reaches it, also one just over. */
  async #noteAtCompany(target: ConnectionTarget): Promise<void> {
    await this.#read(target); // one that does not open is trouble of its own
    try {
      await this.#tellRecord(target);
      const record = await this.#read(target);
      const { companyId, accessTokenIssuedAt = Infinity } = record ?? {};
      const { locationId } = target;
      if (companyId === undefined || locationId === undefined) return;
      if (this.#values.get("notedAt") === companyId) return;
      const api = this.#object({ companyId });
      const at = await api.noteLocation(locationId, !isHealthy(record));
      this.#values.set("notedAt", companyId);
      if (accessTokenIssuedAt < at + LONGEST_FLIGHT_MS) {
        resultOrError(await this.forget("uninstalled", { companyId, at }));
      }
    } catch {
      // The company's object is out of reach for now: no reason to fail a recovery that worked.
      await this.#schedule.set("plan", Date.now() + PLAN_WITHIN_MS);
    }
  }

  /** Called by `Connections` for every event: history, chart, trouble, alerts. Must not throw. */
  #onEvent(event: ConnectionEvent): void {
    const { type, at, by, traceId, ms, error, target = this.#target() } = event;
    this.#note({
      type,
      at: at.getTime(),
      ...(by && { by }),
      ...(traceId && { traceId }),
      ...(ms !== undefined && { ms }),
      ...(error && { code: error.code, message: error.message }),
    });
    switch (type) {
      case "refreshed":
      case "recovered":
      case "resumed":
        this.ctx.waitUntil(this.#recovered(target));
        break;
      case "recovery_failed":
        this.#values.set("troubleSince", this.#values.get("troubleSince") ?? at.getTime());
        this.#values.set("troubleCode", error?.code);
        this.#values.set("troubleTraceId", traceId);
        if (!this.#schedule.get("heal")) this.ctx.waitUntil(this.#schedule.set("plan", Date.now()));
        break;
      case "reauthorization_required":
        this.#values.set("troubleSince", undefined);
        this.ctx.waitUntil(this.#alert("reauthorization_required", target, error?.code, traceId));
        break;
      case "paused":
        this.#values.set("troubleSince", undefined);
        break;
      case "store_failed":
      case "endpoint_removed":
      case "odd_answer":
      case "store_without_lock":
        break;
    }
  }

  async #tellBroken(target: ConnectionTarget): Promise<void> {
    const record = await this.#read(target);
    const isLiving = (record?.tokens?.expiresAt.getTime() ?? 0) > Date.now();
    if (this.#values.get("troubleSince") === undefined || isLiving) return;
    await this.#alert("broken", target, this.#values.get("troubleCode"), this.#values.get("troubleTraceId"));
  }

  async #alert(kind: AlertKind, target: ConnectionTarget, code?: string, traceId?: string): Promise<void> {
    if (this.#open().app.settings.alertWebhookUrl === undefined) return;
    const { authorizationUrl } = kind === "reauthorization_required" ? await this.#linkFor(target) : {};
    const isNews = this.#alerts.add({ kind, target, at: Date.now(), code, traceId, authorizationUrl });
    if (isNews) await this.#schedule.set("alert", Date.now());
  }

  #open(): OpenObject {
    return this.#opened ??= openObject(this.env, {
      sql: this.#sql,
      onWrite: async () => {
        const now = Date.now();
        await Promise.all([
          this.#schedule.set("copy", now + retryDelayMs(0)),
          this.#schedule.set("plan", now + PLAN_WITHIN_MS),
        ]);
      },
      onCopied: () => this.#schedule.clear("copy"),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  #object(target: ConnectionTarget): ConnectionApi {
    return this.#open().app.connection(target);
  }

  /** The stored access token, if its hash is `hash`: only that one counts as refused. */
  async #tokenWithHash(target: ConnectionTarget, hash: string | undefined): Promise<string | undefined> {
    if (hash === undefined) return undefined;
    const held = (await this.#read(target))?.tokens?.accessToken;
    return held !== undefined && await sha256Hex(held) === hash ? held : undefined;
  }

  /** The record as it is held here, tombstones included. */
  async #read(target: ConnectionTarget): Promise<ConnectionRecord | undefined> {
    return await this.#open().read(target);
  }

  async #hasTokens(target: ConnectionTarget): Promise<boolean> {
    return (await this.#read(target))?.tokens !== undefined;
  }

  /** Whether an installation was told of after `record` was made. */
  #isInstalledSince(record: ConnectionRecord | undefined): boolean {
    return this.#values.number("installedAt") > (unlessForgotten(record)?.updatedAt ?? 0); // forgetting ends what was told before
  }

  #note(entry: HistoryEntry): void {
    this.#history.add(entry);
  }

  /** Where a person authorises the app again, where that is known. */
  async #linkFor(target: ConnectionTarget): Promise<{ readonly authorizationUrl?: string }> {
    const { app: { settings } } = this.#open();
    const authorizationUrl = reauthorizationLink(settings, target, await this.#installation(target));
    return defined({ authorizationUrl });
  }

  /** What is known of the installation for its link. */
  async #installation(target: ConnectionTarget): Promise<InstallationDetails> {
    const record = await this.#read(target);
    const { versionId = record?.versionId, isWhiteLabel = record?.isWhiteLabel } = this.#told.get();
    return defined({ versionId, isWhiteLabel });
  }

  /** The connection, kept for calls that reach the object without its name. */
  #know(): ConnectionTarget {
    const target = this.#target();
    if (this.#values.get("target") === undefined) this.#values.set("target", JSON.stringify(target));
    return target;
  }

  /** The connection by the object's name; by what is kept, where it was reached by its id alone. */
  #target(): ConnectionTarget {
    const kept = this.#values.get("target");
    const named = targetNamed(this.ctx.id.name) ?? (kept === undefined ? undefined : JSON.parse(kept));
    if (named === undefined) throw new Error("A connection's object is reached by its name first.");
    return named;
  }
}

/** The connection that the object called `name` owns: `<app id>/location/<id>` or `<app id>/company/<id>`. */
function targetNamed(name: string | undefined): ConnectionTarget | undefined {
  if (name === undefined) return undefined;
  return targetOf(name.slice(0, name.indexOf("/") + 1), name);
}

/** Nothing for a coded error: `Connections` has told it by an event, and the next try decides. */
function onlyCoded(error: unknown): undefined {
  if (!(error instanceof HighLevelError)) throw error;
}

/** How long what is in trouble is left alone, ms: about 10 s, then 1 min, 2 min, 4 min … at most 6 hours. */
function healDelayMs(attempt: number): number {
  return attempt === 0 ? retryDelayMs(0, FIRST_HEAL_MS) : retryDelayMs(attempt - 1, MINUTE_MS);
}

/** Whether `record` has a token that can be used. */
function isHealthy(record: ConnectionRecord | undefined): boolean {
  return record?.status === "connected" && (record.tokens?.expiresAt.getTime() ?? 0) > Date.now();
}
