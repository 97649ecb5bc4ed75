/** Where a local store is. */
export interface StoreAddress {
  /** What it is. */
  readonly kind: StoreKind;
  /** Its file. */
  readonly path: string;
}

/** Every kind of local store. */
export const STORE_KINDS = ["sqlite", "deno-kv"] as const;

/** A kind of local store. */
export type StoreKind = (typeof STORE_KINDS)[number];

/** The file of each kind where none is named. That of Deno KV has the name that it had when it was the only kind. */
const FILES: Readonly<Record<StoreKind, string>> = {
  "sqlite": "highlevel-connections.sqlite",
  "deno-kv": "highlevel-connections.sqlite3",
};

/** The store where nothing is said: one file in the current folder. */
export const DEFAULT_STORE: StoreAddress = { kind: "sqlite", path: FILES.sqlite };

/** The store of earlier versions, where nothing was said. */
export const FORMER_DEFAULT_STORE: StoreAddress = { kind: "deno-kv", path: FILES["deno-kv"] };

/** Reads `sqlite`, `sqlite:PATH`, `deno-kv` or `deno-kv:PATH`; `undefined` where it is none. */
export function storeAddressFrom(text: string): StoreAddress | undefined {
  for (const kind of STORE_KINDS) {
    if (text === kind) return { kind, path: FILES[kind] };
    if (text.startsWith(`${kind}:`) && text.length > kind.length + 1) {
      return { kind, path: text.slice(kind.length + 1) };
    }
  }
  return undefined;
}
