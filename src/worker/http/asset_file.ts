import type { WorkerEnv } from "../env.ts";
import { ProblemError } from "./problem.ts";

/**
 * The static file `name`.
 *
 * @throws {ProblemError} 503 where the worker was deployed without it.
 */
export async function assetFile(
  { ASSETS }: Pick<WorkerEnv, "ASSETS">,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const file = await ASSETS?.fetch(`https://assets.invalid/${name}`, { headers });
  if (file?.ok || file?.status === 304) return file;
  throw new ProblemError({
    status: 503,
    code: "misconfigured",
    detail: file
      ? `This worker is not set up: the binding ASSETS has no file ${name}.`
      : "This worker is not set up: the binding ASSETS is missing.",
  });
}
