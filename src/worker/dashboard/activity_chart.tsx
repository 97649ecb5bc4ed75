/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { type Bar, BAR_KINDS, type BarKind, type RangeName, RANGES } from "./activity.ts";
import { fill } from "./fill.ts";
import { ExactMoment, exactText, timeText } from "./moment.tsx";
import { numberText, type View } from "./view.ts";

const WIDTH = 1_040;
const HEIGHT = 88;
const DOWN = BAR_KINDS.slice(1);

/** What changed over time: what came back above the line, what was lost below it; and the same as a table. */
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
  const sums = { recovered: 0, failed: 0, reauthorization_required: 0, paused: 0 };
  for (const bar of bars) for (const kind of BAR_KINDS) sums[kind] += bar[kind];
  const busy = bars.filter((bar) => BAR_KINDS.some((kind) => bar[kind] > 0));
  return (
    <section class="panel activity" aria-labelledby="activity">
      <div class="panel-head">
        <h2 id="activity">{words.activity}</h2>
        <ul class="legend">
          {BAR_KINDS.map((kind) => (
            <li class={kind}>
              <span class="swatch"></span>
              {words.changes[kind]} <b>{numberText(view, sums[kind])}</b>
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
            label={`${fill(view, words.chartLabel, { range: names[range] })} ${countsText(view, sums)}`}
          />
          <details>
            <summary>{words.asTable}</summary>
            <div class="scroll" tabindex={0} role="group" aria-labelledby="activity">
              <table class="plain">
                <thead>
                  <tr>
                    <th scope="col">{words.time}</th>
                    {BAR_KINDS.map((kind) => <th scope="col" class="number">{words.changes[kind]}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {busy.toReversed().map((bar) => (
                    <tr>
                      <th scope="row">
                        <ExactMoment view={view} at={bar.at} />
                      </th>
                      {BAR_KINDS.map((kind) => <td class="number">{numberText(view, bar[kind])}</td>)}
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
  const sumOf = (bar: Bar, kinds: readonly BarKind[]): number =>
    kinds.reduce((sum, kind) => sum + bar[kind], 0);
  const up = Math.max(...bars.map((bar) => bar.recovered));
  const down = Math.max(...bars.map((bar) => sumOf(bar, DOWN)));
  const scale = (HEIGHT - 4) / (up + down);
  const axis = 2 + up * scale;
  const step = WIDTH / bars.length;
  const width = Math.min(step * 0.7, 26);
  const first = bars[0]?.at ?? view.now;
  return (
    <div class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {bars.map((bar, index) => {
          let below = axis;
          return (
            <g>
              <title>{`${exactText(view, bar.at)} · ${countsText(view, bar)}`}</title>
              <rect class="hover" x={round(index * step)} width={round(step)} height={HEIGHT} />
              {BAR_KINDS.map((kind) => {
                if (bar[kind] === 0) return null;
                const height = Math.max(2, bar[kind] * scale);
                const top = kind === "recovered" ? axis - height : below;
                if (kind !== "recovered") below += height;
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
        <path class="axis" d={`M0 ${round(axis)}H${WIDTH}`} />
      </svg>
      <p class="chart-scale" aria-hidden="true">
        <span>{axisText(view, first, barHours)}</span>
        <span>{axisText(view, view.now, barHours)}</span>
      </p>
    </div>
  );
}

/** "3 came back, 5 lost by an outage, …": all kinds with their counts. */
function countsText(view: View, counts: Readonly<Record<BarKind, number>>): string {
  return BAR_KINDS.map((kind) => `${view.words.changes[kind]} ${numberText(view, counts[kind])}`).join(", ");
}

function axisText(view: View, at: number, barHours: number): string {
  return barHours === 1
    ? timeText(view, at, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" })
    : timeText(view, at + barHours * 1_800_000, { month: "short", day: "numeric" });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
