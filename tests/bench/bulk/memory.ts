import { Connections, type ConnectionTarget, type TokenStore } from "../../../mod.ts";
import { heap } from "../heap.ts";
import { grouped, mebibytes } from "../quantity.ts";
import { figure } from "../row.ts";
import { atMost, type Row } from "../section.ts";

const TARGETS = 100_000;
const MARKS: readonly number[] = [10_000, 50_000, TARGETS];
/** An id that is remembered takes about 100 bytes; a result or a token set that is kept takes 2,500 and more. */
const MOST_BYTES_EACH = 200;

/** What one run of 100,000 holds, after garbage was collected, at three points on its way. */
export async function memory(): Promise<Row[]> {
  const connections = forgetful();
  for await (const _ of connections.recoverAll(targets(2_000))); // warms up
  const before = heap();
  const held = new Map<number, number>();
  let done = 0;
  for await (const { outcome } of connections.recoverAll(targets(TARGETS))) {
    if (outcome !== "recovered") throw new Error(`a connection is ${outcome}`);
    if (MARKS.includes(++done)) held.set(done, heap() - before);
  }
  const [first = 0, , last = 0] = MARKS;
  const each = ((held.get(last) ?? NaN) - (held.get(first) ?? NaN)) / (last - first);
  return [
    ...MARKS.map((mark) =>
      figure(`heap held after ${grouped(mark)} targets`, held.get(mark) ?? NaN, mebibytes)
    ),
    figure(
      `growth per target from ${grouped(first)} to ${grouped(last)}`,
      each,
      (bytes) => `${bytes.toFixed(0)} B`,
      atMost(each, MOST_BYTES_EACH, (bytes) => `${bytes.toFixed(0)} B`),
    ),
  ];
}

/** HighLevel and a store that remember nothing, so that what grows is ours. */
function forgetful(): Connections {
  const grant = `{"authorizationCode":"code","expiresAt":"2099-01-01T00:00:00.000Z","traceId":"trace"}`;
  const tokens = JSON.stringify({
    access_token: "a".repeat(1_200),
    refresh_token: "r".repeat(1_200),
    expires_in: 86_399,
    userType: "Location",
  });
  const fetch = (input: string): Promise<Response> =>
    Promise.resolve(new Response(input.endsWith("/oauth/reconnect") ? grant : tokens));
  const store: TokenStore = {
    get: () => Promise.resolve(undefined),
    put: () => Promise.resolve(true),
    delete: () => Promise.resolve(),
    list: () => Promise.resolve({ entries: [] }),
  };
  return new Connections({ app: { clientId: "bench-app", clientSecret: "secret", fetch }, store });
}

function* targets(count: number): Generator<ConnectionTarget> {
  for (let at = 0; at < count; at++) yield { locationId: `bench${String(at).padStart(15, "0")}` };
}
