/** A figure and its reference, measured in turn. */
export interface Comparison {
  /** Median of the figure. */
  readonly ours: number;
  /** Median of its reference. */
  readonly reference: number;
  /** Median of the ratios of each round: what slows the machine down for a while hits both sides of one. */
  readonly ratio: number;
}

/** Runs both in turn, `rounds` times after one to warm up; each gives its figure. Who goes first changes. */
export async function compared(
  rounds: number,
  ours: () => Promise<number>,
  reference: () => Promise<number>,
): Promise<Comparison> {
  await reference();
  await ours();
  const found: { readonly ours: number; readonly reference: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const before = await reference();
      found.push({ reference: before, ours: await ours() });
    } else {
      const before = await ours();
      found.push({ ours: before, reference: await reference() });
    }
  }
  return {
    ours: median(found.map((round) => round.ours)),
    reference: median(found.map((round) => round.reference)),
    ratio: median(found.map((round) => round.ours / round.reference)),
  };
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** How long `work` takes, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
