import { askedMs as askedBy } from "../../oauth/host.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** An event is tried for so long, ms; then it is a dead letter. */
export const TRIED_FOR_MS = 3 * DAY_MS;
/** A dead letter is kept for so long, ms. */
export const DEAD_KEPT_MS = 14 * DAY_MS;
/** Pauses after the first try that failed, the second and so on, ms; the last one from then on. */
const PAUSES_MS: readonly number[] = [
  10 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  20 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  6 * HOUR_MS,
];
/** So many tries in a row that fail, and the address counts as down: one event at a time finds out whether it is back. */
export const DOWN_AFTER = 5;
/** An address that is down is tried again within this, ms: what waits for it goes as soon as it is back. */
const LONGEST_PROBE_MS = 15 * MINUTE_MS;
/** What an address asks for by `Retry-After` counts up to this, ms. */
const LONGEST_ASKED_MS = DAY_MS;
/** An address that wants no more is looked at again after this, ms. */
const GONE_MS = DAY_MS;

/** What an address made of an event. */
export type TryOutcome =
  /** It took it: 2xx. */
  | { readonly kind: "taken" }
  /** It wants no more events: 410. */
  | { readonly kind: "gone" }
  /** Not now: another status, no answer in time, no way there. `askedMs`: it said when to come again. */
  | { readonly kind: "failed"; readonly problem: DeliveryProblem; readonly askedMs?: number };

/**
 * Why an event is not there. `http_…`: the status of the answer. `redirect_…`: one that sends elsewhere, which is not followed. `timeout`:
 * no answer in time. `unreachable`: no way there. `gone`: the address wants no more (410). `down`: it did not come back within 3 days, so
 * that this event was not tried. `unlisted`: it is not in `EVENT_URLS` any more. `no_key`: the event is sealed under a key that is not in
 * `SEALING_KEYS` any more.
 */
export type DeliveryProblem =
  | `http_${number}`
  | `redirect_${number}`
  | "timeout"
  | "unreachable"
  | "gone"
  | "down"
  | "unlisted"
  | "no_key";

/** What is known of one event on its way to one address. Moments in ms. */
export interface Delivery {
  /** When its time began: when it came here, or was sent again by hand. */
  readonly takenAt: number;
  /** Tries so far. */
  readonly tries: number;
}

/** What is known of an address. All zero where all is well. Moments in ms. */
export interface AddressState {
  /** Tries in a row that failed. */
  readonly failures: number;
  /** Nothing is sent before this. */
  readonly pausedUntil: number;
  /** It wants no more: until it is looked at again what comes is a dead letter at once. */
  readonly isGone?: true;
}

/** An address that nothing is known of. */
export const FRESH_ADDRESS: AddressState = { failures: 0, pausedUntil: 0 };

/** What happens to the event next. */
export type DeliveryStep =
  | { readonly do: "done" }
  | { readonly do: "again"; readonly at: number; readonly problem: DeliveryProblem }
  | { readonly do: "bury"; readonly problem: DeliveryProblem };

/** What follows from one try. */
export interface AfterTry {
  /** For the event. */
  readonly delivery: DeliveryStep;
  /** For the address. */
  readonly address: AddressState;
  /** For all that waits for the address: it is due now, or dead. */
  readonly others?: "due" | "bury";
}

/** What an answer with this `status` says; `retryAfter` is its header. */
export function outcomeOfAnswer(status: number, retryAfter: string | null, now: number): TryOutcome {
  if (status >= 200 && status < 300) return { kind: "taken" };
  if (status === 410) return { kind: "gone" };
  const askedMs = askedBy(retryAfter, now);
  const problem = status >= 300 && status < 400 ? `redirect_${status}` as const : `http_${status}` as const;
  return { kind: "failed", problem, ...askedMs !== undefined && { askedMs } };
}

/** What follows from a try at `now`. `spread`, from 0 up to 1, keeps what failed together from coming back together. */
export function afterTry(
  { takenAt, tries }: Delivery,
  address: AddressState,
  outcome: TryOutcome,
  now: number,
  spread: number,
): AfterTry {
  switch (outcome.kind) {
    case "taken": {
      const wasDown = isDown(address) || address.isGone === true;
      return { delivery: { do: "done" }, address: FRESH_ADDRESS, ...wasDown && { others: "due" } };
    }
    case "gone":
      return {
        delivery: { do: "bury", problem: "gone" },
        address: { failures: DOWN_AFTER, pausedUntil: now + GONE_MS, isGone: true },
        others: "bury",
      };
    case "failed": {
      const { problem } = outcome;
      const asked = Math.min(outcome.askedMs ?? 0, LONGEST_ASKED_MS);
      const endsAt = takenAt + TRIED_FOR_MS;
      const delivery: DeliveryStep = now >= endsAt
        ? { do: "bury", problem }
        : { do: "again", at: Math.min(endsAt, now + Math.max(asked, pauseMs(tries, spread))), problem };
      return { delivery, address: afterFailure(address, asked, now, spread) };
    }
  }
}

/** The address after a try that failed, where it asked for a pause of `askedMs`. */
function afterFailure(address: AddressState, askedMs: number, now: number, spread: number): AddressState {
  // Of tries that were under way together, those after the one that told tell nothing new.
  const isKnown = isDown(address) && address.pausedUntil > now;
  const failures = isKnown ? address.failures : address.failures + 1;
  const probeMs = isKnown || failures < DOWN_AFTER
    ? 0
    : Math.min(LONGEST_PROBE_MS, pauseMs(failures - DOWN_AFTER, spread));
  const pause = Math.max(askedMs, probeMs);
  return {
    failures,
    pausedUntil: pause > 0 ? Math.max(address.pausedUntil, now + pause) : address.pausedUntil,
  };
}

/** Whether the address has failed so often that only one event at a time is tried. */
export function isDown({ failures }: AddressState): boolean {
  return failures >= DOWN_AFTER;
}

/** Whether what comes now is tried at once: the address is well, as far as anybody knows. */
export function isOpen(address: AddressState, now: number): boolean {
  return !isDown(address) && address.pausedUntil <= now;
}

/** How long an event is left alone after `tries` tries before the one that failed now, ms: growing, and 60 s at most at first. */
export function pauseMs(tries: number, spread: number): number {
  const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 0;
  return pause * (0.75 + spread / 2);
}
