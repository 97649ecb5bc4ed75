import { defined } from "../../oauth/host.ts";
import { wayBack } from "../../connections/host.ts";
import { comesBack, LOST_AGENCIES, LOST_LOCATIONS, lostValues, STANDING, standingIn } from "./agency_plan.ts";
import {
  type Campaign,
  type CampaignMessage,
  type CountedCampaign,
  MEMBER_STATES,
  type MemberChoice,
  type MemberPage,
  type MemberState,
  type NewCampaign,
} from "./campaign_api.ts";
import { type CampaignFacts, campaignIn, memberIn, stateIn } from "./campaign_rows.ts";
import { isWrittenTo, sightingOf, SUSPENDED_CAUSE } from "./campaign_rules.ts";
import type { KindAndId } from "../kind_and_id.ts";
import type { KeptRow } from "./directory_api.ts";
import type { DirectorySql, SqlValue } from "./directory_sql.ts";
import { placeOf } from "./status_order.ts";

/**
 * The tables of {@linkcode Campaigns}. A member that `asks` gets a link; `n` puts those who do from the beginning before the others.
 * Waiting ones are found by their connection whenever its row is told.
 */
export const CAMPAIGN_TABLES: readonly string[] = [
  `CREATE TABLE campaigns (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, endsAt INTEGER NOT NULL, finishedAt INTEGER, facts TEXT NOT NULL,
    total INTEGER NOT NULL, asked INTEGER NOT NULL, missing INTEGER NOT NULL,
    sentTo INTEGER, rounds INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID`,
  "CREATE INDEX newestCampaigns ON campaigns (at DESC, id)",
  `CREATE TABLE campaignMembers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, campaign TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, asks INTEGER NOT NULL,
    openedAt INTEGER, endedAt INTEGER, endedBy TEXT
  )`,
  "CREATE INDEX membersOf ON campaignMembers (campaign)",
  "CREATE INDEX waitingMembers ON campaignMembers (kind, id) WHERE endedAt IS NULL",
];

/** People of a campaign who are to be sent an event. */
export interface SendingTurn extends MemberPage {
  readonly campaign: Campaign;
  /** How many times the campaign was sent, this time included. */
  readonly round: number;
}

/** A campaign is kept this long after its links ended, ms. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Which members a choice means. */
const CHOICES: Readonly<Record<MemberChoice, string>> = {
  all: "1",
  asked: "m.asks = 1",
  missing: "m.asks = 1 AND m.endedAt IS NULL",
};

/** Campaigns in the directory's SQLite. */
export class Campaigns {
  readonly #sql: DirectorySql;

  /** Over `sql`, which has the tables {@linkcode CAMPAIGN_TABLES}. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** Begins `campaign` over everybody it is about who is neither connected nor suspended; one that is there stays. Nobody: there is none. */
  begin(campaign: NewCampaign, now: number): Campaign | undefined {
    const { id, source, targets, startedBy, createdAt, endsAt, message } = campaign;
    this.#dropOld(now);
    const there = this.#read(id, now);
    if (there) return there;
    const add = (select: string, ...values: readonly SqlValue[]): void => {
      this.#sql.exec(`INSERT INTO campaignMembers (campaign, kind, id, asks) ${select}`, ...values);
    };
    if (source.kind === "targets") {
      add(
        `SELECT ?1, j.value ->> 'kind', j.value ->> 'id', 1 FROM json_each(?2) j WHERE NOT EXISTS (
          SELECT 1 FROM connections c WHERE c.kind = j.value ->> 'kind' AND c.id = j.value ->> 'id'
            AND (c.status = ?3 OR c.cause = ?4))`,
        id,
        JSON.stringify(each(targets)),
        placeOf("connected"),
        SUSPENDED_CAUSE,
      );
    } else {
      const values = [...lostValues(source), id];
      const { agencyFirst } = source;
      // Whoever brings back most is asked first.
      add(
        `SELECT ?3, 'company', id, 1 FROM (SELECT id, 0 AS n FROM (${LOST_AGENCIES})${
          agencyFirst
            ? ` UNION ALL SELECT companyId, 1 FROM ${LOST_LOCATIONS} WHERE ${comesBack("agency")}`
            : ""
        }) GROUP BY id ORDER BY sum(n) DESC, id`,
        ...values,
      );
      const asks = agencyFirst ? comesBack("person") : "1";
      add(`SELECT ?3, 'location', id, ${asks} FROM ${LOST_LOCATIONS} ORDER BY 4 DESC, n`, ...values);
    }
    const [counts] = this.#sql.exec(
      "SELECT count(*) AS total, ifnull(sum(asks), 0) AS asked FROM campaignMembers WHERE campaign = ?",
      id,
    ).toArray();
    const total = Number(counts?.total);
    if (total === 0) return undefined;
    const facts: CampaignFacts = defined({ source, startedBy, message });
    this.#sql.exec(
      "INSERT INTO campaigns (id, at, endsAt, facts, total, asked, missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)",
      id,
      createdAt,
      endsAt,
      JSON.stringify(facts),
      total,
      Number(counts?.asked),
    );
    return this.#read(id, now);
  }

  /** Notes what the row of a connection means for those who wait for it; `undefined`: it is not known any more. */
  see({ kind, id }: KindAndId, row: KeptRow | undefined, now: number): void {
    const waiting = this.#sql.exec(
      `SELECT m.n, m.campaign, m.openedAt, c.at FROM campaignMembers m JOIN campaigns c ON c.id = m.campaign
        WHERE m.kind = ? AND m.id = ? AND m.endedAt IS NULL`,
      kind,
      id,
    ).toArray();
    for (const { n, campaign, openedAt, at } of waiting) {
      const sighting = sightingOf(row, Number(at));
      switch (sighting.is) {
        case "ended": {
          // Whoever authorised the app has opened the link, also where that was told together.
          const opened = row?.linkOpenedAt ?? 0;
          this.#sql.exec(
            "UPDATE campaignMembers SET endedAt = ?, endedBy = ?, openedAt = ifnull(openedAt, ?) WHERE n = ?",
            row?.returnedAt ?? now,
            sighting.by,
            opened >= Number(at) ? opened : null,
            Number(n),
          );
          this.#sql.exec(
            `UPDATE campaigns SET missing = missing - 1, finishedAt = iif(missing = 1, ?, finishedAt) WHERE id = ?`,
            now,
            String(campaign),
          );
          break;
        }
        case "opened":
          if (openedAt !== null) break;
          this.#sql.exec("UPDATE campaignMembers SET openedAt = ? WHERE n = ?", sighting.at, Number(n));
          break;
        case "nothing":
          break;
      }
    }
  }

  /**
   * Asks those themselves who were to come back with an agency and do not: `key` is such a location, or an agency, whose row was
   * just written or went.
   */
  askLeft({ kind, id }: KindAndId): void {
    const left = this.#sql.exec(
      `SELECT m.n, m.campaign, ${STANDING} FROM connections l
        JOIN campaignMembers m ON m.kind = 'location' AND m.id = l.id AND m.endedAt IS NULL
        LEFT JOIN connections a ON a.kind = 'company' AND a.id = l.companyId
        WHERE m.asks = 0 AND +l.status = ? AND ${
        kind === "location" ? "l.kind = 'location' AND l.id = ?" : "l.companyId = ? AND +l.kind = 'location'"
      }`,
      placeOf("reauthorization_required"),
      id,
    ).toArray().filter((row) => wayBack(standingIn(row)) === "person");
    for (const { n, campaign } of left) {
      this.#sql.exec("UPDATE campaignMembers SET asks = 1 WHERE n = ?", Number(n));
      this.#sql.exec("UPDATE campaigns SET asked = asked + 1 WHERE id = ?", String(campaign));
    }
  }

  /** Removes the id of a connection that is to be erased: in its campaigns somebody is gone. */
  erase({ kind, id }: KindAndId, now: number): void {
    this.see({ kind, id }, undefined, now);
    this.#sql.exec("UPDATE campaignMembers SET id = 'erased' WHERE kind = ? AND id = ?", kind, id);
  }

  /** One page of campaigns, newest first. A cursor that is none begins at the newest. */
  page(
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
    now: number,
  ): { readonly campaigns: readonly Campaign[]; readonly cursor?: string } {
    const [, at = "9e15", after = ""] = /^(\d{1,16})_(.*)$/.exec(cursor ?? "") ?? [];
    const rows = this.#sql.exec(
      "SELECT * FROM campaigns WHERE at < ?1 OR at = ?1 AND id > ?2 ORDER BY at DESC, id LIMIT ?3",
      Number(at),
      after,
      limit + 1,
    ).toArray();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      campaigns: rows.slice(0, limit).map((row) => campaignIn(row, now)),
      ...(last && { cursor: `${last.at}_${last.id}` }),
    };
  }

  /** The campaign `id`, counted. */
  get(id: string, now: number): CountedCampaign | undefined {
    const campaign = this.#read(id, now);
    if (!campaign) return undefined;
    const states = Object.fromEntries(MEMBER_STATES.map((state) => [state, 0])) as Record<
      MemberState,
      number
    >;
    const rows = this.#sql.exec(
      `SELECT asks, endedBy, iif(openedAt IS NULL, NULL, 1) AS openedAt, count(*) AS n FROM campaignMembers
        WHERE campaign = ? GROUP BY 1, 2, 3`,
      id,
    );
    for (const row of rows.toArray()) states[stateIn(row)] += Number(row.n);
    return { ...campaign, states };
  }

  /** One page of members, those who are asked first. A cursor that is none begins at the first. */
  members(
    id: string,
    { which, limit, cursor }: {
      readonly which: MemberChoice;
      readonly limit: number;
      readonly cursor?: string;
    },
  ): MemberPage {
    const after = Number(/^\d{1,15}$/.exec(cursor ?? "")?.[0] ?? 0);
    const rows = this.#sql.exec(
      `SELECT m.*, c.name, c.companyId, c.status, c.cause, c.sinceDesc, a.name AS agency FROM campaignMembers m
        LEFT JOIN connections c ON c.kind = m.kind AND c.id = m.id
        LEFT JOIN connections a ON m.kind = 'location' AND a.kind = 'company' AND a.id = c.companyId
        WHERE m.campaign = ? AND m.n > ? AND ${CHOICES[which]} ORDER BY m.n LIMIT ?`,
      id,
      after,
      limit + 1,
    ).toArray();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { members: rows.slice(0, limit).map(memberIn), ...(last && { cursor: String(last.n) }) };
  }

  /** Keeps what people are written. */
  edit(id: string, message: Partial<CampaignMessage>): void {
    this.#sql.exec(
      "UPDATE campaigns SET facts = json_set(facts, '$.message', json(?)) WHERE id = ?",
      JSON.stringify(message),
      id,
    );
  }

  /** Lets everybody who is asked and not back be sent an event, from the first on, unless that is under way. */
  startSending(id: string): void {
    this.#sql.exec(
      "UPDATE campaigns SET sentTo = 0, rounds = rounds + 1 WHERE id = ? AND sentTo IS NULL",
      id,
    );
  }

  /** The next people to be sent an event, of whichever campaign; `undefined` where nobody is. */
  nextToSend(limit: number, now: number): SendingTurn | undefined {
    const [row] = this.#sql.exec("SELECT * FROM campaigns WHERE sentTo IS NOT NULL LIMIT 1").toArray();
    if (!row) return undefined;
    const campaign = campaignIn(row, now);
    const page = this.members(campaign.id, { which: "missing", limit, cursor: String(row.sentTo) });
    return { ...page, members: page.members.filter(isWrittenTo), campaign, round: Number(row.rounds) };
  }

  /** Notes that the people up to `cursor` were sent theirs; `undefined`: all were. */
  noteSent(id: string, cursor: string | undefined): void {
    this.#sql.exec(
      "UPDATE campaigns SET sentTo = ? WHERE id = ?",
      cursor === undefined ? null : Number(cursor),
      id,
    );
  }

  /** Drops the campaign `id`; tells whether there was one. */
  drop(id: string): boolean {
    this.#sql.exec("DELETE FROM campaignMembers WHERE campaign = ?", id);
    return this.#sql.exec("DELETE FROM campaigns WHERE id = ? RETURNING 1", id).toArray().length > 0;
  }

  /** Drops campaigns whose links ended long before `now`. */
  #dropOld(now: number): void {
    const old = this.#sql.exec("SELECT id FROM campaigns WHERE endsAt < ?", now - KEPT_MS).toArray();
    for (const { id } of old) this.drop(String(id));
  }

  #read(id: string, now: number): Campaign | undefined {
    const [row] = this.#sql.exec("SELECT * FROM campaigns WHERE id = ?", id).toArray();
    return row && campaignIn(row, now);
  }
}

/** `targets`, each once. */
function each(targets: readonly KindAndId[]): KindAndId[] {
  return [...new Map(targets.map(({ kind, id }) => [`${kind}/${id}`, { kind, id }])).values()];
}
