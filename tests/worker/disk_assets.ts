import type { AssetsBinding } from "../../src/worker/env.ts";

const FOLDER = new URL("../../src/worker/assets", import.meta.url).href;

/** The static files from disk, for a worker in this process. */
export const diskAssets: AssetsBinding = {
  fetch: (url) => fetch(url.replace("https://assets.invalid", FOLDER)),
};
