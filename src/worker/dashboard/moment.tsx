/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { View } from "./view.ts";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** A moment as distance from now ("in 22 hours"), with the exact time on hover. */
export function Moment({ view, at }: { view: View; at: number | Date }): JSX.Element {
  return <Time view={view} at={at}>{relativeText(view, Number(at))}</Time>;
}

/** A moment as date and time; the script turns UTC into the reader's own zone. */
export function ExactMoment({ view, at }: { view: View; at: number | Date }): JSX.Element {
  return <Time view={view} at={at} exact>{exactText(view, Number(at))}</Time>;
}

function Time(
  { view, at, exact = false, children }: { view: View; at: number | Date; exact?: boolean; children?: Child },
): JSX.Element {
  return (
    <time
      datetime={new Date(at).toISOString()}
      title={exactText(view, Number(at))}
      data-exact={exact ? "" : undefined}
    >
      {children}
    </time>
  );
}

/** How far `at` is from now: "in 22 hours", "3 days ago". */
export function relativeText({ locale, now }: View, at: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const distance = at - now;
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? ["second", 1_000];
  return format.format(Math.round(distance / ms), unit);
}

/** `at` as date and time of UTC. */
export function exactText({ locale }: View, at: number): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return `${format.format(at)} UTC`;
}
