import { statfsSync } from "node:fs";

/** Where Linux keeps files in memory. */
const IN_MEMORY = "/dev/shm";
/** A whole run needs much less, bytes. */
const ROOM = 4 * 2 ** 30;

/**
 * Makes the folder of a whole run: for what the run makes once, and for its temporary files, gone at its end. It is in memory where
 * there is room and programs may run from there: SQLite and Postgres wait for no disk then.
 */
export async function runFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const options = { prefix: "hl-" }; // short: paths of sockets are
  let path = hasRoom() ? await Deno.makeTempDir({ ...options, dir: IN_MEMORY }) : undefined;
  if (path !== undefined && !await canRunFrom(path)) {
    await Deno.remove(path, { recursive: true });
    path = undefined;
  }
  path ??= await Deno.makeTempDir(options);
  await Deno.mkdir(`${path}/tmp`);
  // As /tmp is: Postgres runs as a user of its own.
  for (const folder of [path, `${path}/tmp`]) {
    if (Deno.build.os !== "windows") await Deno.chmod(folder, 0o1777);
  }
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(path, { recursive: true }).catch((error: unknown) =>
        console.warn(`${path} is left over: ${error}`) // somebody still writes there
      );
    },
  };
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM;
  } catch {
    return false; // another system
  }
}

async function canRunFrom(folder: string): Promise<boolean> {
  const program = `${folder}/true`;
  await Deno.writeTextFile(program, "#!/bin/sh\nexit 0\n", { mode: 0o700 });
  try {
    return (await new Deno.Command(program).output()).success;
  } catch {
    return false;
  }
}
