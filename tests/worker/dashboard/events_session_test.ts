import { equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY, until } from "../worker_world.ts";
import { startJobOf } from "../recovery_job/job_calls.ts";

Deno.test("K19: signing out, in whatever tab, ends an open stream of events", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  sandbox.fault({ on: "any", kind: "delay", ms: 60_000, times: 100 });
  const id = await startJobOf(world, [sandbox.addLocation().locationId]);
  const form = (path: string, fields: Record<string, string>, cookie = ""): Promise<Response> =>
    world.call(path, {
      method: "POST",
      key: null,
      body: new URLSearchParams(fields),
      headers: { "Sec-Fetch-Site": "same-origin", ...(cookie && { Cookie: cookie }) },
    });
  const signIn = async (): Promise<string> => {
    const signedIn = await form("/ui/sign-in", { key: KEYS.viewer });
    await signedIn.body?.cancel();
    return (signedIn.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
  };
  const open = async (headers: HeadersInit): Promise<{ ended: boolean; leave: () => void }> => {
    const leaving = new AbortController();
    const response = await world.call(`/recoveries/${id}/events`, {
      key: null,
      headers,
      signal: leaving.signal,
    });
    equal(response.status, 200);
    const state = { ended: false, leave: () => leaving.abort() };
    response.text().then(() => state.ended = true, () => {});
    return state;
  };
  const [cookie, other] = [await signIn(), await signIn()];
  const [mine, another, byKey] = [
    await open({ Cookie: cookie }),
    await open({ Cookie: other }),
    await open({ Authorization: `Bearer ${KEYS.viewer}` }),
  ];
  await (await form("/ui/sign-out", {}, cookie)).body?.cancel();
  await until(() => mine.ended);
  ok(!another.ended && !byKey.ended, "others look on");
  another.leave();
  byKey.leave();
  const refused = await world.call(`/recoveries/${id}/events`, { key: null, headers: { Cookie: cookie } });
  equal(refused.status, 401, "a reader who comes back is refused");
  await refused.body?.cancel();
});
