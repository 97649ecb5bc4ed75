import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { deno } from "./deno.ts";
import { ROOT } from "./root.ts";

/** The most that a door may load: modules, and KiB of their source. What one imports is what one pays. */
const LIMITS: Readonly<Record<string, readonly [modules: number, kib: number]>> = {
  ".": [104, 337],
  "./oauth": [27, 76],
  "./connections": [70, 223],
  "./stores": [29, 94],
  "./stores/memory": [6, 10],
  "./stores/cloudflare-kv": [9, 20],
  "./stores/deno-kv": [12, 30],
  "./stores/sql": [19, 41],
  "./stores/redis": [15, 34],
  "./stores/sealed": [9, 22],
  "./webhooks": [17, 36],
  "./import": [36, 118],
  "./client": [37, 128],
  "./moving": [36, 96],
  "./highlevel-sdk": [16, 47],
  "./sandbox": [52, 136],
  "./testing": [136, 398],
  "./worker": [427, 1341],
  "./worker/deployment": [428, 1342],
  "./cli": [270, 951],
};

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly size?: number;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

Deno.test("every door of deno.json has its limits", () => {
  assert.deepEqual(Object.keys(LIMITS), Object.keys(config.exports));
});

for (const [door, file] of Object.entries(config.exports)) {
  const [modules, kib] = LIMITS[door] ?? [0, 0];
  Deno.test(`the door ${door} loads ${modules} modules of ${kib} KiB at most`, async () => {
    const graph: Graph = JSON.parse(await deno(["info", "--json", file], { cwd: ROOT }));
    const bySpecifier = new Map(graph.modules.map((module) => [module.specifier, module]));
    const seen = new Set<string>();
    let bytes = 0;
    const waiting = [new URL(file, pathToFileURL(`${ROOT}/`)).href];
    for (let specifier = waiting.pop(); specifier !== undefined; specifier = waiting.pop()) {
      const module = bySpecifier.get(specifier);
      if (seen.has(specifier) || !module || !specifier.startsWith("file:")) continue;
      seen.add(specifier);
      bytes += module.size ?? 0;
      for (const { code } of module.dependencies ?? []) if (code?.specifier) waiting.push(code.specifier);
    }
    assert.ok(seen.size > 1 && bytes > 1_000, "the graph was not read");
    assert.ok(seen.size <= modules, `${seen.size} modules:\n${[...seen].join("\n")}`);
    assert.ok(bytes <= kib * 1024, `${(bytes / 1024).toFixed(1)} KiB`);
  });
}

Deno.test("docs/surface.txt says what every door shows: deno task surface writes it", async () => {
  await deno(["run", "-A", "tasks/surface.ts", "--check"], { cwd: ROOT });
});
