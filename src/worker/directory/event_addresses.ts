import type { FactTable } from "./directory_facts.ts";

/** The methods of the directory for addresses that events are sent to. */
export interface EventAddressesApi {
  /** Notes that the object of an address keeps events; by the object's name, for the address may be a secret. */
  noteEventAddress(name: string): Promise<void>;
  /** Names of those that may keep some, whether or not their addresses are set any more. */
  eventAddresses(): Promise<readonly string[]>;
}

/** An address that was not noted again for so long keeps nothing, ms: it notes itself whenever it begins to keep or works on something. */
const NOTED_MS = 40 * 24 * 3_600_000;

/** Which addresses keep events, among the directory's facts. */
export class EventAddresses {
  readonly #facts: FactTable;

  /** Among `facts`. */
  constructor(facts: FactTable) {
    this.#facts = facts;
  }

  /** See {@linkcode EventAddressesApi.noteEventAddress}. */
  note(name: string, now: number): void {
    const others = this.#noted().filter(([other, at]) => other !== name && at > now - NOTED_MS);
    this.#facts.set("eventAddresses", Object.fromEntries([...others, [name, now]]));
  }

  /** See {@linkcode EventAddressesApi.eventAddresses}. */
  names(): readonly string[] {
    return this.#noted().map(([name]) => name);
  }

  #noted(): [name: string, at: number][] {
    return Object.entries(this.#facts.get("eventAddresses") ?? {});
  }
}
