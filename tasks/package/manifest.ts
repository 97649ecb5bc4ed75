import config from "../../deno.json" with { type: "json" };

/**
 * What `./worker` and `./worker/deployment` import: the core needs none of it, so nobody gets it unasked. The floors are those
 * that tests/imports/npm_package_test.ts installs, serves from and checks types with.
 */
const PEERS = {
  "hono": "^4.0.0",
  "valibot": ">=0.42.0 <2",
  "@cloudflare/workers-types": "^4.20240403.0 || ^5.0.0",
};

/** The command, by its name in a shell. */
export const BIN = { "highlevel-reconnect": "bin/highlevel-reconnect.js" };

/**
 * The package.json of the npm package: that of `deno pack`, with what only npm asks for. `repository` is `owner/name` at GitHub, where
 * it is published from: npm compares it with the provenance, and leads README's links there. What is not known is not told.
 */
export function manifestFrom(
  packed: Readonly<Record<string, unknown>>,
  repository: string | undefined,
): Record<string, unknown> {
  // The command line's dependencies are within it, the worker's are peers.
  const { dependencies: _, ...rest } = packed;
  return {
    ...rest,
    description:
      "A HighLevel (GoHighLevel) connection that cannot stay lost: OAuth tokens kept, refreshed and recovered",
    keywords: [
      "highlevel",
      "gohighlevel",
      "leadconnector",
      "oauth",
      "reconnect",
      "tokens",
      "hono",
      "cloudflare-workers",
    ],
    license: config.license,
    ...(repository && placesOf(`https://github.com/${repository}`)),
    bin: BIN,
    files: ["bin", "mod.*", "src", "docs", "README.ko.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"],
    engines: { node: ">=22" },
    sideEffects: false,
    publishConfig: { access: "public", provenance: true },
    peerDependencies: PEERS,
    peerDependenciesMeta: Object.fromEntries(Object.keys(PEERS).map((peer) => [peer, { optional: true }])),
  };
}

function placesOf(page: string): Record<string, unknown> {
  return {
    repository: { type: "git", url: `git+${page}.git` },
    homepage: `${page}#readme`,
    bugs: `${page}/issues`,
  };
}
