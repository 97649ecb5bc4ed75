/** Below the ports that Linux and macOS give to connections: one of those may be taken before a server comes to it. */
const [FIRST, COUNT] = [20_000, 12_000];

/** A port of loopback that is free now, for a server that is told its port. */
export function freePort(): number {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
