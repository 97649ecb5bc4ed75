import { ROOT } from "../project/root.ts";

/** Texts that are published beside the code, to JSR and to npm: README leads to them. */
export const TEXTS: readonly string[] = [
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.ko.md",
  "README.md",
  "SECURITY.md",
  ...[...Deno.readDirSync(`${ROOT}/docs`)].map(({ name }) => `docs/${name}`).filter((path) =>
    /\.(md|txt)$/.test(path)
  ),
].sort();
