/** The pids of the workerd processes that this process started. */
export function ownWorkerds(): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    if (!Number.isInteger(pid) || pid <= 0) return false;
    const { comm, parent } = statOf(pid);
    return comm.startsWith("workerd") && parent === Deno.pid;
  });
}

/** Memory that a process holds now, bytes; 0 where it is gone. */
export function residentBytes(pid: number): number {
  try {
    const [, pages = 0] = Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ").map(Number);
    return pages * 4096;
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
}

function statOf(pid: number): { readonly comm: string; readonly parent: number } {
  try {
    const [, comm = "", parent = "0"] =
      /^\d+ \((.*)\) \S (\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/stat`)) ?? [];
    return { comm, parent: Number(parent) };
  } catch (error) {
    if (isGone(error)) return { comm: "", parent: 0 };
    throw error;
  }
}

/** A process may end while it is looked at. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    (error instanceof Error && error.message.includes("os error 3"));
}
