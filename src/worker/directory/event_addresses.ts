/** Objects of addresses, by name: when each noted itself last, ms, and the origin of its address. */
export type EventAddresses = Readonly<Record<string, { readonly at: number; readonly origin?: string }>>;

/** The methods of the directory for addresses that events are sent to. */
export interface EventAddressesApi {
  /** Notes that the object `name` of an address keeps events; of the address, which may be a secret, the origin, while it is set. */
  noteEventAddress(name: string, origin?: string): Promise<void>;
  /** Those that may keep some, whether or not their addresses are set any more. */
  eventAddresses(): Promise<EventAddresses>;
}

/** What was not noted again for so long keeps nothing, ms. */
const NOTED_MS = 40 * 24 * 3_600_000;

/** `noted` with the object `name`. */
export function withAddress(
  noted: EventAddresses,
  name: string,
  origin: string | undefined,
  now: number,
): EventAddresses {
  const lately = Object.entries(noted).filter(([, { at }]) => at > now - NOTED_MS);
  return { ...Object.fromEntries(lately), [name]: { ...noted[name], at: now, ...origin && { origin } } };
}
