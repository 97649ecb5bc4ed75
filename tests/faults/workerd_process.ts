/** The pids of the workerd processes that this process started. */
export function ownWorkerds(): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    if (!Number.isInteger(pid) || pid <= 0) return false;
    const { comm, parent } = statOf(pid);
    return comm.startsWith("workerd") && parent === Deno.pid;
  });
}

/** Which of `pids` listens on a TCP port of loopback; 0 where none does. */
export function listenerOf(port: number, pids: readonly number[]): number {
  const address = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const sockets = Deno.readTextFileSync("/proc/net/tcp").split("\n").map((line) => line.trim().split(/\s+/));
  // Columns: number, local address, remote address, state (0A is listening), …, inode.
  const inodes = sockets.filter(([, local, , state]) => local?.endsWith(address) && state === "0A").map((
    row,
  ) => row[9]);
  return pids.find((pid) => inodes.some((inode) => holds(pid, `socket:[${inode}]`))) ?? 0;
}

function holds(pid: number, link: string): boolean {
  const is = (path: string): boolean => unlessGone(() => Deno.readLinkSync(path) === link, false);
  return unlessGone(() => Array.from(Deno.readDirSync(`/proc/${pid}/fd`)), [])
    .some(({ name }) => is(`/proc/${pid}/fd/${name}`));
}

/** Memory that a process holds now, bytes; 0 where it is gone. */
export function residentBytes(pid: number): number {
  return unlessGone(() => {
    const [, pages = 0] = Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ").map(Number);
    return pages * 4096;
  }, 0);
}

function statOf(pid: number): { readonly comm: string; readonly parent: number } {
  return unlessGone(() => {
    const [, comm = "", parent = "0"] =
      /^\d+ \((.*)\) \S (\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/stat`)) ?? [];
    return { comm, parent: Number(parent) };
  }, { comm: "", parent: 0 });
}

/** What `look` finds; `gone` where the process ended while it was looked at. */
function unlessGone<T>(look: () => T, gone: T): T {
  try {
    return look();
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound || error instanceof Error && error.message.includes("os error 3")
    ) {
      return gone;
    }
    throw error;
  }
}
