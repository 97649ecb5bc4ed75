import type { GenericSchema } from "valibot";

/** What the document says of a route and the route need not know. */
export interface RouteNote {
  /** What it does, in one line. */
  readonly summary: string;
  /** Its answers besides problems, by their status. */
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** The JSON of its body, where the route reads that by itself. */
  readonly body?: GenericSchema;
  /** Media type of its body, where that is no JSON. */
  readonly bodyType?: string;
  /** Headers it needs. */
  readonly headers?: readonly string[];
  /** Headers it takes. */
  readonly optionalHeaders?: readonly string[];
  /** Problems that it shows to people: the status, and when. */
  readonly pages?: Readonly<Record<number, string>>;
  /** Problems worth a word of their own: the status, and when. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** One answer of a route. */
export interface DocumentedAnswer {
  /** When it is given. */
  readonly description: string;
  /** Its JSON. */
  readonly schema?: GenericSchema;
  /** Media type where it is not JSON. */
  readonly contentType?: string;
}
