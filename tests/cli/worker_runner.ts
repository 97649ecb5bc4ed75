import { type CliWorld, cliWorld, type Finished } from "./cli_world.ts";

/** Runs a command to its end, with another key than the usual one where told so. */
export type Run = (args: readonly string[], key?: string) => Promise<Finished>;

/** Runs commands against the worker at `url`: no setting of the app. */
export function runnerFor(world: CliWorld, url: string, adminKey: string): Run {
  return (args, key = adminKey) =>
    world.run([...args, "--worker", url], {
      env: {
        HIGHLEVEL_WORKER_KEY: key,
        HIGHLEVEL_CLIENT_ID: "",
        HIGHLEVEL_CLIENT_SECRET: "",
        HIGHLEVEL_BASE_URL: "",
      },
    });
}

/** An agency of four locations: two lost, one not active, one without the app. */
export function agencyWorld(): CliWorld {
  return cliWorld({
    companies: [{
      companyId: "agency",
      locations: [{ locationId: "aaa" }, { locationId: "bbb" }, { locationId: "off", active: false }, {
        locationId: "gone",
        installed: false,
      }],
    }],
  });
}
