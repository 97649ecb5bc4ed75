import { Connections, MemoryStore } from "../../../mod.ts";
import { duration, grouped, rate, times } from "../quantity.ts";
import { compared, type Comparison, timed } from "../rounds.ts";
import { row } from "../row.ts";
import { atLeast, atMost, type Row } from "../section.ts";
import { serving } from "../serving.ts";
import { bareLoop } from "./bare_loop.ts";

const LOST = 2_000;
const CONCURRENCY = 32;
const LATENCY_MS = 20;

/** The incident: 2,000 connections without tokens, at HighLevel's pace and as fast as can be. */
export async function incident(): Promise<Row[]> {
  const slow = await recoverBoth(LATENCY_MS, 5);
  const idealMs = LOST * 2 * LATENCY_MS / CONCURRENCY;
  const fast = await recoverBoth(0, 15);
  const perSecond = (ms: number): number => LOST * 2 / ms * 1000;
  const name = `${grouped(LOST)} lost, ${LATENCY_MS} ms latency, ${CONCURRENCY} at once`;
  return [
    row(name, {
      value: slow.ours,
      reference: slow.reference,
      against: "bare fetch loop",
      ratio: slow.ratio,
      show: duration,
      verdict: atMost(slow.ratio, 1.03, times),
    }),
    row("…", {
      value: slow.ours,
      reference: idealMs,
      against: `ideal: ${grouped(LOST)} × 2 × ${LATENCY_MS} ms / ${CONCURRENCY}`,
      ratio: slow.ours / idealMs,
      show: duration,
    }),
    row("the bare fetch loop itself", {
      value: slow.reference,
      reference: idealMs,
      against: "ideal",
      ratio: slow.reference / idealMs,
      show: duration,
    }),
    row(`${grouped(LOST)} lost, no latency, ${CONCURRENCY} at once`, {
      value: perSecond(fast.ours),
      reference: perSecond(fast.reference),
      against: "bare fetch loop",
      ratio: 1 / fast.ratio,
      show: rate,
      verdict: atLeast(1 / fast.ratio, 0.6, times),
    }),
  ];
}

/** Recovers all of them by `recoverAll` and by the bare loop, in turn. */
async function recoverBoth(latencyMs: number, rounds: number): Promise<Comparison> {
  await using server = await serving("sandbox", String(LOST), String(latencyMs));
  const { app, locationIds } = server;
  const recovered = async (): Promise<number> => {
    const connections = new Connections({ app, store: new MemoryStore() });
    const targets = locationIds.map((locationId) => ({ locationId }));
    let count = 0;
    for await (const { outcome } of connections.recoverAll(targets, { concurrency: CONCURRENCY })) {
      if (outcome === "recovered") count++;
    }
    return count;
  };
  return await compared(
    rounds,
    () => timed(async () => expectAll(await recovered())),
    () => timed(async () => expectAll(await bareLoop(app, locationIds, CONCURRENCY))),
  );
}

function expectAll(count: number): void {
  if (count !== LOST) throw new Error(`${count} of ${LOST} came back`);
}
