import assert from "node:assert/strict";
import { VERSION } from "../../src/worker/version.ts";
import { releaseProblems, type ReleaseState } from "../../tasks/release_problems.ts";

const CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-24\n\n### Added\n\n- A thing.\n";
const READY: ReleaseState = {
  version: "1.2.3",
  workerVersion: "1.2.3",
  changelog: CHANGELOG,
  changes: "",
  tags: ["v1.2.2", ""],
};

Deno.test("a clean, documented, new version can be released", () => {
  assert.deepEqual(releaseProblems(READY), []);
  assert.deepEqual(releaseProblems({ ...READY, tags: ["v1.2.3"], tag: "v1.2.3" }), []); // where it is published
});

const REFUSED: readonly (readonly [string, Partial<ReleaseState>, RegExp])[] = [
  ["a dirty checkout", { changes: " M mod.ts\n" }, /not committed/],
  [
    "a version without a changelog",
    { version: "1.2.4", workerVersion: "1.2.4" },
    /CHANGELOG\.md has no dated section/,
  ],
  [
    "a section without entries",
    { changelog: "## [1.2.3] - 2026-11-24\n" },
    /CHANGELOG\.md has no dated section/,
  ],
  ["entries that are still unreleased", {
    changelog: CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- More.\n"),
  }, /unreleased/],
  ["a worker of another version", { workerVersion: "1.2.2" }, /version\.ts says 1\.2\.2/],
  ["a version that is no version", { version: "next", workerVersion: "next" }, /semantic version/],
  ["a version released before", { tags: ["v1.2.3"] }, /released already/],
  ["a tag of another version", { tags: ["v1.2.4"], tag: "v1.2.4" }, /tag is v1\.2\.4, but .* 1\.2\.3/],
];

for (const [what, change, message] of REFUSED) {
  Deno.test(`no release: ${what}`, () => {
    assert.match(releaseProblems({ ...READY, ...change }).join("\n"), message);
  });
}

Deno.test("the worker calls itself what deno.json says", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assert.equal(VERSION, version);
});
