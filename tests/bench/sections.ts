import { requests } from "./requests/requests.ts";
import type { Section } from "./section.ts";

/** Every section by its name, in the order of the report. */
export const sections: Readonly<Record<string, () => Promise<Section>>> = { requests };
