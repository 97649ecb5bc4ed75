/** Where a store is. */
export interface StoreAddress {
  /** What it is. */
  readonly kind: StoreKind;
  /** Its file, or the URL of its server; a URL may hold a password. */
  readonly path: string;
  /** What it is called in messages: nothing secret. */
  readonly name: string;
}

/** Every kind of local store. */
const FILE_KINDS = ["sqlite", "deno-kv"] as const;

/** A kind of store that is a file. */
export type FileKind = (typeof FILE_KINDS)[number];

/** A kind of store. */
export type StoreKind = FileKind | "postgres" | "redis";

/** The file of each kind where none is named. That of Deno KV has the name that it had when it was the only kind. */
const FILES: Readonly<Record<FileKind, string>> = {
  "sqlite": "highlevel-connections.sqlite",
  "deno-kv": "highlevel-connections.sqlite3",
};

/** The store where nothing is said: one file in the current folder. */
export const DEFAULT_STORE: StoreAddress = fileAt("sqlite", FILES.sqlite);

/** The store of earlier versions, where nothing was said. */
export const FORMER_DEFAULT_STORE: StoreAddress & { readonly kind: FileKind } = fileAt(
  "deno-kv",
  FILES["deno-kv"],
);

/** Reads `sqlite:PATH`, `deno-kv:PATH`, `postgres://…` or `redis://…`; `undefined` where it is none. */
export function storeAddressFrom(text: string): StoreAddress | undefined {
  for (const kind of FILE_KINDS) {
    if (text === kind) return fileAt(kind, FILES[kind]);
    if (text.startsWith(`${kind}:`) && text.length > kind.length + 1) {
      return fileAt(kind, text.slice(kind.length + 1));
    }
  }
  const url = /^\w+:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const kind = url && KINDS[url.protocol];
  return url && kind && { kind, path: text, name: `${url.protocol}//${url.host}${url.pathname}` };
}

const KINDS: Readonly<Record<string, StoreKind>> = {
  "postgres:": "postgres",
  "postgresql:": "postgres",
  "redis:": "redis",
  "rediss:": "redis",
};

function fileAt(kind: FileKind, path: string): StoreAddress & { readonly kind: FileKind } {
  return { kind, path, name: path };
}
