import { bulk } from "./bulk/bulk.ts";
import { client } from "./client/client.ts";
import { cost } from "./cost/cost.ts";
import { directory } from "./directory/directory.ts";
import { hot } from "./hot/hot.ts";
import { importing } from "./import/importing.ts";
import { requests } from "./requests/requests.ts";
import type { Section } from "./section.ts";
import { size } from "./size/size.ts";
import { stores } from "./stores/stores.ts";
import { worker } from "./worker/worker.ts";

/** Every section by its name, in the order of the report. */
export const sections: Readonly<Record<string, () => Promise<Section>>> = {
  requests,
  hot,
  stores,
  bulk,
  client,
  import: importing,
  worker,
  directory: () => directory(),
  size,
  cost,
};
