import type { ConnectionRecord } from "../../connections/record.ts";
import type { ConnectionDetails } from "../../connections/options.ts";
import { defined } from "../../oauth/defined.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { TokenSet } from "../../oauth/token_set.ts";
import type { KeyValues } from "../durable/key_values.ts";

/** What was told of a connection and its record does not have yet: by webhooks above all. */
export class ToldDetails {
  readonly #values: KeyValues;

  /** Kept among `facts`. */
  constructor(facts: KeyValues) {
    this.#values = facts;
  }

  /** What was told. */
  get(): ConnectionDetails {
    return JSON.parse(this.#values.get("details") ?? "{}");
  }

  /** Adds what was told after all of it. */
  add(details: ConnectionDetails): void {
    this.#set({ ...this.get(), ...details });
  }

  /** Adds what was told before: it only fills gaps. */
  addOlder(details: ConnectionDetails): void {
    this.#set({ ...details, ...this.get() });
  }

  /** Notes that the record has `details`; what was told meanwhile stays. */
  drop(details: ConnectionDetails): void {
    if (JSON.stringify(details) === this.#values.get("details")) this.#values.set("details", undefined);
  }

  /** Keeps what holds for the next installation too: where the location belongs, and under which brand. */
  endInstallation(): void {
    const { companyId, isWhiteLabel } = this.get();
    this.#set(defined({ companyId, isWhiteLabel }));
  }

  #set(details: ConnectionDetails): void {
    const isEmpty = Object.keys(details).length === 0;
    this.#values.set("details", isEmpty ? undefined : JSON.stringify(details));
  }
}

/** What tokens tell of the connection of `target`. What is no id is left out: it must not cost the tokens. */
export function toldBy(target: ConnectionTarget, { companyId, versionId }: TokenSet): ConnectionDetails {
  return defined({
    companyId: target.locationId === undefined ? undefined : idIn(companyId),
    versionId: idIn(versionId),
  });
}

function idIn(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
}

/** What of `details` `record` does not say. */
export function unsaid(
  { name, companyId, versionId, isWhiteLabel }: ConnectionDetails,
  record: ConnectionRecord | undefined,
): ConnectionDetails {
  return defined({
    name: record?.name === undefined ? name : undefined,
    companyId: record?.companyId === undefined ? companyId : undefined,
    versionId: record?.versionId === undefined ? versionId : undefined,
    isWhiteLabel: record?.isWhiteLabel === undefined ? isWhiteLabel : undefined,
  });
}
