/** Bytes in use after garbage was collected. */
export function heap(): number {
  const collect: unknown = Reflect.get(globalThis, "gc");
  if (typeof collect !== "function") throw new Error("run it with --v8-flags=--expose-gc");
  collect();
  return Deno.memoryUsage().heapUsed;
}
