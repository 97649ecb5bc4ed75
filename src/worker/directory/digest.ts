import type { DirectoryAlert } from "./directory_api.ts";

/** An alert that was not told yet. */
export interface PendingAlert extends DirectoryAlert {
  /** Its place in the order of arrival. */
  readonly n: number;
  /** Which connection. */
  readonly target: { readonly kind: "location" | "company"; readonly id: string };
}

/** A message about all connections together, as the chat takes it. */
export type Notice = Readonly<Record<string, unknown>>;

/** How the alerts of the present trouble were told so far. */
export interface DigestState {
  /** When it began, ms. */
  readonly beganAt: number;
  /** When something was told last, ms. */
  readonly lastAt: number;
  /** Alerts told one by one. */
  readonly singles: number;
  /** Digests sent. */
  readonly digests: number;
  /** Connections told of in all. */
  readonly told: number;
}

/** One message to the chat. */
export type ChatMessage = AlertMessage | { readonly kind: "notice"; readonly notice: Notice };

/** One message to the chat, of one alert or of several. */
export type AlertMessage =
  | { readonly kind: "single"; readonly alert: PendingAlert }
  | {
    readonly kind: "digest";
    readonly alerts: readonly PendingAlert[];
    /** When the trouble began, ms. */
    readonly since: number;
    /** Connections told of since then, these included. */
    readonly told: number;
  };

/** What is to be told now, and when to look again. */
export interface Telling {
  /** In this order. */
  readonly messages: readonly AlertMessage[];
  /** What to remember once they were sent; as before where there are none. */
  readonly state: DigestState | undefined;
  /** When the rest is due, ms; absent where nothing is left. */
  readonly nextAt?: number;
}

const SECOND_MS = 1_000;
/** So many are told one by one, at once. */
const SINGLES = 3;
/** Pauses before the first digest and between the next ones, ms; the last one from then on. */
const PAUSES_MS: readonly number[] = [15, 25, 60, 300, 900].map((seconds) => seconds * SECOND_MS);
/** Trouble is over when nothing was told for so long, ms. */
const OVER_AFTER_MS = 1_800 * SECOND_MS;

/**
 * How `pending` alerts are told: the first few at once, one message each; what comes with them or soon after as one digest,
 * and then in digests further and further apart. So a chat gets at most five messages in half a minute, and the number
 * within a minute.
 */
export function nextTelling(
  pending: readonly PendingAlert[],
  before: DigestState | undefined,
  now: number,
): Telling {
  if (pending.length === 0) return { messages: [], state: before };
  const isNew = before === undefined || now - before.lastAt >= OVER_AFTER_MS;
  const state = isNew ? { beganAt: now, lastAt: now, singles: 0, digests: 0, told: 0 } : before;
  const told = state.told + pending.length;
  const singles = state.singles + pending.length;
  if (state.digests === 0 && singles <= SINGLES) {
    const messages = pending.map((alert) => ({ kind: "single", alert } as const));
    return { messages, state: { ...state, lastAt: now, singles, told } };
  }
  const pause = PAUSES_MS[Math.min(state.digests, PAUSES_MS.length - 1)] ?? 0;
  const dueAt = isNew ? now : state.lastAt + pause;
  if (dueAt > now) return { messages: [], state: before, nextAt: dueAt };
  const [alert] = pending;
  const message: AlertMessage = alert && pending.length === 1
    ? { kind: "single", alert }
    : { kind: "digest", alerts: pending, since: state.beganAt, told };
  return { messages: [message], state: { ...state, lastAt: now, digests: state.digests + 1, told } };
}
