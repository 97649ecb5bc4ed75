/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { View } from "./view.ts";

/** Drawn in a box of 16 by 16. */
const SHAPES: Readonly<Record<ConnectionStatus | "forgotten", string>> = {
  connected: "M3 8.5 6.5 12 13 4.5",
  broken: "M4 4l8 8M12 4l-8 8",
  paused: "M5.5 3.5v9M10.5 3.5v9",
  reauthorization_required:
    "M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.5-2.5 2.5-3.5 5-3.500s4.5 1 5 3.5",
  forgotten: "M3.5 8h9",
};

/** A status by colour, shape and word. */
export function StatusBadge(
  { view, status }: { view: View; status: ConnectionStatus | "forgotten" },
): JSX.Element {
  return (
    <span class={`badge ${status}`}>
      <StatusIcon status={status} />
      {view.words[status]}
    </span>
  );
}

/** A status' shape alone; a word stands beside it. */
export function StatusIcon({ status }: { status: ConnectionStatus | "forgotten" }): JSX.Element {
  return (
    <svg
      class={`icon ${status}`}
      width="12"
      height="12"
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={SHAPES[status]}
        fill="none"
        stroke="currentColor"
        stroke-width="2.2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
