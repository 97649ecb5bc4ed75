import fc from "fast-check";

/** 500 at every change; `deno task test:soak` sets more. */
const numRuns = Number(Deno.env.get("FUZZ_RUNS") ?? 500);
const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Int32Array(1))[0]);

/** A test that feeds `property` with random input; its name tells the seed that brings the same again. */
export function fuzz<T>(
  name: string,
  input: fc.Arbitrary<T>,
  property: (value: T) => Promise<void> | void,
): void {
  Deno.test(`${name} (${numRuns} runs, SEED=${seed})`, async () => {
    await fc.assert(fc.asyncProperty(input, async (value) => await property(value)), { numRuns, seed });
  });
}

/** JSON with the names that readers look for, and JavaScript's own. */
export function jsonWith(names: readonly string[], values: readonly unknown[]): fc.Arbitrary<unknown> {
  const all = [...names, "__proto__", "constructor", "toString", "length", "then"];
  return fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.jsonValue(),
      fc.constantFrom<unknown>(...values, null, "", 0, -1, 1e308, true, [], {}),
      fc.string({ unit: "binary" }),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("object"),
    ),
    object: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...all), fc.string()), tie("value")), {
      maxLength: 12,
    })
      .map((members) => Object.fromEntries(members)),
  })).object;
}

/** `text` with some bytes changed, left out, doubled, or its end cut. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const change = fc.record({ at: fc.nat(), kind: fc.nat(4), byte: fc.nat(255) });
  return fc.tuple(text, fc.array(change, { maxLength: 4 })).map(([whole, changes]) => {
    let bytes = [...new TextEncoder().encode(whole)];
    for (const { at, kind, byte } of changes) {
      const where = bytes.length === 0 ? 0 : at % bytes.length;
      if (kind === 0) bytes[where] = byte;
      else if (kind === 1) bytes.splice(where, 1);
      else if (kind === 2) bytes.splice(where, 0, byte);
      else if (kind === 3) bytes = bytes.slice(0, where);
      else bytes.splice(where, 0, ...bytes.slice(where, where + 20));
    }
    return Uint8Array.from(bytes);
  });
}
