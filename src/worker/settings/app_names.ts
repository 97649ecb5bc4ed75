import type { WorkerVariables } from "../env.ts";
import { partsOf } from "./parts_of.ts";

/** A short name of an app: a part of paths, and the beginning of its settings' names. */
const NAME = /^[a-z][a-z0-9_]{0,31}$/;

/** Whether `names` can name several apps of one worker. */
export function areAppNames(names: readonly string[]): boolean {
  return names.every((name) => NAME.test(name)) && new Set(names).size === names.length;
}

/**
 * The names in `HIGHLEVEL_APPS`: none where the worker serves one app, whose settings have no prefix. Names that are not right
 * count as none; then the check of settings says so.
 */
export function appNames(
  { HIGHLEVEL_APPS = "" }: Pick<WorkerVariables, "HIGHLEVEL_APPS">,
): readonly string[] {
  const names = partsOf(`${HIGHLEVEL_APPS}`);
  return areAppNames(names) ? names : [];
}

/** The name of the setting `name` as the app called `app` has it for itself. */
export function prefixed(app: string, name: string): string {
  return `${app.toUpperCase()}_${name}`;
}
