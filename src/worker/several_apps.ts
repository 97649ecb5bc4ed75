import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { orUndefined } from "../oauth/host.ts";
import type { AppTypes } from "./http/route.ts";

/**
 * The routes of several apps, each below its name: `/crm/connections`, in the same mount. An app's routes are put there when
 * it is first asked for, since only the settings, which come with a request, say which apps there are.
 */
export class SeveralApps {
  readonly #routesOf: (name: string) => Hono<AppTypes>;
  readonly #mounted: Map<string, Hono<AppTypes>> = new Map();

  /** With the routes that `routesOf` makes for an app. */
  constructor(routesOf: (name: string) => Hono<AppTypes>) {
    this.#routesOf = routesOf;
  }

  /** The answer of the app that the request's path names below `base`; `undefined` where it names none of `names`. */
  async answer(
    context: Context<AppTypes>,
    base: string,
    names: readonly string[],
  ): Promise<Response | undefined> {
    const { req, env } = context;
    const [, name = ""] = req.path.slice(base.length).split("/");
    if (!names.includes(name)) return undefined;
    // By the pattern, which may have parameters: there are few of them, and many paths.
    const place = `${req.routePath.replace(/\/?\*$/, "")}/${name}`;
    const mounted = this.#mounted.get(place) ?? new Hono<AppTypes>().route(place, this.#routesOf(name));
    this.#mounted.set(place, mounted);
    return await mounted.fetch(req.raw, env, orUndefined(() => context.executionCtx));
  }
}
