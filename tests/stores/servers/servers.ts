import { until } from "../../until.ts";

/** A server that a test started on loopback; what it is told of others is how to reach it. */
export interface Server {
  /** Its port. */
  readonly port: number;
  /** Ends it at once and starts it again with the same data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Runs a program to its end; throws with what it said where it failed. */
export async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr, stdout } = await new Deno.Command(command, { args, stdin: "null" }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr)}${decoder.decode(stdout)}`);
}

/** Waits until a port of this machine answers. */
export async function untilListening(port: number): Promise<void> {
  await until(async () => {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch {
      return false;
    }
  }, `port ${port} answers`);
}
