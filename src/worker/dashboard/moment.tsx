/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { fill } from "./fill.ts";
import type { View } from "./view.ts";

const UNITS: readonly (readonly ["day" | "hour" | "minute" | "second", number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** A moment as distance from now ("in 22 hours"), with the exact time on hover; as the `{time}` of `text` where there is one. */
export function Moment(
  { view, at, text = "{time}" }: { view: View; at: number | Date; text?: string },
): JSX.Element {
  return <Time view={view} at={at} text={fill(view, text, { time: relativeText(view, Number(at)) })} />;
}

/** A moment as date and time of the reader's zone. */
export function ExactMoment({ view, at }: { view: View; at: number | Date }): JSX.Element {
  return <Time view={view} at={at} text={exactText(view, Number(at))} />;
}

function Time({ view, at, text }: { view: View; at: number | Date; text: string }): JSX.Element {
  const exact = exactText(view, Number(at));
  return (
    <time datetime={new Date(at).toISOString()} title={exact === text ? undefined : exact}>
      {text}
    </time>
  );
}

/** How far `at` is from now: "in 22 hours", "3 days ago". */
export function relativeText({ locale, now }: Pick<View, "locale" | "now">, at: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const distance = at - now;
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? ["second", 1_000];
  return format.format(Math.round(distance / ms), unit);
}

/** A length of time in its largest whole unit: "4 minutes". */
export function durationText({ locale }: Pick<View, "locale">, ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ["second", 1_000];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.round(ms / size),
  );
}

/** `at` as date and time, with the name of the zone. */
export function exactText(view: Pick<View, "locale" | "zone">, at: number): string {
  return timeText(view, at, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

/** The time of day where `at` is today in the reader's zone, else the date with it. */
export function clockText(view: Pick<View, "locale" | "zone" | "now">, at: number): string {
  const day = (one: number): string =>
    timeText(view, one, { year: "numeric", month: "short", day: "numeric" });
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  return day(at) === day(view.now)
    ? timeText(view, at, clock)
    : timeText(view, at, { month: "short", day: "numeric", ...clock });
}

/** What `options` ask for of `at`, in the reader's zone, hours from 0 to 23. */
export function timeText(
  { locale, zone }: Pick<View, "locale" | "zone">,
  at: number,
  options: Intl.DateTimeFormatOptions,
): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: "h23" }).format(at);
}
