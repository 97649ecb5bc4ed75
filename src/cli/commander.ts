/** The argument parser, pinned here so that `deno install -g` needs no configuration file. */
export { Command, CommanderError, InvalidArgumentError, Option } from "npm:commander@15.1.0";
