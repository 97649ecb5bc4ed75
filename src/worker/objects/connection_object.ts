import { DurableObject } from "cloudflare:workers";
import { type ConnectionRecord, decodeRecord, keyOf } from "../../connections/connection_record.ts";
import { type ConnectionDetails, Connections } from "../../connections/connections.ts";
import type { ConnectionEvent } from "../../connections/events.ts";
import { appIdOf } from "../../oauth/highlevel_app.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { locationToken } from "../../oauth/location_token.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import { redactTokenSet, type TokenSet } from "../../oauth/token_set.ts";
import { CloudflareKvStore } from "../../stores/cloudflare_kv_store.ts";
import { sealed } from "../../stores/sealed.ts";
import type { TokenStore } from "../../stores/token_store.ts";
import type { WorkerEnv } from "../env.ts";
import { sha256Hex } from "../http/digest.ts";
import { reauthorizationLink } from "../reauthorization_link.ts";
import { readSettings, type Settings } from "../settings.ts";
import { Agenda, type AgendaItem, retryDelayMs } from "./agenda.ts";
import { type Alert, alertBody, AlertBook, type AlertKind, postAlert } from "./alerts.ts";
import type {
  ConnectionApi,
  Delivery,
  DescribedConnection,
  HandedToken,
  HistoryEntry,
} from "./connection_api.ts";
import { connectionObject } from "./connection_stub.ts";
import { Facts } from "./facts.ts";
import { History } from "./history.ts";
import { ObjectStore } from "./object_store.ts";
import { type PlainRecovery, plainRecovery, type Result, resultOf, reviveError } from "./plain_result.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Broken connections are retried by themselves this long, ms; afterwards by the daily round and by hand. */
const GIVE_UP_AFTER_MS = 7 * 24 * HOUR_MS;
/** A webhook delivery is remembered this long, ms. */
const DELIVERY_MS = 24 * HOUR_MS;

/** A token this young may not be known everywhere at HighLevel yet, ms. */
const YOUNG_MS = 10_000;

/** What an object works with, once its settings are read. */
interface Parts {
  readonly settings: Settings;
  /** This object's own record, as it is stored. */
  readonly store: ObjectStore;
  /** The same, opened. */
  readonly records: TokenStore;
  readonly connections: Connections;
}

/**
 * One connection's single writer, worldwide: owns its record, runs `Connections` for it, refreshes before expiry by
 * alarm, writes through to KV, and keeps its history. Adds exclusivity and durability to the core, and no policy.
 */
export class ConnectionObject extends DurableObject<WorkerEnv> implements ConnectionApi {
  readonly #agenda: Agenda;
  readonly #history: History;
  readonly #alerts: AlertBook;
  readonly #facts: Facts;
  readonly #sql: SqlStorage;
  #parts: Parts | undefined;

  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#agenda = new Agenda(ctx.storage);
    this.#history = new History(this.#sql);
    this.#alerts = new AlertBook(this.#sql);
    this.#facts = new Facts(this.#sql);
    this.#sql.exec("CREATE TABLE IF NOT EXISTS locations (id TEXT PRIMARY KEY, pending INTEGER)");
    this.#sql.exec("CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, at INTEGER)");
    this.#sql.exec("CREATE TABLE IF NOT EXISTS unsent (id INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT)");
  }

  async token(
    target: ConnectionTarget,
    options: { readonly rejected?: string; readonly rejectedHash?: string },
  ): Promise<Result<HandedToken>> {
    this.#know(target);
    const { connections } = this.#open();
    return await resultOf(async () => {
      const rejected = options.rejected ?? await this.#tokenWithHash(options.rejectedHash);
      const tokens = await connections.tokens(target, rejected === undefined ? {} : { rejected });
      const { accessToken, tokenType, expiresAt, scope } = tokens;
      return {
        accessToken,
        tokenType,
        expiresAt: expiresAt.getTime(),
        scope,
        isYoung: await this.#isYoung(target),
      };
    });
  }

  async recover(target: ConnectionTarget, details: ConnectionDetails): Promise<PlainRecovery> {
    this.#know(target);
    const { connections, settings } = this.#open();
    const recovery = await connections.recover(target, { details });
    await this.#plan(target);
    const link = recovery.outcome === "reauthorization_required"
      ? reauthorizationLink(settings, target)
      : undefined;
    return { ...plainRecovery(recovery), ...(link !== undefined && { authorizationUrl: link }) };
  }

  async save(
    target: ConnectionTarget,
    tokens: TokenSet,
    details: ConnectionDetails,
    how: "imported" | "authorised",
  ): Promise<Result<{ readonly saved: true }>> {
    this.#know(target);
    return await resultOf(async () => {
      await this.#open().connections.save(target, redactTokenSet({ ...tokens }), details);
      this.#note({ type: how, at: Date.now() });
      this.#facts.set("installedAt", Date.now());
      this.#agenda.clear("install");
      await this.#recovered(target);
      if (target.companyId !== undefined) await this.#agenda.set("mint", Date.now());
      return { saved: true } as const;
    });
  }

  async forget(
    target: ConnectionTarget,
    why: "forgotten" | "uninstalled",
  ): Promise<Result<{ readonly forgotten: true }>> {
    this.#know(target);
    return await resultOf(async () => {
      for (const item of ["install", "refresh", "heal", "broken", "mint"]) this.#agenda.clear(item);
      await this.#open().connections.forget(target);
      this.#facts.set("troubleSince", undefined);
      this.#note({ type: why, at: Date.now() });
      return { forgotten: true } as const;
    });
  }

  async installed(target: ConnectionTarget, details: ConnectionDetails, at: number): Promise<void> {
    this.#know(target);
    this.#facts.set("details", JSON.stringify({ ...this.#details(), ...details }));
    this.#facts.set("installedAt", Math.max(at, this.#facts.number("installedAt")));
    await this.#agenda.set("install", Date.now());
  }

  async deliver(target: ConnectionTarget, delivery: Delivery): Promise<Result<{ readonly isNew: boolean }>> {
    const { webhookId, type, at, details } = delivery;
    this.#sql.exec("DELETE FROM deliveries WHERE at < ?", Date.now() - DELIVERY_MS);
    if (this.#sql.exec("SELECT 1 FROM deliveries WHERE id = ?", webhookId).toArray().length > 0) {
      return { ok: true, isNew: false };
    }
    const result = type === "UNINSTALL"
      ? await this.#uninstalled(target, at)
      : await this.#installedAt(target, details, at);
    // After the work: a delivery that failed half-way is welcome again.
    if (result.ok) this.#sql.exec("INSERT OR REPLACE INTO deliveries VALUES (?, ?)", webhookId, Date.now());
    return result.ok ? { ok: true, isNew: true } : result;
  }

  async noteLocation(company: ConnectionTarget, locationId: string, pending: boolean): Promise<void> {
    this.#know(company);
    this.#sql.exec("INSERT OR REPLACE INTO locations VALUES (?, ?)", locationId, pending ? 1 : 0);
    if (pending && await this.#hasTokens(company)) await this.#agenda.set("mint", Date.now());
  }

  async describe(target: ConnectionTarget): Promise<DescribedConnection> {
    const { connections, store } = this.#open();
    const connection = await connections.get(target);
    const shown = (await store.get(this.#key(target)))?.summary.status;
    const nextAt = this.#agenda.next("refresh", "heal", "install");
    return {
      ...(connection && {
        connection: { ...connection, ...(shown === "broken" && { status: "broken" as const }) },
      }),
      history: this.#history.entries(),
      ...(nextAt !== undefined && { nextAt }),
    };
  }

  override async alarm(): Promise<void> {
    const target = this.#target();
    if (!target) return;
    await this.#agenda.run(Date.now(), (item) => this.#work(target, item));
  }

  /** Does what is due. Whatever throws here is due again later. */
  async #work(target: ConnectionTarget, { name, attempt }: AgendaItem): Promise<void> {
    const { connections, store } = this.#open();
    switch (name) {
      case "copy":
        if (!await store.flush()) throw new HighLevelError("store_failed", "KV refused the write.");
        return;
      case "refresh": {
        const record = await this.#read(target);
        if (!record?.tokens) return;
        // More than it has left, so that it is refreshed now; a living token stays where that fails.
        const leftMs = record.tokens.expiresAt.getTime() - Date.now();
        await connections.accessToken(target, { minLifetimeMs: Math.max(leftMs + 1, 0) }).catch(onlyCoded);
        return await this.#plan(target);
      }
      case "heal":
        await connections.recover(target, { details: this.#details() });
        return await this.#plan(target, attempt);
      case "install":
        return await this.#install(target, attempt);
      case "broken":
        return await this.#tellBroken(target);
      case "alert":
        return await this.#sendAlerts();
      case "mint":
        return await this.#eachLocation("pending = 1", async (api, locationId) => {
          await api.installed({ locationId }, this.#companyOf(target), Date.now());
          this.#sql.exec("UPDATE locations SET pending = 0 WHERE id = ?", locationId);
        });
      case "uninstall":
        return await this.#eachLocation("1", async (api, locationId) => {
          const result = await api.forget({ locationId }, "uninstalled");
          if (!result.ok) throw reviveError(result.error);
          this.#sql.exec("DELETE FROM locations WHERE id = ?", locationId);
        });
    }
  }

  /** An INSTALL webhook. One that is older than the last UNINSTALL comes too late. */
  async #installedAt(
    target: ConnectionTarget,
    details: ConnectionDetails,
    at: number,
  ): Promise<Result<object>> {
    if (this.#facts.number("uninstalledAt") > at) return { ok: true };
    this.#note({ type: "installed", at });
    await this.installed(target, details, at);
    return { ok: true };
  }

  /** An UNINSTALL webhook. One that is older than the last installation comes too late. */
  async #uninstalled(target: ConnectionTarget, at: number): Promise<Result<object>> {
    if (this.#facts.number("installedAt") > at) return { ok: true };
    this.#facts.set("uninstalledAt", at);
    const result = await this.forget(target, "uninstalled");
    if (result.ok && target.companyId !== undefined) await this.#agenda.set("uninstall", Date.now());
    return result;
  }

  /** Gets tokens for a fresh installation: from its company where that has some, else by the ladder. */
  async #install(target: ConnectionTarget, attempt: number): Promise<void> {
    const { connections, settings } = this.#open();
    const record = await this.#read(target);
    // Never a poorer record for a healthy one. A tombstone is older than this installation: it ends.
    const isHealthy = record?.status === "connected" && record.tokens &&
      record.tokens.expiresAt.getTime() > Date.now();
    if (isHealthy) return;
    const details = this.#details();
    const { locationId } = target;
    if (locationId !== undefined && details.companyId !== undefined) {
      const { companyId } = details;
      const company = await this.#object({ companyId }).token({ companyId }, {});
      if (company.ok) {
        const request = { companyId, locationId, accessToken: company.accessToken };
        const tokens = await locationToken(settings.app, request).catch(onlyCoded);
        if (tokens) {
          await connections.save(target, tokens, details);
          return await this.#recovered(target);
        }
      }
    }
    const recovery = await connections.recover(target, { details });
    await this.#plan(target);
    if (recovery.outcome === "recovered") return;
    // The redirect's code may come second: the company then mints what is pending.
    if (locationId !== undefined && details.companyId !== undefined) {
      await this.#object({ companyId: details.companyId }).noteLocation(
        { companyId: details.companyId },
        locationId,
        true,
      );
    }
    if (recovery.error?.retryable && attempt < 20) throw recovery.error;
  }

  /** Whatever ended well: the agenda, the company's list of locations, and the alert that it is back. */
  async #recovered(target: ConnectionTarget): Promise<void> {
    this.#facts.set("troubleSince", undefined);
    if (this.#alerts.take("back", Date.now())) await this.#alert("back", target);
    await this.#plan(target);
  }

  /** Puts the next refresh or the next try to heal on the agenda. */
  async #plan(target: ConnectionTarget, healAttempt = -1): Promise<void> {
    const record = await this.#read(target);
    const now = Date.now();
    const { companyId } = record ?? {};
    if (
      companyId !== undefined && target.locationId !== undefined && this.#facts.get("notedAt") !== companyId
    ) {
      await this.#object({ companyId }).noteLocation({ companyId }, target.locationId, false);
      this.#facts.set("notedAt", companyId);
    }
    const expiresAt = record?.tokens?.expiresAt.getTime() ?? 0;
    const troubleSince = this.#facts.number("troubleSince");
    if (record?.status === "connected" && expiresAt > now && !troubleSince) {
      this.#agenda.clear("heal");
      this.#agenda.clear("broken");
      const lifetimeMs = expiresAt - (record.accessTokenIssuedAt ?? now);
      const lead = Math.min(HOUR_MS + (Math.random() - 0.5) * 10 * MINUTE_MS, lifetimeMs / 2);
      return await this.#agenda.set("refresh", Math.max(expiresAt - lead, now + 1_000));
    }
    this.#agenda.clear("refresh");
    if (!troubleSince || now - troubleSince > GIVE_UP_AFTER_MS) return this.#agenda.clear("heal");
    if (expiresAt <= now) await this.#open().store.showBroken(this.#key(target));
    if (!this.#agenda.get("broken")) {
      await this.#agenda.set("broken", Math.max(troubleSince, expiresAt) + HOUR_MS);
    }
    const attempt = Math.max(healAttempt + 1, 0);
    await this.#agenda.set("heal", now + MINUTE_MS / 5_000 * retryDelayMs(attempt), attempt);
  }

  /** Called by `Connections` for every event: history, chart, trouble, alerts. Must not throw. */
  #onEvent(event: ConnectionEvent): void {
    const { type, at, by, traceId, ms, error, target } = event;
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
        this.#facts.set("troubleSince", this.#facts.get("troubleSince") ?? String(at.getTime()));
        if (error) this.#facts.set("troubleCode", error.code);
        if (!this.#agenda.get("heal")) this.ctx.waitUntil(this.#plan(target));
        break;
      case "reauthorization_required":
        this.#facts.set("troubleSince", undefined);
        if (this.#alerts.take("reauthorization_required", at.getTime())) {
          this.ctx.waitUntil(this.#alert("reauthorization_required", target, error));
        }
        break;
      case "paused":
      case "store_failed":
      case "endpoint_removed":
        break;
    }
  }

  async #tellBroken(target: ConnectionTarget): Promise<void> {
    const code = this.#facts.get("troubleCode");
    const record = await this.#read(target);
    const isBroken = this.#facts.get("troubleSince") &&
      (record?.tokens?.expiresAt.getTime() ?? 0) <= Date.now();
    if (isBroken && this.#alerts.take("broken", Date.now())) {
      await this.#alert(
        "broken",
        target,
        reviveError({ code: codeFrom(code), message: "", retryable: true }),
      );
    }
  }

  async #alert(kind: AlertKind, target: ConnectionTarget, error?: HighLevelError): Promise<void> {
    const { settings } = this.#open();
    if (settings.alertWebhookUrl === undefined) return;
    const { code, traceId } = error ?? {};
    const link = kind === "reauthorization_required" ? reauthorizationLink(settings, target) : undefined;
    const alert: Alert = {
      kind,
      target,
      at: Date.now(),
      ...(code && { code }),
      ...(traceId && { traceId }),
      ...(link !== undefined && { authorizationUrl: link }),
    };
    this.#sql.exec("INSERT INTO unsent (alert) VALUES (?)", JSON.stringify(alertBody(alert)));
    await this.#agenda.set("alert", Date.now());
  }

  async #sendAlerts(): Promise<void> {
    const url = this.#open().settings.alertWebhookUrl;
    for (const { id, alert } of this.#sql.exec("SELECT id, alert FROM unsent ORDER BY id").toArray()) {
      if (url !== undefined) await postAlert(url, JSON.parse(String(alert)));
      this.#sql.exec("DELETE FROM unsent WHERE id = ?", id);
    }
  }

  /** Calls `work` for this company's locations; those done before stay done when one throws. */
  async #eachLocation(
    which: string,
    work: (api: ConnectionApi, locationId: string) => Promise<void>,
  ): Promise<void> {
    for (const { id } of this.#sql.exec(`SELECT id FROM locations WHERE ${which} LIMIT 500`).toArray()) {
      const locationId = String(id);
      await work(this.#object({ locationId }), locationId);
    }
    if (this.#sql.exec(`SELECT 1 FROM locations WHERE ${which} LIMIT 1`).toArray().length > 0) {
      throw new HighLevelError("unavailable", "More locations are left.");
    }
  }

  #open(): Parts {
    if (this.#parts) return this.#parts;
    const result = readSettings(this.env);
    if (!result.ok) throw new Error(`The worker's settings are incomplete: ${result.problems.join(", ")}.`);
    const { settings } = result;
    const kv = new CloudflareKvStore(this.env.TOKENS);
    const store = new ObjectStore(
      this.#sql,
      kv,
      () => this.#agenda.set("copy", Date.now() + retryDelayMs(0)),
    );
    const records = sealed(store, { keys: settings.sealingKeys });
    const connections = new Connections({
      app: settings.app,
      store: records,
      onEvent: (event) => this.#onEvent(event),
      companyToken: async (companyId, rejected) => {
        const result = await this.#object({ companyId }).token(
          { companyId },
          rejected === undefined ? {} : { rejected },
        );
        if (!result.ok) throw reviveError(result.error);
        return result;
      },
    });
    return this.#parts = { settings, store, records, connections };
  }

  #object(target: ConnectionTarget): ConnectionApi {
    return connectionObject(this.env, target);
  }

  #key(target: ConnectionTarget): string {
    return keyOf(`${appIdOf(this.#open().settings.app)}/`, target);
  }

  /** The stored access token, if its hash is `hash`; another text otherwise, so that only that token counts as refused. */
  async #tokenWithHash(hash: string | undefined): Promise<string | undefined> {
    const target = this.#target();
    if (hash === undefined || !target) return undefined;
    const held = (await this.#read(target))?.tokens?.accessToken;
    return held !== undefined && await sha256Hex(held) === hash ? held : undefined;
  }

  /** The record as it is held here. */
  async #read(target: ConnectionTarget): Promise<ConnectionRecord | undefined> {
    const stored = await this.#open().records.get(this.#key(target));
    return stored && decodeRecord(stored);
  }

  async #isYoung(target: ConnectionTarget): Promise<boolean> {
    return Date.now() - ((await this.#read(target))?.accessTokenIssuedAt ?? 0) < YOUNG_MS;
  }

  async #hasTokens(target: ConnectionTarget): Promise<boolean> {
    return (await this.#read(target))?.tokens !== undefined;
  }

  #note(entry: HistoryEntry): void {
    this.#history.add(entry);
    const { ACTIVITY } = this.env;
    if (ACTIVITY) {
      this.ctx.waitUntil(
        ACTIVITY.get(ACTIVITY.idFromName("all")).count(entry.type, entry.at).catch(() => {}),
      );
    }
  }

  #companyOf({ companyId }: ConnectionTarget): ConnectionDetails {
    return companyId === undefined ? {} : { companyId };
  }

  #details(): ConnectionDetails {
    return JSON.parse(this.#facts.get("details") ?? "{}");
  }

  #know(target: ConnectionTarget): void {
    if (this.#facts.get("target") === undefined) this.#facts.set("target", JSON.stringify(target));
  }

  #target(): ConnectionTarget | undefined {
    const target = this.#facts.get("target");
    return target === undefined ? undefined : JSON.parse(target);
  }
}

function codeFrom(code: string | undefined): HighLevelError["code"] {
  return code === "timeout" || code === "network" || code === "rate_limited" || code === "invalid_client"
    ? code
    : "unavailable";
}

/** Swallows what `Connections` has told by an event already. */
function onlyCoded(error: unknown): undefined {
  if (!(error instanceof HighLevelError)) throw error;
}
