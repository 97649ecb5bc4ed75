import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import type { SdkSession, SdkSessionStorage } from "./sdk.ts";
import { sessionOf } from "./session.ts";

/** Their storage may hold up a call so long, ms. */
const DEADLINE_MS = 5_000;
/** Connections whose last written token is remembered. */
const MOST = 10_000;

/** Told of a call of the other storage that failed; the id is empty where it was about none, as at its opening. */
export type AlsoFailed = (error: unknown, resourceId: string) => void;

/** The storage that was there before, kept up to date: whatever it does or does not do, no token is lost by it. */
export class TheirStorage {
  readonly #storage: SdkSessionStorage;
  readonly #onFailed: AlsoFailed;
  /** Whether it is to be open by us: before a call, where that failed. */
  #isToBeOpen = false;
  #opening: Promise<void> | undefined;
  /** The client id that it refused to be told. */
  #untold: string | undefined;
  /** The access token that their storage is known to have, by resource. */
  readonly #written = new Map<string, string>();

  /** Over `storage`; one that is open already is not opened again. */
  constructor(
    storage: SdkSessionStorage,
    { isOpen, onFailed }: { readonly isOpen: boolean; readonly onFailed: AlsoFailed },
  ) {
    this.#storage = storage;
    if (isOpen) this.#opening = Promise.resolve();
    this.#onFailed = onFailed;
  }

  /** Tells it whose sessions it keeps; with the next call, where it does not hear. */
  setClientId(clientId: string): void {
    this.#untold = clientId;
    try {
      this.#tellClientId();
    } catch (error) {
      this.#onFailed(error, "");
    }
  }

  /** Opens it, once; with the next call, where that fails. */
  async open(): Promise<void> {
    this.#isToBeOpen = true;
    await this.#try("", () => this.#ready());
  }

  /** Closes it. */
  async close(): Promise<void> {
    this.#isToBeOpen = false;
    this.#opening = undefined;
    await this.#try("", () => this.#storage.disconnect());
  }

  /** Their session; `undefined` where there is none, or they do not tell. */
  async read(resourceId: string): Promise<SdkSession | undefined> {
    return await this.#call(resourceId, () => this.#storage.getSession(resourceId)) ?? undefined;
  }

  /** Writes `tokens`, refresh token and all, unless they hold newer ones or have these. */
  async write(resourceId: string, tokens: TokenSet, now: number): Promise<void> {
    if (this.#written.get(resourceId) === tokens.accessToken) return;
    const theirs = await this.read(resourceId);
    if ((theirs?.expire_at ?? 0) > tokens.expiresAt.getTime()) return;
    if (theirs?.access_token !== tokens.accessToken || theirs.refresh_token !== tokens.refreshToken) {
      await this.set(resourceId, { ...theirs, ...sessionOf(tokens, tokens.refreshToken, now) });
    } else this.#note(resourceId, tokens.accessToken);
  }

  /** Writes a session as it is. */
  async set(resourceId: string, session: SdkSession): Promise<void> {
    const written = await this.#call(resourceId, async () => {
      await this.#storage.setSession(resourceId, session);
      return true;
    });
    if (written) this.#note(resourceId, session.access_token ?? "");
  }

  /** Removes a session. */
  async remove(resourceId: string): Promise<void> {
    this.#written.delete(resourceId);
    await this.#call(resourceId, () => this.#storage.deleteSession(resourceId));
  }

  #note(resourceId: string, accessToken: string): void {
    if (this.#written.size >= MOST) this.#written.clear();
    this.#written.set(resourceId, accessToken);
  }

  #tellClientId(): void {
    if (this.#untold === undefined) return;
    this.#storage.setClientId(this.#untold);
    this.#untold = undefined;
  }

  /** Makes good what failed before a call; callers share it. */
  async #ready(): Promise<void> {
    this.#tellClientId();
    if (!this.#isToBeOpen) return;
    this.#opening ??= Promise.resolve(this.#storage.init());
    const opening = this.#opening;
    try {
      await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /** `work`, once what failed before it is made good. */
  #call<T>(resourceId: string, work: () => Promise<T>): Promise<T | undefined> {
    return this.#try(resourceId, () => this.#ready().then(work));
  }

  /** What `work` gives within the deadline; else it is told, and nothing. */
  async #try<T>(resourceId: string, work: () => Promise<T>): Promise<T | undefined> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(
        new HighLevelError("store_failed", `The SDK's storage did not answer within ${DEADLINE_MS} ms.`),
      );
    }, DEADLINE_MS);
    try {
      const doing = Promise.resolve().then(work);
      doing.catch(() => {}); // once it is late, nobody waits for it
      return await Promise.race([doing, late.promise]);
    } catch (error) {
      this.#onFailed(error, resourceId);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
