/** Version of the package; `release:check` keeps it equal to deno.json's. */
export const VERSION = "0.2.0";
