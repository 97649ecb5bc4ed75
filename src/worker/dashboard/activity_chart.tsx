/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Bar, RangeName } from "./activity.ts";
import { RANGES } from "./activity.ts";
import { fill } from "./fill.ts";
import { ExactMoment, exactText } from "./moment.tsx";
import { numberText, type View } from "./view.ts";

const WIDTH = 1_040;
const HEIGHT = 88;
const KINDS = ["lost", "recovered", "failed"] as const;

/** What happened over time: bars, and the same as a table. */
export function ActivityChart(
  { view, bars, range, href }: {
    view: View;
    bars: readonly Bar[];
    range: RangeName;
    href: (range: string) => string;
  },
): JSX.Element {
  const { words } = view;
  const names = { "1": words.range1, "7": words.range7, "30": words.range30 };
  const labels = { lost: words.wentLost, recovered: words.recovered, failed: words.failures };
  const sums = { lost: 0, recovered: 0, failed: 0 };
  for (const bar of bars) for (const kind of KINDS) sums[kind] += bar[kind];
  const busy = bars.filter((bar) => KINDS.some((kind) => bar[kind] > 0));
  return (
    <section class="panel activity" aria-labelledby="activity">
      <div class="panel-head">
        <h2 id="activity">{words.activity}</h2>
        <ul class="legend">
          {KINDS.map((kind) => (
            <li class={kind}>
              <span class="swatch"></span>
              {labels[kind]} <b>{numberText(view, sums[kind])}</b>
            </li>
          ))}
        </ul>
        <div class="ranges" role="group" aria-label={words.time}>
          {Object.entries(names).map(([name, text]) => (
            <a href={href(name)} aria-current={name === range ? "true" : undefined}>{text}</a>
          ))}
        </div>
      </div>
      {busy.length === 0 ? <p class="quiet-text">{words.noActivity}</p> : (
        <>
          <Bars
            view={view}
            bars={bars}
            barHours={RANGES[range].barHours}
            label={fill(view, words.chartLabel, { range: names[range], ...sums })}
          />
          <details>
            <summary>{words.asTable}</summary>
            <div class="scroll" tabindex={0} role="group" aria-labelledby="activity">
              <table class="plain">
                <thead>
                  <tr>
                    <th scope="col">{words.time}</th>
                    {KINDS.map((kind) => <th scope="col" class="number">{labels[kind]}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {busy.toReversed().map((bar) => (
                    <tr>
                      <th scope="row">
                        <ExactMoment view={view} at={bar.at} />
                      </th>
                      {KINDS.map((kind) => <td class="number">{numberText(view, bar[kind])}</td>)}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </section>
  );
}

function Bars(
  { view, bars, barHours, label }: { view: View; bars: readonly Bar[]; barHours: number; label: string },
): JSX.Element {
  const { words } = view;
  const most = Math.max(...bars.map((bar) => bar.lost + bar.recovered + bar.failed));
  const step = WIDTH / bars.length;
  const width = Math.min(step * 0.7, 26);
  const first = bars[0]?.at ?? view.now;
  return (
    <div class="chart">
      <span class="chart-most" aria-hidden="true">{numberText(view, most)}</span>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <path class="grid" d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}`} />
        {bars.map((bar, index) => {
          let top = HEIGHT;
          return (
            <g>
              <title>
                {`${
                  exactText(view, bar.at)
                } · ${words.wentLost} ${bar.lost}, ${words.recovered} ${bar.recovered}, ${words.failures} ${bar.failed}`}
              </title>
              <rect class="hover" x={round(index * step)} width={round(step)} height={HEIGHT} />
              {KINDS.map((kind) => {
                if (bar[kind] === 0) return null;
                const height = Math.max(2, bar[kind] / most * (HEIGHT - 4));
                top -= height;
                return (
                  <rect
                    class={kind}
                    x={round(index * step + (step - width) / 2)}
                    y={round(top)}
                    width={round(width)}
                    height={round(height)}
                  />
                );
              })}
            </g>
          );
        })}
        <path class="axis" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      </svg>
      <p class="chart-scale" aria-hidden="true">
        <span>{shortText(view, first, barHours)}</span>
        <span>{shortText(view, view.now, barHours)}</span>
      </p>
    </div>
  );
}

function shortText({ locale }: View, at: number, barHours: number): string {
  const options: Intl.DateTimeFormatOptions = barHours === 1
    ? { hour: "2-digit", minute: "2-digit", timeZone: "UTC" }
    : { month: "short", day: "numeric", timeZone: "UTC" };
  return `${new Intl.DateTimeFormat(locale, options).format(at)} UTC`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
