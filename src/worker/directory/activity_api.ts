/** Counts of one hour. */
export interface ActivityHour {
  /** Start of the hour, ms. */
  readonly hour: number;
  /** What happened: `refreshed`, `recovered`, `failed` … with how often. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The methods of the object that counts what happened over all connections. */
export interface ActivityApi {
  /** Counts one event. */
  count(type: string, at: number): Promise<void>;
  /** The hours since `from`, oldest first. */
  hours(from: number): Promise<readonly ActivityHour[]>;
}
