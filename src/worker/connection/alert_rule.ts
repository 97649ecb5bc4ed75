import type { AlertKind } from "../directory/directory_api.ts";

/** Which alerts of a connection were told: the day (ISO 8601) of the last one, and whether that trouble is open. */
export type ToldAlerts = {
  readonly [kind in AlertKind]?: { readonly day: string; readonly isOpen: boolean };
};

/**
 * What was told after `kind` is told on `day`; `undefined` where that is no news. Trouble is told once, when it begins; that
 * it is over only after it was told; one of a kind and day at most.
 */
export function toldWith(told: ToldAlerts, kind: AlertKind, day: string): ToldAlerts | undefined {
  const last = told[kind];
  if (last?.isOpen || last?.day === day) return undefined;
  if (kind === "not_stored") return { ...told, [kind]: { day, isOpen: false } };
  if (kind !== "back") return { ...told, [kind]: { day, isOpen: true } };
  // Where "back" was told already today the trouble stays open: a refresh of the next day tells.
  if (!told.broken?.isOpen && !told.reauthorization_required?.isOpen) return undefined;
  const { broken, reauthorization_required: needsPerson } = told;
  return {
    ...broken && { broken: { ...broken, isOpen: false } },
    ...needsPerson && { reauthorization_required: { ...needsPerson, isOpen: false } },
    back: { day, isOpen: false },
  };
}
