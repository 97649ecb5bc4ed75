import { equal, ok } from "node:assert/strict";
import type { WorkerWorld } from "./worker_world.ts";

/** A page that a browser ended on. */
export interface Visit {
  /** Of the page, after redirects. */
  readonly status: number;
  /** Its HTML. */
  readonly text: string;
  /** Its address, path and query. */
  readonly path: string;
}

/** A browser without a window, between the worker and HighLevel's authorisation page. It keeps cookies. */
export class InstallBrowser {
  readonly #world: WorkerWorld;
  /** Its cookies by their names. */
  readonly cookies: Map<string, string> = new Map();
  /** Headers that it sends besides. */
  readonly headers: Record<string, string>;

  constructor(world: WorkerWorld, headers: Record<string, string> = {}) {
    this.#world = world;
    this.headers = headers;
  }

  /** The address of HighLevel's page that an installation leads to. */
  async begin(query = ""): Promise<URL> {
    const response = await this.#get(`/oauth/install${query}`);
    equal(response.status, 302, await response.text());
    return new URL(response.headers.get("location") ?? "");
  }

  /** Presses the button of a link's page; returns the address of HighLevel's page that it leads to. */
  async press(path: string): Promise<URL> {
    const response = await this.#send(path, { method: "POST" });
    equal(response.status, 303, await response.text());
    return new URL(response.headers.get("location") ?? "");
  }

  /** Starts an installation and chooses on HighLevel's page; returns the way back, not taken yet. */
  async authorize(query: string, choice: Record<string, string>): Promise<string> {
    return await this.#choose(await this.begin(query), choice);
  }

  /** The same, from a link. */
  async followLink(path: string, choice: Record<string, string>): Promise<string> {
    return await this.#choose(await this.press(path), choice);
  }

  async #choose(page: URL, choice: Record<string, string>): Promise<string> {
    for (const [name, value] of Object.entries(choice)) page.searchParams.set(name, value);
    const agreed = await this.#world.sandbox.fetch(page.href, { redirect: "manual" });
    equal(agreed.status, 302, await agreed.text());
    const { pathname, search } = new URL(agreed.headers.get("location") ?? "");
    return pathname + search;
  }

  /** Opens a page, follows redirects, and looks that no secret is shown. */
  async visit(path: string): Promise<Visit> {
    let at = path;
    let response = await this.#get(at);
    while (response.status === 303) {
      await response.body?.cancel();
      at = response.headers.get("location") ?? "";
      ok(at.startsWith("/"), `${path} leads to ${at}`);
      response = await this.#get(at);
    }
    const text = await response.text();
    const shown = at === path ? text : at + text;
    for (const secret of this.#world.sandbox.issuedSecrets()) ok(!shown.includes(secret));
    return { status: response.status, text, path: at };
  }

  async #get(path: string): Promise<Response> {
    return await this.#send(path, {});
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...this.headers, ...(cookie && { Cookie: cookie }) };
    const response = await this.#world.call(path, { ...init, key: null, headers });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";", 1)[0] ?? "").split(/=([^]*)/);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

/** The choice of a location or company on HighLevel's page. */
export function choice(kind: "location" | "company", id: string): Record<string, string> {
  return { sandbox_target: `${kind}:${id}` };
}
