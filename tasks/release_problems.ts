/** What a release is judged by. */
export interface ReleaseState {
  /** `version` of deno.json: the one place. */
  readonly version: string;
  /** What the worker calls itself. */
  readonly workerVersion: string;
  /** CHANGELOG.md. */
  readonly changelog: string;
  /** `git status --porcelain`. */
  readonly changes: string;
  /** `git tag`. */
  readonly tags: readonly string[];
  /** The tag that is being released; absent before there is one. */
  readonly tag?: string | undefined;
}

/** Why `state` is no release; empty where it is one, as far as can be told without running anything. */
export function releaseProblems(
  { version, workerVersion, changelog, changes, tags, tag }: ReleaseState,
): string[] {
  const problems: string[] = [];
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    problems.push(`deno.json's version "${version}" is no semantic version.`);
  }
  if (workerVersion !== version) {
    problems.push(`src/worker/version.ts says ${workerVersion}, deno.json ${version}.`);
  }
  const [, notes] = new RegExp(
    `^## \\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d\\d-\\d\\d$([^]*?)(?=^## |(?![^]))`,
    "m",
  )
    .exec(changelog) ?? [];
  if (!notes?.includes("\n- ")) {
    problems.push(`CHANGELOG.md has no dated section with entries for ${version}.`);
  }
  const [, unreleased = ""] = /^## \[Unreleased\]$([^]*?)(?=^## |(?![^]))/m.exec(changelog) ?? [];
  if (unreleased.trim() !== "") problems.push(`CHANGELOG.md still has unreleased entries.`);
  if (changes.trim() !== "") problems.push(`There are changes that are not committed:\n${changes.trimEnd()}`);
  if (tag === undefined && tags.includes(`v${version}`)) problems.push(`v${version} was released already.`);
  if (tag !== undefined && tag !== `v${version}`) {
    problems.push(`The tag is ${tag}, but deno.json's version ${version}.`);
  }
  return problems;
}
