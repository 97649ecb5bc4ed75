/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { DescribedConnection } from "../connection/connection_api.ts";
import { REASON_LENGTH } from "../connection/suspension.ts";
import { connectionPath } from "./connection_path.ts";
import { Moment } from "./moment.tsx";
import type { View } from "./view.ts";

/** What it means that a connection is suspended: by whom and why, and how long its refresh token lives without being used. */
export function Suspended(
  { view, described: { suspended } }: { view: View; described: DescribedConnection },
): JSX.Element | null {
  const { words, now } = view;
  if (!suspended) return null;
  const { by, reason, refreshTokenEndsAt: endsAt } = suspended;
  return (
    <>
      <p>{words.suspendedLong}</p>
      {reason && (
        <p>
          <b>{words.suspendReason}</b> <bdi>{reason}</bdi>
        </p>
      )}
      {by && (
        <p class="quiet-text">
          {words.suspendedBy} <bdi>{by}</bdi>
        </p>
      )}
      {endsAt !== undefined && (
        <p>
          {endsAt > now
            ? <Moment view={view} at={endsAt} text={words.refreshTokenEnds} />
            : words.refreshTokenEnded}
        </p>
      )}
    </>
  );
}

/** A button that resumes a suspended connection. */
export function ResumeButton({ view, target }: { view: View; target: ConnectionTarget }): JSX.Element {
  const { words, base } = view;
  return (
    <form method="post" action={`${connectionPath(base, target)}/resume`} data-busy={words.working}>
      <button type="submit" class="primary">{words.resumeNow}</button>
    </form>
  );
}

/** Suspends the connection. */
export function SuspendForm({ view, target }: { view: View; target: ConnectionTarget }): JSX.Element {
  const { words, base } = view;
  return (
    <form
      method="post"
      action={`${connectionPath(base, target)}/suspend`}
      class="stack"
      data-busy={words.working}
    >
      <label for="reason">{words.suspendReason}</label>
      <div class="row">
        <input
          id="reason"
          name="reason"
          maxlength={REASON_LENGTH}
          autocomplete="off"
          aria-describedby="suspend-hint"
        />
        <button type="submit">{words.suspend}</button>
      </div>
      <p class="hint" id="suspend-hint">{words.suspendHint}</p>
    </form>
  );
}
