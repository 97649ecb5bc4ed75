import { fileURLToPath } from "node:url";
import { duration, kibibytes } from "../quantity.ts";
import { median } from "../rounds.ts";
import { row } from "../row.ts";
import type { Row } from "../section.ts";
import { bundled } from "../size/bundle.ts";

const RUNS = 10;
const STUB = fileURLToPath(new URL("cloudflare_stub.ts", import.meta.url));

/** The worker and what it is made of, each with all that it imports. */
const PARTS: readonly { readonly what: string; readonly source: string }[] = [
  { what: "the whole worker", source: `export { default } from "./src/worker/main.ts"` },
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

/** How long a fresh process takes to read, compile and evaluate each part, beyond an empty module. */
export async function startup(): Promise<Row[]> {
  const folder = await Deno.makeTempDir({ prefix: "highlevel-bench-" });
  try {
    const empty = await fileOf(folder, "empty.mjs", new TextEncoder().encode("export {};"));
    const parts: {
      readonly what: string;
      readonly bytes: number;
      readonly file: string;
      readonly ms: number[];
    }[] = [];
    for (const { what, source } of PARTS) {
      const code = await bundled({ source, alias: { "cloudflare:workers": STUB } });
      const file = await fileOf(folder, `part${parts.length}.mjs`, code);
      parts.push({ what, bytes: code.byteLength, file, ms: [] });
    }
    const nothing: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      nothing.push(await importMs(empty));
      for (const part of parts) part.ms.push(await importMs(part.file));
    }
    const floor = median(nothing);
    return parts.map(({ what, bytes, ms }) =>
      row(`evaluate ${what}`, {
        value: median(ms),
        reference: floor,
        against: `an empty module; ${kibibytes(bytes)} minified`,
        ratio: median(ms) / floor,
        show: duration,
      })
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
