/** A server that a test started. */
export interface Started extends AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
}

/** Starts a server and waits until it writes, on either output, the loopback address where it listens. */
export async function started(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Started> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: options.cwd,
    env: { NO_COLOR: "1", ...options.env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const { promise: address, resolve, reject } = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      const url = /http:\/\/(127\.0\.0\.1|localhost):\d+/.exec(text)?.[0];
      if (url) resolve(url);
    }
  };
  const ended = Promise.all([read(child.stdout), read(child.stderr)])
    .then(() => reject(new Error(`${command} ${args.join(" ")} ended: ${text}`)));
  const url = await address;
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.status;
      await ended;
    },
  };
}
