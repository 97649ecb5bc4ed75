// Copies of the engine with one thing taken away: what a checker finds there it would find anywhere.
import type { Connections } from "../../src/connections/connections.ts";

/** Text of a file below src/ that is replaced by another one. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

type Module = Pick<typeof import("../../src/connections/connections.ts"), "Connections">;

/** Gives `use` the connections' class of a copy of src/ with `patches`, each of which must fit exactly once. */
export async function withPatches<T>(
  patches: readonly Patch[],
  use: (patched: typeof Connections) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir();
  try {
    for (const folder of ["oauth", "connections", "stores"]) await copy(folder, directory);
    for (const { file, find, put } of patches) {
      const text = await Deno.readTextFile(`${directory}/${file}`);
      if (text.split(find).length !== 2) throw new Error(`${file} does not say once: ${find}`);
      await Deno.writeTextFile(`${directory}/${file}`, text.replace(find, () => put));
    }
    const module: unknown = await import(`file://${directory}/connections/connections.ts`);
    if (!isModule(module)) throw new Error("the copy has no Connections");
    return await use(module.Connections);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function copy(folder: string, directory: string): Promise<void> {
  const source = new URL(`../../src/${folder}/`, import.meta.url);
  await Deno.mkdir(`${directory}/${folder}`, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(source)) {
    if (isDirectory) await copy(`${folder}/${name}`, directory);
    else await Deno.copyFile(new URL(name, source), `${directory}/${folder}/${name}`);
  }
}

function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && "Connections" in value;
}
