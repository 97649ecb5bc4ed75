/*
 * What the client shows to hosts of this repository beside its door, as the command line that moves whole workers. Nothing here is
 * promised to anybody else.
 */
export { targetIn } from "./answers.ts";
export { askWorker, lacking } from "./ask_worker.ts";
export { type WorkerHost, workerHost } from "./options.ts";
export { cursorMark, pagesOf } from "./pages_of.ts";
export { strangerError } from "./problem_of.ts";
export { textOf } from "./texts.ts";
