import { installed } from "../../conformance/runtimes/installed.ts";
import { folderOf, PEERS, SDK } from "../peers.ts";
import { kibibytes } from "../quantity.ts";
import { atMost, type Row, type Section, type Verdict } from "../section.ts";
import { bundled, type BundleRequest, gzipped } from "./bundle.ts";
import { OUR_BUNDLES, type OurBundle } from "./our_bundles.ts";

/** Bytes of each bundle, minified, and minified and gzipped. */
export async function size(): Promise<Section> {
  const folder = await installed(PEERS);
  const peers = Object.entries(PEERS).map(([name, version]) => ({
    what: `${name} ${version}`,
    request: { source: `export * from "${name}"`, folder, platform: platformOf(name) },
  }));
  const sdk = {
    what: `${SDK.name} ${SDK.version}, for Node`,
    request: {
      source: `export * from "${SDK.name}"`,
      folder: await folderOf(SDK),
      platform: "node" as const,
    },
  };
  const bundles: readonly {
    readonly what: string;
    readonly request: BundleRequest;
    readonly goal?: number;
  }[] = [
    ...OUR_BUNDLES.map(({ what, source, goal, isWorker }: OurBundle) => ({
      what: what.replace(/,$/, ""),
      request: { source, external: isWorker ? ["cloudflare:workers"] : [] },
      goal,
    })),
    ...peers,
    sdk,
  ];
  const rows: Row[] = [];
  for (const { what, request, goal } of bundles) {
    const code = await bundled(request);
    const bytes = gzipped(code);
    rows.push(
      rowOf(what, code.byteLength, bytes, goal === undefined ? undefined : atMost(bytes, goal, kibibytes)),
    );
  }
  return {
    name: "size",
    title: "Size: esbuild --bundle --minify --format=esm, then gzip",
    columns: ["", "min", "min+gzip"],
    rows,
    notes: [
      "Whole packages as they are exported, all measured in this run; Node's own modules do not count.",
    ],
  };
}

function platformOf(name: string): "browser" | "node" {
  return name === "google-auth-library" ? "node" : "browser";
}

function rowOf(what: string, minified: number, bytes: number, verdict: Verdict | undefined): Row {
  return {
    cells: [what, kibibytes(minified), kibibytes(bytes)],
    ...(verdict && { verdict }),
    data: { what, minified, gzipped: bytes },
  };
}
