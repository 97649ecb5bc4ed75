import { appIdOf } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { openBytes, sealBytes } from "../http/sealed_text.ts";
import { type KindAndId, kindAndId, targetOf } from "../kind_and_id.ts";
import type { Settings } from "../settings.ts";

const CALLBACK = /\/oauth\/callback$/;
const DAY_SECONDS = 24 * 3_600;
/** How long a link can be used, seconds. */
export const LINK_SECONDS = { least: 60, usual: 14 * DAY_SECONDS, most: 90 * DAY_SECONDS } as const;
/** The kinds of connection by their byte in a link: never another order. */
const KINDS = ["location", "company"] as const;
/** A byte for the kind, six for when it was made (ms), three for how long it can be used (s); then the id. */
const HEAD_BYTES = 10;
const ID = /^[A-Za-z0-9_-]{1,128}$/;

/** A link for one customer. */
export interface ReturnLink {
  /** Where it leads: `https://…/r/<token>`. Nobody can read from it whom it is for. */
  readonly url: string;
  /** When it ends. */
  readonly expiresAt: Date;
}

/** What a link says. Moments in ms. */
export interface OpenedLink {
  /** Whom it is for. */
  readonly target: ConnectionTarget;
  /** When it was made. */
  readonly madeAt: number;
  /** When it ends. */
  readonly expiresAt: number;
}

/** What {@linkcode makeReturnLink} reads of the settings. */
export interface LinkScope {
  readonly settings: Pick<Settings, "app" | "scope" | "sealingKeys">;
}

/** Options of {@linkcode makeReturnLink}. */
export interface ReturnLinkOptions {
  /**
   * How long it can be used, whole seconds: 60 to 7,776,000 (90 days).
   * @default {1_209_600} 14 days
   */
  readonly expiresInSeconds?: number;
  /** The clock, ms. @default {Date.now()} */
  readonly now?: number;
}

/**
 * Makes the link by which a person brings `target` back: short, sealed, dated, for this connection alone. Asks and stores
 * nothing. `undefined` where the redirect URI is not this worker's (`…/oauth/callback`), or no scopes are set: then nobody
 * could come back by it.
 *
 * @throws {TypeError} when `expiresInSeconds` is not allowed.
 */
export async function makeReturnLink(
  { settings }: LinkScope,
  target: ConnectionTarget,
  { expiresInSeconds = LINK_SECONDS.usual, now = Date.now() }: ReturnLinkOptions = {},
): Promise<ReturnLink | undefined> {
  const { least, most } = LINK_SECONDS;
  if (!(Number.isInteger(expiresInSeconds) && expiresInSeconds >= least && expiresInSeconds <= most)) {
    throw new TypeError(`expiresInSeconds must be a whole number from ${least} to ${most}`);
  }
  const { app: { redirectUri = "" }, scope, sealingKeys } = settings;
  if (scope === undefined || !CALLBACK.test(redirectUri)) return undefined;
  const token = await sealBytes(
    sealingKeys,
    purposeOf(settings),
    packed(kindAndId(target), now, expiresInSeconds),
  );
  return {
    url: redirectUri.replace(CALLBACK, `/r/${token}`),
    expiresAt: new Date(now + expiresInSeconds * 1000),
  };
}

/** What the link with `token` says, in time or not; `undefined` where it is none of this app's, or was altered. */
export async function openReturnLink(
  settings: Pick<Settings, "app" | "sealingKeys">,
  token: string,
): Promise<OpenedLink | undefined> {
  const bytes = await openBytes(settings.sealingKeys, purposeOf(settings), token);
  if (!bytes || bytes.length <= HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  const kind = KINDS[view.getUint8(0)];
  const madeAt = view.getUint16(1) * 2 ** 32 + view.getUint32(3);
  const seconds = view.getUint8(7) * 2 ** 16 + view.getUint16(8);
  const id = new TextDecoder().decode(bytes.subarray(HEAD_BYTES));
  if (!kind || !ID.test(id)) return undefined;
  return { target: targetOf({ kind, id }), madeAt, expiresAt: madeAt + seconds * 1000 };
}

/** What links of an app are sealed for; the number grows with their form. Several apps may share sealing keys. */
function purposeOf({ app }: Pick<Settings, "app">): string {
  return `return link 2 ${appIdOf(app)}`;
}

function packed({ kind, id }: KindAndId, madeAt: number, seconds: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array([...new Uint8Array(HEAD_BYTES), ...new TextEncoder().encode(id)]);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KINDS.indexOf(kind));
  view.setUint16(1, Math.floor(madeAt / 2 ** 32));
  view.setUint32(3, madeAt % 2 ** 32);
  view.setUint8(7, seconds >> 16);
  view.setUint16(8, seconds & 0xffff);
  return bytes;
}
