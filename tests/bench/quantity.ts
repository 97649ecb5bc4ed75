/** A length of time, given in ms, in the unit that fits. */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms >= 1) return `${ms.toFixed(2)} ms`;
  if (ms >= 0.001) return `${(ms * 1_000).toFixed(ms >= 0.1 ? 0 : 1)} µs`;
  return `${(ms * 1e6).toFixed(0)} ns`;
}

/** So many in a second. */
export function rate(perSecond: number): string {
  return `${grouped(Math.round(perSecond))}/s`;
}

/** Bytes as KiB. */
export function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(2)} KiB`;
}

/** Bytes as MiB. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** How many times the other. */
export function times(ratio: number): string {
  return `${ratio.toFixed(ratio >= 100 ? 0 : 2)}×`;
}

/** A count, with its thousands apart. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
