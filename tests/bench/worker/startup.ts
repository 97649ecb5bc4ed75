import { fileURLToPath } from "node:url";
import { duration, kibibytes, times } from "../quantity.ts";
import { median } from "../rounds.ts";
import { row, unmeasured } from "../row.ts";
import { atMost, type Row } from "../section.ts";
import { bundled } from "../size/bundle.ts";
import { editionOne } from "./edition_one.ts";

const RUNS = 15;
const STUB = fileURLToPath(new URL("cloudflare_stub.ts", import.meta.url));

/** So many times what edition one takes. */
const GOAL = 1.1;
/** A worker with all that it exports, of either edition. */
const WORKER = `export * from "./src/worker/main.ts"; export { default } from "./src/worker/main.ts"`;

/** What the worker is made of, each with all that it imports. */
const PARTS: readonly { readonly what: string; readonly source: string }[] = [
  { what: "· the core", source: `export * from "./mod.ts"` },
  {
    what: "· hono with its middleware",
    source: `export * from "hono/tiny"; export * from "hono/secure-headers"; export * from "hono/cookie"`,
  },
  { what: "· hono/jsx", source: `export * from "hono/jsx"` },
  { what: "· valibot and our schemas", source: `export * from "./src/worker/http/schemas.ts"` },
  { what: "· dashboard pages", source: `export * from "./src/worker/dashboard/ui.ts"` },
  { what: "· createApp: all routes", source: `export * from "./src/worker/create_app.ts"` },
];

/** A bundle to evaluate. */
interface Part {
  readonly what: string;
  readonly bytes: number;
  readonly file: string;
  readonly ms: number[];
}

/** How long a fresh process takes to read, compile and evaluate each part: the worker next to edition one's, others next to nothing. */
export async function startup(): Promise<Row[]> {
  const folder = await Deno.makeTempDir({ prefix: "highlevel-bench-" });
  try {
    const nothing = await partOf(folder, "nothing", "export {};");
    const whole = await partOf(folder, "the whole worker", WORKER);
    const old = await editionOne(folder) ? await partOf(folder, "edition one", WORKER, folder) : undefined;
    const parts: Part[] = [];
    for (const { what, source } of PARTS) parts.push(await partOf(folder, what, source));
    const all = [nothing, whole, ...old ? [old] : [], ...parts];
    for (let run = 0; run < RUNS; run++) {
      for (const { file, ms } of run % 2 === 0 ? all : all.toReversed()) ms.push(await importMs(file));
    }
    return [
      old
        ? rowOf(
          whole,
          old,
          `edition one; ${kibibytes(whole.bytes)} and ${kibibytes(old.bytes)} minified`,
          GOAL,
        )
        : unmeasured("evaluate the whole worker", "edition one is not in this copy's history"),
      ...[whole, ...parts].map((part) =>
        rowOf(part, nothing, `an empty module; ${kibibytes(part.bytes)} minified`)
      ),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function rowOf(part: Part, reference: Part, against: string, goal?: number): Row {
  const ratio = median(part.ms.map((ms, run) => ms / (reference.ms[run] ?? NaN)));
  return row(`evaluate ${part.what}`, {
    value: median(part.ms),
    reference: median(reference.ms),
    against,
    ratio,
    show: duration,
    ...(goal !== undefined && { verdict: atMost(ratio, goal, times) }),
  });
}

/** Bundles `source`, of this code or of that in `from`, into `folder`. */
async function partOf(folder: string, what: string, source: string, from?: string): Promise<Part> {
  const code = await bundled({ source, ...from && { folder: from }, alias: { "cloudflare:workers": STUB } });
  return {
    what,
    bytes: code.byteLength,
    file: await fileOf(folder, `${crypto.randomUUID()}.mjs`, code),
    ms: [],
  };
}

async function fileOf(folder: string, name: string, code: Uint8Array): Promise<string> {
  const file = `${folder}/${name}`;
  await Deno.writeFile(file, code);
  return file;
}

/** How long `import()` takes in a fresh process, ms. */
async function importMs(file: string): Promise<number> {
  const script = `const at = performance.now();
    await import(${JSON.stringify(`file://${file}`)});
    console.log(performance.now() - at);`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--no-lock", "--quiet", script],
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return Number(decoder.decode(stdout));
}
