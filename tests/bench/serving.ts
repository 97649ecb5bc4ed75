import type { HighLevelApp } from "../../mod.ts";

/** A server of `server.ts`. */
export interface Serving extends AsyncDisposable {
  /** The app it knows, with its address as base URL. */
  readonly app: HighLevelApp & { readonly baseUrl: string };
  /** Where the app is installed. */
  readonly locationIds: readonly string[];
}

/** Starts a server in its own process. */
export async function serving(...args: readonly string[]): Promise<Serving> {
  const script = new URL("server.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", script, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The server did not start.");
    text += value;
  }
  const told: Pick<Serving, "app" | "locationIds"> = JSON.parse(text);
  return {
    ...told,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    },
  };
}
