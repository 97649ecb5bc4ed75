import fc from "fast-check";
import { walk } from "../connections/walk.ts";
import { anyOp, anyOptions } from "../connections/walk_ops.ts";
import { anySeed } from "../faults/dice.ts";

const WALKS = Number(Deno.env.get("WALKS") ?? 50_000);
const seed = anySeed();

Deno.test(`whatever happens, once faults stop every connection lives or says honestly why not (${WALKS} walks, SEED=${seed})`, async () => {
  const ops = fc.array(anyOp, { minLength: 5, maxLength: 40, size: "max" });
  await fc.assert(fc.asyncProperty(anyOptions, ops, (options, ops) => walk(ops, options)), {
    numRuns: WALKS,
    seed: seed | 0, // fast-check takes 32 bits with a sign
  });
});
