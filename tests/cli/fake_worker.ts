import { Connections } from "../../src/connections/connections.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { type ConnectionTarget, userTypeOf } from "../../src/oauth/target.ts";
import type { Sandbox } from "../../src/sandbox/mod.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";

/** A worker as DESIGN's table describes it, in this process. */
export interface FakeWorker extends AsyncDisposable {
  readonly url: string;
  /** `METHOD path` of every request, and the key that it came with. */
  readonly requests: { readonly line: string; readonly key: string; readonly body: string }[];
  /** Ends the stream of events after so many, once. */
  breakStreamAfter: number | undefined;
  /** Puts a connection under management whose token is dead. */
  readonly holdDead: (target: ConnectionTarget) => Promise<void>;
}

/** The only key it knows. */
export const FAKE_KEY = "admin-key-of-the-fake-worker";

/** Serves a fake worker on loopback over `sandbox`. */
export function fakeWorker(sandbox: Sandbox): FakeWorker {
  const connections = new Connections({
    app: { ...sandbox.app, fetch: sandbox.fetch },
    store: new MemoryStore(),
    scope: sandbox.app.scope,
  });
  const requests: { line: string; key: string; body: string }[] = [];
  const state: { breakStreamAfter: number | undefined } = { breakStreamAfter: undefined };
  const jobs = new Map<string, { event: string; data: object }[]>();

  async function runJob(body: Record<string, unknown>): Promise<string> {
    const events: { event: string; data: object }[] = [];
    const id = `job${jobs.size + 1}`;
    jobs.set(id, events);
    const counts = { recovered: 0, paused: 0, reauthorization_required: 0, failed: 0 };
    const { connections: held } = await connections.list(
      body.status === "paused" ? { status: "paused" } : {},
    );
    const standing = (status: string): object => ({ ...jobAt(id, status), total: held.length, ...counts });
    for (const { target } of held) {
      const { outcome, error, traceId, authorizationUrl } = await connections.recover(target);
      counts[outcome]++;
      const { code, message } = error ?? {};
      if (outcome !== "recovered") {
        events.push({
          event: "unrecovered",
          data: { target, outcome, code, message, traceId, authorizationUrl },
        });
      }
      events.push({ event: "progress", data: standing("running") });
    }
    events.push({ event: "done", data: standing("done") });
    return id;
  }

  async function one(
    request: Request,
    target: ConnectionTarget,
    rest: string,
    body: string,
  ): Promise<Response> {
    const companyId = new URL(request.url).searchParams.get("companyId");
    if (request.method === "PUT") {
      const given = JSON.parse(body);
      const tokens = tokenSetFrom(given, Date.now(), userTypeOf(target));
      // As the worker does it: an import that says 0 has an access token that ended.
      const expiresAt = given.expires_in === 0 ? new Date() : tokens.expiresAt;
      await connections.save(target, { ...tokens, expiresAt });
      return new Response(null, { status: 204 });
    }
    if (request.method === "DELETE") {
      await connections.forget(target);
      return new Response(null, { status: 204 });
    }
    if (rest === "/recover") {
      const details = companyId ? { companyId } : {};
      const { error, ...recovery } = await connections.recover(target, { details });
      const status =
        { recovered: 200, paused: 409, reauthorization_required: 424, failed: 503 }[recovery.outcome];
      if (status === 200) return Response.json(recovery);
      return problem(status, error?.code ?? "", error?.message ?? "", { ...recovery });
    }
    if (rest === "/token") {
      return Response.json({
        access_token: await connections.accessToken(target),
        token_type: "Bearer",
        expires_in: 1,
      });
    }
    const connection = await connections.get(target);
    return connection
      ? Response.json({ ...connection, history: [] })
      : problem(404, "not_found", "not known here");
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/mounted/, "");
    const key = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    const body = await request.text();
    requests.push({ line: `${request.method} ${path}${url.search}`, key, body });
    if (key !== FAKE_KEY) return problem(401, "wrong_key", "That key is not valid.");
    const [, kind, id = "", rest = ""] = /^\/connections\/(location|company)\/([^/]+)(\/.*)?$/.exec(path) ??
      [];
    if (kind) {
      return await one(request, kind === "location" ? { locationId: id } : { companyId: id }, rest, body);
    }
    if (path === "/connections") {
      const status = url.searchParams.get("status");
      const cursor = url.searchParams.get("cursor");
      const { connections: held, ...page } = await connections.list({
        limit: 2,
        ...(status === "paused" && { status }),
        ...(cursor && { cursor }),
      });
      const listed = held.map(({ expiresAt: _, refreshTokenIssuedAt: _issued, ...connection }) => ({
        ...connection,
        since: connection.updatedAt,
      }));
      return Response.json({ connections: listed, ...page, total: held.length, isComplete: true });
    }
    if (path === "/recoveries") {
      const job = await runJob(JSON.parse(body));
      return Response.json(jobAt(job, "running"), {
        status: 202,
        headers: { Location: `/recoveries/${job}` },
      });
    }
    const events = jobs.get(/^\/recoveries\/(\w+)\/events$/.exec(path)?.[1] ?? "");
    if (events) {
      const from = Number(request.headers.get("last-event-id") ?? 0);
      const to = state.breakStreamAfter ?? events.length;
      state.breakStreamAfter = undefined;
      const text = events.slice(from, to).map(({ event, data }, index) =>
        `: a remark\nevent: ${event}\nid: ${from + index + 1}\ndata: ${JSON.stringify(data)}\n\n`
      );
      return new Response(text.join(""), { headers: { "Content-Type": "text/event-stream" } });
    }
    const [, companyId = "", proxied = ""] = /^\/proxy\/company\/([^/]+)(\/.*)$/.exec(path) ?? [];
    if (companyId) {
      url.searchParams.set("appId", sandbox.app.clientId.split("-")[0] ?? ""); // whoever asks
      return await connections.fetch({ companyId }, proxied + url.search, {
        headers: { Version: "2021-07-28" },
      });
    }
    return problem(404, "not_found", `no ${path}`);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/mounted/`,
    requests,
    get breakStreamAfter() {
      return state.breakStreamAfter;
    },
    set breakStreamAfter(count) {
      state.breakStreamAfter = count;
    },
    holdDead: (target) =>
      connections.save(target, {
        accessToken: "dead",
        tokenType: "Bearer",
        expiresAt: new Date(0),
        scope: [],
        userType: "Location",
      }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A job before anything of it has ended. */
function jobAt(id: string, status: string): object {
  const at = new Date().toISOString();
  const counts = { recovered: 0, paused: 0, reauthorization_required: 0, failed: 0 };
  return { id, status, startedBy: "admin", createdAt: at, progressAt: at, total: 0, remaining: 0, ...counts };
}

function problem(status: number, code: string, detail: string, more: object = {}): Response {
  return new Response(JSON.stringify({ type: "about:blank", status, code, detail, ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}
