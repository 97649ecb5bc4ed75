import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A server of this machine. */
export interface LoopbackServer {
  /** Where it listens. */
  readonly port: number;
  /** Ends it, and what still waits for an answer. */
  close(): void;
}

/** Serves `handle` at `port` of this machine, 0 for a free one, in every runtime that has `node:http`. */
export async function serveOnLoopback(
  port: number,
  handle: (request: Request) => Promise<Response>,
): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    // A body that breaks is a connection that breaks: what the client shall see.
    answer(incoming, outgoing, handle).catch(() => outgoing.destroy());
  });
  const listening = Promise.withResolvers<number>();
  server.once("error", listening.reject);
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    listening.resolve(typeof address === "object" ? address?.port ?? port : port);
  });
  return {
    port: await listening.promise,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: Request) => Promise<Response>,
): Promise<void> {
  const { method = "GET", url = "/", headers: { host = "127.0.0.1" } } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = chunks.length > 0 ? new Blob(chunks) : null;
  const response = await handle(new Request(`http://${host}${url}`, { method, headers, body }));
  outgoing.writeHead(response.status, [...response.headers].flat());
  for await (const chunk of response.body ?? []) outgoing.write(chunk);
  outgoing.end();
}
