import { ROOT } from "../../project/root.ts";

/** The last commit of edition one, which deno.json called 0.1.0. */
const LAST_COMMIT = "1c8aa2f16538a44fcd05ec36f693b6f70e6fc716";

/** Puts edition one's code into `folder`, with the packages of today; `false` where the history of this repository is not there. */
export async function editionOne(folder: string): Promise<boolean> {
  const archive = `${folder}/edition_one.tar`;
  const isThere = await succeeds("git", [
    ...["-C", ROOT, "archive", "--output", archive, LAST_COMMIT, "mod.ts", "src", "deno.json"],
  ]);
  if (!isThere || !await succeeds("tar", ["-x", "-f", archive, "-C", folder])) return false;
  await Deno.symlink(`${ROOT}/node_modules`, `${folder}/node_modules`);
  return true;
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdin: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false; // the program is not installed
    throw error;
  }
}
