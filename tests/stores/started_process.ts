import assert from "node:assert/strict";
import type { StoreTask } from "./store_process.ts";

/** A process that shares a store. */
export interface StoreProcess {
  /** Waits for its next line. */
  line(): Promise<string>;
  /** Tells it to go on. */
  go(): Promise<void>;
  /** Sends it a signal. */
  signal(signal: Deno.Signal): void;
  /** Waits for its end; tells whether it ended well. */
  end(): Promise<boolean>;
}

/** Starts a process that does `task`. */
export function startProcess(task: StoreTask): StoreProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-lock", "--no-check", "--quiet", "--unstable-kv"],
      new URL("store_process.ts", import.meta.url).href,
      JSON.stringify(task),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = child.stdin.getWriter();
  let text = "";
  return {
    line: async () => {
      while (!text.includes("\n")) {
        const { done, value = "" } = await reader.read();
        assert.ok(!done, `the process ended after: ${text}`);
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
    go: () => writer.write(new Uint8Array(1)),
    signal: (signal) => child.kill(signal),
    end: async () => {
      const { success } = await child.status;
      await writer.close().catch(() => {}); // it may be closed
      await reader.cancel();
      return success;
    },
  };
}
