/**
 * Makes the types below `folder` ask for nothing that a program's own compiler options may lack: `lib` without disposables, as `es2022` is,
 * and `resolveJsonModule`.
 */
export async function makeTypesSelfContained(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await makeTypesSelfContained(path);
    if (!name.endsWith(".d.ts")) continue;
    const text = await Deno.readTextFile(path);
    const needsDisposables = /\basyncDispose\b|\bAsyncDisposable\b/.test(text);
    const head = needsDisposables ? `/// <reference lib="esnext.disposable" />\n` : "";
    await Deno.writeTextFile(path, head + await withoutJson(text, folder));
  }
}

/** `text` with the type of each JSON file written out in the place of its import. */
async function withoutJson(text: string, folder: string): Promise<string> {
  const imports = [...text.matchAll(/typeof import\("(\.[^"]+\.json)"(?:, \{\s*with: \{[^}]*\}\s*\})?\)/g)];
  let written = text;
  for (const [whole, path = ""] of imports) {
    const type = typeOf(JSON.parse(await Deno.readTextFile(`${folder}/${path}`)));
    written = written.replace(whole, () => type);
  }
  return written;
}

/** The type that TypeScript gives to what stands in a JSON file. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return `(${[...new Set(value.map(typeOf))].join(" | ") || "never"})[]`;
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${typeOf(inner)}`);
  return `{ ${fields.join("; ")} }`;
}
