import type { ReconnectApp } from "../reconnect_app.ts";
import type { Settings } from "../settings.ts";
import { sha256Hex } from "../http/digest.ts";
import type { EventEndpointApi } from "./endpoint_api.ts";

/** One address of `EVENT_URLS`. */
export interface Endpoint {
  /** Its place in `EVENT_URLS`, from 1; 0 where it is not there any more. */
  readonly place: number;
  /** Scheme and host: what may be shown. The rest may be a secret. */
  readonly origin: string;
  /** What its object is called. */
  readonly name: string;
  /** Its object. */
  readonly api: EventEndpointApi;
}

/** The addresses that events of `app` are sent to. */
export async function endpointsOf(
  { settings, endpoint }: Pick<ReconnectApp, "endpoint"> & { readonly settings: Pick<Settings, "events"> },
): Promise<readonly Endpoint[]> {
  return await Promise.all((settings.events?.urls ?? []).map(async (url, index) => {
    const name = await endpointName(url);
    return { place: index + 1, origin: new URL(url).origin, name, api: endpoint(name) };
  }));
}

/** Those, and the ones that were taken out of `EVENT_URLS` and may keep events still. */
export async function keepersOf(app: ReconnectApp): Promise<readonly Endpoint[]> {
  const set = await endpointsOf(app);
  const noted = app.env.EVENT_ENDPOINTS ? await app.directory().eventAddresses() : {};
  const others = Object.entries(noted).filter(([name]) => set.every((one) => one.name !== name));
  return [
    ...set,
    ...others.map(([name, { origin = "" }]) => ({ place: 0, origin, name, api: app.endpoint(name) })),
  ];
}

/** What the object of the address `url` is called: a hash, since the address may hold a secret. */
export async function endpointName(url: string): Promise<string> {
  return (await sha256Hex(new URL(url).href)).slice(0, 32);
}
