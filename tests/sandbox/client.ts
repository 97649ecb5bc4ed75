import type { Sandbox } from "../../src/sandbox/mod.ts";

export const HOST = "https://services.leadconnectorhq.com";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- the one place where tests look at whatever came back
  readonly body: any;
}

export async function read(response: Promise<Response>): Promise<Answered> {
  const { status, headers, text } = await response.then(async (got) => ({
    status: got.status,
    headers: got.headers,
    text: await got.text(),
  }));
  return { status, headers, body: text === "" ? undefined : JSON.parse(text) };
}

export function postForm(
  sandbox: Sandbox,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answered> {
  return read(sandbox.fetch(HOST + path, { method: "POST", body: new URLSearchParams(fields), headers }));
}

export function refresh(sandbox: Sandbox, refreshToken: string | undefined, more = {}): Promise<Answered> {
  return postForm(sandbox, "/oauth/token", {
    client_id: sandbox.app.clientId,
    client_secret: sandbox.app.clientSecret,
    grant_type: "refresh_token",
    refresh_token: refreshToken ?? "",
    ...more,
  });
}

export function exchange(sandbox: Sandbox, code: string, more = {}): Promise<Answered> {
  return postForm(sandbox, "/oauth/token", {
    client_id: sandbox.app.clientId,
    client_secret: sandbox.app.clientSecret,
    grant_type: "authorization_code",
    code,
    ...more,
  });
}

export function reconnect(sandbox: Sandbox, fields: object): Promise<Answered> {
  return read(sandbox.fetch(`${HOST}/oauth/reconnect`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      clientKey: sandbox.app.clientId,
      clientSecret: sandbox.app.clientSecret,
      ...fields,
    }),
  }));
}

export function get(
  sandbox: Sandbox,
  path: string,
  token: string,
  version: string = "2021-07-28",
): Promise<Answered> {
  return read(sandbox.fetch(HOST + path, { headers: { authorization: `Bearer ${token}`, version } }));
}
