import type { ConnectionRecord } from "../../connections/host.ts";
import type { ConnectionDetails, ConnectionEvent } from "../../connections/mod.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { ChangeType } from "../directory/change_type.ts";
import type { AlertKind, DirectoryCause } from "../directory/directory_api.ts";
import type { HistoryEntry } from "./connection_api.ts";
import type { InstallationFacts } from "./installation_facts.ts";
import type { MovedFacts } from "./moved_facts.ts";
import type { ScheduledWork } from "./scheduled_work.ts";

/** What is known when something happens. */
export interface InstallationState {
  readonly target: ConnectionTarget;
  readonly facts: InstallationFacts;
  /** What is held, tombstones included. */
  readonly record: ConnectionRecord | undefined;
}

/** Something that happens to an installation. Moments in ms. */
export type InstallationEvent =
  /** An INSTALL webhook, sent at `at`. */
  | { readonly kind: "install_told"; readonly details: ConnectionDetails; readonly at: number }
  /** An UNINSTALL webhook, sent at `at`; `companyId` is the agency that it names. */
  | { readonly kind: "uninstall_told"; readonly companyId: string | undefined; readonly at: number }
  /** The agency of this location was uninstalled at `at`, as its object tells. */
  | { readonly kind: "agency_uninstalled"; readonly companyId: string; readonly at: number }
  /** Tokens are about to be saved. */
  | { readonly kind: "saving"; readonly details: ConnectionDetails; readonly isNameGiven?: boolean }
  /** They were saved, in the change with the number `change`, with all of `details`. */
  | {
    readonly kind: "saved";
    readonly how: "imported" | "authorised" | "minted";
    readonly change: number;
    readonly details: ConnectionDetails;
    readonly actor?: string | undefined;
  }
  /** A connection of an export is about to be stored, with what was told of it there. */
  | { readonly kind: "restoring"; readonly told: MovedFacts; readonly isForgotten: boolean }
  /** It was stored. */
  | { readonly kind: "restored"; readonly actor: string | undefined }
  /** The connection is about to be forgotten. */
  | { readonly kind: "forgetting"; readonly why: "forgotten" | "uninstalled" }
  /** It was forgotten; `was` is the record before. */
  | {
    readonly kind: "forgot";
    readonly why: "forgotten" | "uninstalled";
    readonly was: ConnectionRecord | undefined;
    readonly actor?: string | undefined;
  }
  /** Its company has tokens now. */
  | { readonly kind: "company_connected" }
  /** A code of this connection may have been exchanged without an answer. */
  | { readonly kind: "answer_lost" }
  /** The record has `details` now. */
  | { readonly kind: "details_kept"; readonly details: ConnectionDetails }
  /** Its agency's object knows of this location now; that agency was uninstalled at `uninstalledAt`, or 0. */
  | { readonly kind: "agency_knows"; readonly companyId: string; readonly uninstalledAt: number }
  /** A name was given by hand; or that one is to be HighLevel's again. */
  | { readonly kind: "name_given"; readonly isGiven: boolean }
  /** HighLevel was asked what it is called. */
  | { readonly kind: "name_asked" }
  /** A link was asked for. */
  | { readonly kind: "link_made" }
  /** Somebody went on to HighLevel from a link that was made at `madeAt`. */
  | { readonly kind: "link_opened"; readonly madeAt: number }
  /** The links that were made so far are to be no good any more. */
  | { readonly kind: "links_revoked" }
  /** A person suspends it. */
  | { readonly kind: "suspending"; readonly reason?: string | undefined; readonly actor?: string | undefined }
  /** A person ends that. */
  | { readonly kind: "resuming"; readonly actor?: string | undefined }
  /** Told by the core. */
  | { readonly kind: "core"; readonly event: ConnectionEvent; readonly actor?: string | undefined }
  /** A try to heal by alarm has ended; had it worked, the trouble would be over. */
  | { readonly kind: "heal_tried" }
  /** People are to be told that the trouble lasts; unless that `isNews`, on another day. */
  | { readonly kind: "broken_told"; readonly isNews: boolean }
  /** What comes next is about to be planned. */
  | { readonly kind: "planning" };

/** Something to be done about it, in this order. */
export type Effect =
  | {
    readonly do: "schedule";
    readonly work: ScheduledWork;
    readonly at: number;
    readonly attempt?: number;
  }
  | { readonly do: "clear"; readonly works: readonly ScheduledWork[] }
  | { readonly do: "add_history"; readonly entry: HistoryEntry }
  | { readonly do: "count"; readonly type: ChangeType; readonly at: number }
  | {
    readonly do: "alert";
    readonly alert: AlertKind;
    readonly code?: DirectoryCause;
    readonly traceId?: string;
  }
  /** Forget the connection. */
  | { readonly do: "forget"; readonly why: "uninstalled" };

/** What is known afterwards, and what is to be done. */
export interface Decision {
  readonly facts: InstallationFacts;
  readonly effects: readonly Effect[];
}
