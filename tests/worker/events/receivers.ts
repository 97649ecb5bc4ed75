import { Webhook } from "standardwebhooks";
import { worldClock } from "../worker_world.ts";

/** Two secrets, as while they are changed: the new one first. */
export const SECRETS: readonly string[] = [
  "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1uLW5ldyE=",
  "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1uLW9sZCE=",
];

/** A request that came to a receiver. */
export interface Received {
  /** Where. */
  readonly url: string;
  /** Its headers, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** `webhook-id`. */
  readonly id: string;
  /** What it says, as JSON. */
  readonly json: Record<string, unknown>;
}

/** Receivers below `https://events.example`, which check everything by the npm package `standardwebhooks`. */
export interface Receivers {
  /** For `startWorld`. */
  readonly upstream: (request: Request) => Promise<Response> | undefined;
  /** What came to a path and was taken, in order. */
  readonly taken: (path: string) => readonly Received[];
  /** Everything that came, taken or not. */
  readonly all: readonly Received[];
  /** What is wrong with what came. */
  readonly faults: readonly string[];
}

/** Receivers that answer as `answer` says; 204 where it says nothing. */
export function receivers(
  answer: (received: Received) => Response | Promise<Response> | undefined = () => undefined,
): Receivers {
  const all: Received[] = [];
  const taken: Received[] = [];
  const faults: string[] = [];
  const take = async (request: Request): Promise<Response> => {
    const body = new Uint8Array(await request.arrayBuffer());
    const headers = Object.fromEntries(request.headers);
    const text = new TextDecoder().decode(body);
    for (const secret of SECRETS) {
      const fault = faultAt(worldClock.now(), secret, text, headers);
      if (
        fault === undefined ||
        faultAt(worldClock.now() - worldClock.movedMs, secret, text, headers) === undefined
      ) continue;
      faults.push(`${request.url}: ${fault}`);
    }
    const received = {
      url: request.url,
      headers,
      body,
      id: headers["webhook-id"] ?? "",
      json: JSON.parse(text),
    };
    all.push(received);
    const response = await answer(received) ?? new Response(null, { status: 204 });
    if (response.ok) taken.push(received);
    return response;
  };
  return {
    upstream: (request) => new URL(request.url).hostname === "events.example" ? take(request) : undefined,
    taken: (path) => taken.filter(({ url }) => new URL(url).pathname === path),
    all,
    faults,
  };
}

/** What the npm package finds wrong with a message that comes at `atMs`. */
function faultAt(atMs: number, secret: string, text: string, headers: Record<string, string>): unknown {
  const { now } = Date; // the package knows no other clock
  try {
    Date.now = () => atMs;
    new Webhook(secret).verify(text, headers);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    Date.now = now;
  }
}
