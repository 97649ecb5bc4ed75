import { DurableObject } from "cloudflare:workers";
import type { ConnectionDetails, TokenState } from "../../connections/mod.ts";
import type { RestoreVerdict } from "../../moving/host.ts";
import type { TokenAnswer, TokenSet } from "../../oauth/mod.ts";
import { ObjectSql } from "../durable/object_sql.ts";
import { type PlainRecovery, type Result, resultOf } from "../durable/plain_result.ts";
import { Schedule } from "../durable/schedule.ts";
import type { WorkerEnv } from "../env.ts";
import { logError } from "../log.ts";
import { reconnectApp } from "../reconnect_app.ts";
import { checkConnection } from "./check_connection.ts";
import type * as api from "./connection_api.ts";
import { describeConnection } from "./describe_connection.ts";
import { doWork } from "./do_work.ts";
import { eraseConnection } from "./erase_connection.ts";
import { exportConnection } from "./export_connection.ts";
import { type Belongings, belongingsOf, isFirstEdition } from "./first_edition.ts";
import { forgetByHand } from "./forget_by_hand.ts";
import { forgetConnection } from "./forget_connection.ts";
import { answerToken, type LastHealing, type RefusedToken } from "./hand_token.ts";
import { happens } from "./happened.ts";
import type { InstallationEvent } from "./installation_event.ts";
import { mintLocation } from "./mint_location.ts";
import { giveName, noteListedName, readName } from "./names.ts";
import type { ObjectParts } from "./object_parts.ts";
import { openParts } from "./open_parts.ts";
import { ReceivedWebhooks } from "./received_webhooks.ts";
import { recoverConnection } from "./recover_connection.ts";
import { resealConnection } from "./reseal_connection.ts";
import { restoreConnection } from "./restore_connection.ts";
import { saveConnection } from "./save_connection.ts";
import { SCHEDULED_WORK, type ScheduledWork } from "./scheduled_work.ts";
import { connectionSchema } from "./schema.ts";
import { suspendConnection, type SuspensionOrder } from "./suspend_connection.ts";
import { keepBelongings, takeOver } from "./take_over.ts";
import { afterAlarm, settle } from "./turn.ts";

/** What an object of the first edition handed over and was not told of is handed over again after this, ms. */
const HANDED_OVER_WITHIN_MS = 60_000;
/** While the worker is read-only an alarm rings again after this, ms: a token is refreshed an hour ahead, so none ends by that. */
const READ_ONLY_PAUSE_MS = 15 * 60_000;
/** While the settings do not do, an alarm rings again after this, ms. */
const MISCONFIGURED_PAUSE_MS = 60_000;

/**
 * One connection's single writer, worldwide: owns its record, runs `Connections` for it, refreshes before expiry by alarm,
 * writes through to KV, and keeps its history. It reads what is known, asks the pure rules (`installation.ts`,
 * `next_work.ts`), and carries out what they say. Adds exclusivity and durability to the core, and no policy.
 */
export class ConnectionObject extends DurableObject<WorkerEnv> implements api.ConnectionApi {
  /** How long an installation known by webhook only waits for its redirect before the ladder is climbed, ms. */
  protected readonly redirectGraceMs: number = 10_000;
  readonly #sql: ObjectSql;
  readonly #schedule: Schedule<ScheduledWork>;
  readonly #received: ReceivedWebhooks;
  readonly #lastHealing: LastHealing = { at: 0, underWay: undefined };
  #parts: ObjectParts | undefined;

  /** The object of one connection, which it knows by its name. */
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    this.#sql = new ObjectSql(ctx.storage, connectionSchema);
    this.#schedule = new Schedule(ctx.storage, this.#sql, SCHEDULED_WORK);
    this.#received = new ReceivedWebhooks(this.#sql);
    if (!this.#sql.isEmpty) ctx.blockConcurrencyWhile(() => this.#schedule.armIfMissing());
  }

  /** See {@linkcode api.ConnectionApi.token}. */
  async token(refused: RefusedToken): Promise<Result<api.HandedToken>> {
    return await this.#turn((parts) => answerToken(parts, refused, this.#lastHealing));
  }

  /** See {@linkcode api.ConnectionApi.check}. */
  async check(): Promise<Result<{ readonly token: TokenState }>> {
    return await this.#turn((parts) => resultOf(() => checkConnection(parts)));
  }

  /** See {@linkcode api.ConnectionApi.mint}. */
  async mint(locationId: string, options: { readonly heals: boolean }): Promise<Result<TokenAnswer>> {
    return await this.#turn((parts) => resultOf(() => mintLocation(parts, locationId, options)));
  }

  /** See {@linkcode api.ConnectionApi.recover}. */
  async recover(details: ConnectionDetails, order?: api.BulkOrder, actor?: string): Promise<PlainRecovery> {
    return await this.#turn((parts) => recoverConnection(parts, details, order, actor));
  }

  /** See {@linkcode api.ConnectionApi.save}. */
  async save(
    tokens: TokenSet,
    details: ConnectionDetails,
    how: "imported" | "authorised",
    actor?: string,
  ): Promise<Result<api.SavedConnection>> {
    return await this.#turn((parts) => resultOf(() => saveConnection(parts, tokens, details, how, actor)));
  }

  /** See {@linkcode api.ConnectionApi.forget}. */
  async forget(
    why: "forgotten" | "uninstalled",
    uninstall?: api.AgencyUninstall,
    actor?: string,
  ): Promise<Result<{ readonly forgotten: true }>> {
    return await this.#turn((parts) =>
      resultOf(async () => {
        if (uninstall) await happens(parts, { kind: "agency_uninstalled", ...uninstall });
        else if (why === "forgotten") await forgetByHand(parts, actor);
        else await forgetConnection(parts, why);
        return { forgotten: true } as const;
      })
    );
  }

  /** See {@linkcode api.ConnectionApi.companyConnected}. */
  async companyConnected(): Promise<void> {
    await this.#turn((parts) => happens(parts, { kind: "company_connected" }));
  }

  /** See {@linkcode api.ConnectionApi.answerLost}. */
  async answerLost(): Promise<void> {
    await this.#turn((parts) => happens(parts, { kind: "answer_lost" }));
  }

  /** See {@linkcode api.ConnectionApi.deliver}. */
  async deliver(
    { webhookId, type, at, details }: api.Delivery,
  ): Promise<Result<{ readonly isNew: boolean }>> {
    const event: InstallationEvent = type === "INSTALL"
      ? { kind: "install_told", details, at }
      : { kind: "uninstall_told", companyId: details.companyId, at };
    return await this.#turn((parts) =>
      resultOf(async () => ({
        isNew: await this.#received.once(webhookId, () => happens(parts, event)),
      }))
    );
  }

  /** See {@linkcode api.ConnectionApi.noteLocation}. */
  async noteLocation(locationId: string, pending: boolean): Promise<number> {
    return await this.#turn(async ({ locations, facts, record }) => {
      locations.note(locationId, pending);
      return (await record())?.status === "forgotten" ? facts.installation.uninstalledAt ?? 0 : 0;
    });
  }

  /** See {@linkcode api.ConnectionApi.dropLocation}. */
  async dropLocation(locationId: string): Promise<number> {
    return await this.#turn(({ locations }) => Promise.resolve(locations.drop(locationId)));
  }

  /** See {@linkcode api.ConnectionApi.giveName}. */
  async giveName(name: string | null): Promise<Result<{ readonly isKnown: boolean }>> {
    return await this.#turn((parts) => resultOf(async () => ({ isKnown: await giveName(parts, name) })));
  }

  /** See {@linkcode api.ConnectionApi.suspend}. */
  async suspend(order: SuspensionOrder, actor?: string): Promise<Result<{ readonly isKnown: boolean }>> {
    return await this.#turn((parts) =>
      resultOf(async () => ({ isKnown: await suspendConnection(parts, order, actor) }))
    );
  }

  /** See {@linkcode api.ConnectionApi.noteListedName}. */
  async noteListedName(name: string): Promise<void> {
    await this.#turn((parts) => noteListedName(parts, name));
  }

  /** See {@linkcode api.ConnectionApi.readName}. */
  async readName(): Promise<string | undefined> {
    return await this.#turn((parts) => readName(parts));
  }

  /** See {@linkcode api.ConnectionApi.linkMade}. */
  async linkMade(): Promise<void> {
    await this.#turn((parts) => happens(parts, { kind: "link_made" }));
  }

  /** See {@linkcode api.ConnectionApi.linkOpened}. */
  async linkOpened(madeAt: number): Promise<void> {
    await this.#turn((parts) => happens(parts, { kind: "link_opened", madeAt }));
  }

  /** See {@linkcode api.ConnectionApi.revokeLinks}. */
  async revokeLinks(): Promise<void> {
    await this.#turn((parts) => happens(parts, { kind: "links_revoked" }));
  }

  /** See {@linkcode api.ConnectionApi.erase}. */
  async erase(): Promise<Result<api.ErasedConnection>> {
    return await this.#turn((parts) => resultOf(() => eraseConnection(parts)));
  }

  /** See {@linkcode api.ConnectionApi.exported}. */
  async exported(): Promise<Result<{ readonly held?: api.ExportedConnection }>> {
    return await this.#turn((parts) => resultOf(() => exportConnection(parts)));
  }

  /** See {@linkcode api.ConnectionApi.restore}. */
  async restore(
    moved: api.ExportedConnection,
    options: { readonly isDryRun: boolean; readonly actor?: string },
  ): Promise<Result<{ readonly verdict: RestoreVerdict }>> {
    return await this.#turn((parts) =>
      resultOf(async () => ({ verdict: await restoreConnection(parts, moved, options) }))
    );
  }

  /** See {@linkcode api.ConnectionApi.reseal}. */
  async reseal(): Promise<Result<{ readonly became?: "resealed" | "already" | "unreadable" }>> {
    return await this.#turn((parts) => resultOf(() => resealConnection(parts)));
  }

  /** See {@linkcode api.ConnectionApi.describe}. */
  async describe(): Promise<api.DescribedConnection> {
    return await this.#turn(describeConnection);
  }

  /** See {@linkcode api.ConnectionApi.wake}. */
  async wake(): Promise<void> {
    await this.#turn(async ({ isChanged, store, key }) => {
      isChanged.now = true;
      await store.copyAgain(key);
    });
  }

  /** See {@linkcode api.ConnectionApi.handOver}. */
  async handOver(): Promise<Belongings | undefined> {
    const belongings = belongingsOf(this.#sql, reconnectApp(this.env).id);
    // Whoever asked may end before it says that it has them: what stayed here would come back once that one is erased.
    if (belongings) await this.ctx.storage.setAlarm(Date.now() + HANDED_OVER_WITHIN_MS);
    return belongings;
  }

  /** See {@linkcode api.ConnectionApi.handedOver}. */
  async handedOver(): Promise<void> {
    const emptying = [this.ctx.storage.deleteAlarm(), this.ctx.storage.deleteAll()];
    this.#sql.wasEmptied();
    await Promise.all(emptying);
  }

  /** See {@linkcode api.ConnectionApi.takeIn}. */
  async takeIn(belongings: Belongings): Promise<void> {
    const parts = this.#open();
    await keepBelongings(parts, belongings);
    await settle(parts);
  }

  /** Does what is due. An object of the first edition does nothing more than to hand over what it holds. */
  override async alarm(): Promise<void> {
    const parts = this.#openOrUndefined();
    // Thrown six times it would be given up, and nobody would ring any more once the settings do.
    if (!parts) return await this.ctx.storage.setAlarm(Date.now() + MISCONFIGURED_PAUSE_MS);
    if (parts.app.settings.readOnly) return await this.ctx.storage.setAlarm(Date.now() + READ_ONLY_PAUSE_MS);
    if (isFirstEdition(this.ctx.id.name)) {
      const belongings = await this.handOver();
      if (!belongings) return;
      await parts.app.connection(parts.target).takeIn(belongings);
      return await this.handedOver();
    }
    await this.#schedule.run(Date.now(), (item) => doWork(parts, item), () => afterAlarm(parts));
  }

  /** One turn of work, over all that the object holds; what comes next is planned when it has ended. */
  async #turn<T>(work: (parts: ObjectParts) => Promise<T>): Promise<T> {
    const parts = this.#open();
    await takeOver(parts);
    try {
      return await work(parts);
    } finally {
      await settle(parts);
    }
  }

  #openOrUndefined(): ObjectParts | undefined {
    try {
      return this.#open();
    } catch (error) {
      logError(error, { outcome: "retried" });
      return undefined;
    }
  }

  #open(): ObjectParts {
    return this.#parts ??= openParts({
      ctx: this.ctx,
      app: reconnectApp(this.env),
      sql: this.#sql,
      schedule: this.#schedule,
      redirectGraceMs: this.redirectGraceMs,
    });
  }
}
