import type { RestoredLine } from "../../moving/restored_lines.ts";

/** How far sealing anew has come. */
export interface Resealed {
  /** The key that seals, by its first 8 hex digits. */
  readonly key: string;
  /** Sealed anew. */
  readonly resealed: number;
  /** Under this key already. */
  readonly already: number;
  /** Under a key that is not given. */
  readonly unreadable: number;
  /** Not asked: their objects did not answer. */
  readonly failed: number;
}

/** A side from which connections move, and to which: a store, or a worker. */
export interface Mover {
  /** What it is, for messages. */
  readonly name: string;
  /** Whether it goes on refreshing by itself. */
  readonly isWorker: boolean;
  /**
   * The lines of an export, with their ends; those after `cursor`. What comes before a line with a cursor is whole.
   *
   * @throws {TypeError} where the cursor is another's.
   */
  exportLines(cursor?: string): AsyncGenerator<string, void, undefined>;
  /** Connections in one page of {@linkcode Mover.restore}. */
  readonly pageLines: number;
  /**
   * Takes a page of an export: its first line and some others. Doing it again changes nothing.
   *
   * @throws {TypeError} where the page, or the keys for it, cannot be right.
   */
  restore(page: string, options: { readonly isDryRun: boolean }): Promise<readonly RestoredLine[]>;
  /** Seals everything anew that is not under the first key; yields how far it is. */
  reseal(): AsyncGenerator<Resealed, void, undefined>;
  /** Lets go of what it holds. */
  close(): void;
}
