import { defined } from "../oauth/defined.ts";
import { type ConnectionTarget, type UserType, userTypeOf } from "../oauth/target.ts";
import type { Candidate, Stated, TokenField } from "./candidate.ts";
import { isId, isMasked, isPrivateIntegration, looksLikeId, spreadsheetDamage } from "./cell_values.ts";
import type { BadRow, FoundConnection, FoundToken, LeftOutCode } from "./import_row.ts";
import { momentIn } from "./moments.ts";
import { BadRowError, type Remark, remark } from "./remarks.ts";
import { bearerIn, damageOf, idOf, statedAgency, statedTarget } from "./stated_target.ts";
import { appOf, isSameApp, type TokenFacts, tokenFacts } from "./token_facts.ts";

/** What a file is read for. */
export interface Judging {
  /** `"tokens"`: what has none is left out. `"ids"`: tokens only tell whose they are. */
  readonly need: "ids" | "tokens";
  /** The app's client ids, the present one first; none: any app's tokens are taken. */
  readonly clientIds: readonly string[];
}

/** What a candidate is. */
export type Verdict =
  | { readonly result: "taken"; readonly found: FoundConnection; readonly notes: readonly Remark[] }
  | { readonly result: "left_out"; readonly code: LeftOutCode; readonly remark: Remark }
  | Pick<BadRow, "result" | "remark">;

/** A token with what it says of itself, and what it is. */
interface ReadToken {
  readonly label: string;
  readonly text: string;
  readonly facts: TokenFacts;
  readonly use: "access" | "refresh";
}

/** How long HighLevel's access tokens live, ms. */
export const ACCESS_TOKEN_MS = 86_399_000;

/**
 * What `candidate` is. What a token says of itself goes before what stands around it; where the two contradict each other the
 * candidate is bad, because tokens filed under a wrong id would act for somebody else.
 */
export function judge(candidate: Candidate, { need, clientIds }: Judging): Verdict {
  const { stated, own } = candidate;
  const notes = [...candidate.notes ?? []];
  try {
    const usable = candidate.tokens.filter(({ text }) => !isPrivateIntegration(text));
    if (need === "tokens" && usable.length === 0) {
      const code = candidate.tokens.length > 0 ? "private_integration" : "no_token";
      return leftOut(code, remark(code));
    }
    const tokens = usable.map((token) => readToken(token, notes));
    const foreign = need === "tokens" ? foreignApp(tokens, stated.apps ?? [], clientIds, notes) : undefined;
    if (foreign !== undefined) {
      return leftOut("other_app", remark("other_app", foreign));
    }
    const target = targetOf(tokens, { own, stated }, notes);
    const companyId = statedAgency(stated, target, notes) ?? agencyIn(tokens, target);
    const [access, refresh] = [newestOf("access", tokens, notes), newestOf("refresh", tokens, notes)];
    const clientId = refresh?.facts.clientId ?? access?.facts.clientId;
    const dated = datesOf({ access, refresh, stated }, notes);
    const { name, scope = [] } = stated;
    return { result: "taken", found: defined({ target, name, companyId, ...dated, scope, clientId }), notes };
  } catch (error) {
    if (!(error instanceof BadRowError)) throw error;
    return { result: "bad", remark: error.remark };
  }
}

function leftOut(code: LeftOutCode, why: Remark): Verdict {
  return { result: "left_out", code, remark: why };
}

function readToken({ name, says, text }: TokenField, notes: Remark[]): ReadToken {
  const label = says ? `${says}_token` : "it";
  const damage = damageOf(label, text);
  if (damage !== undefined) throw new BadRowError(damage);
  if (isMasked(text)) throw new BadRowError(remark("masked", label));
  const facts = tokenFacts(bearerIn(label, text));
  if (says === undefined && name === "" && !facts.userType && text.split(".").length !== 3) {
    throw new BadRowError(remark("no_jwt"));
  }
  const use = useOf(facts, says);
  if (says && use !== says) {
    notes.push(remark(use === "access" ? "holds_access" : "holds_refresh", label));
  }
  return { label, text, facts, use };
}

/** What a token is: by its own life where that leaves no doubt, else by its name. */
function useOf(
  { use, issuedAt = 0, expiresAt = 0 }: TokenFacts,
  says: TokenField["says"],
): "access" | "refresh" {
  if (use === undefined || says === undefined) return use ?? says ?? "access";
  if (use === "refresh") return use; // no access token lives so long
  return expiresAt - issuedAt <= ACCESS_TOKEN_MS + 1_000 ? use : says;
}

/** The app that tokens belong to, where that is not ours. @throws {BadRowError} when they and their row tell of different apps. */
function foreignApp(
  tokens: readonly ReadToken[],
  apps: readonly string[],
  clientIds: readonly string[],
  notes: Remark[],
): string | undefined {
  const isOurs = (id: string): boolean =>
    clientIds.length === 0 || clientIds.some((own) => isSameApp(own, id));
  const issuedTo = tokens.map(({ facts }) => facts.clientId).filter((id) => id !== undefined);
  const foreign = issuedTo.find((id) => !isOurs(id));
  if (foreign !== undefined) return appOf(foreign);
  const [first] = issuedTo;
  if (first === undefined) {
    const told = apps.find((id) => !isOurs(id));
    return told === undefined ? undefined : appOf(told);
  }
  const other = apps.find((id) => !isSameApp(id, first));
  if (other !== undefined) {
    throw new BadRowError(remark("two_apps", appOf(other), appOf(first)));
  }
  const pair = issuedTo.find((id) => id.includes("-") && !clientIds.includes(id));
  if (clientIds.some((id) => id.includes("-")) && pair !== undefined) {
    notes.push(remark("other_pair", pair));
  }
  return undefined;
}

/** Whose the tokens are: by themselves, else by what stands around them. @throws {BadRowError} where the two contradict. */
function targetOf(
  tokens: readonly ReadToken[],
  { own, stated }: { readonly own: Stated; readonly stated: Stated },
  notes: Remark[],
): ConnectionTarget {
  const telling = tokens.filter(({ facts }) => facts.userType !== undefined || facts.id !== undefined);
  const [first, ...others] = telling;
  if (!first) return byStatement(tokens, stated);
  const { userType, id } = first.facts;
  for (const { label, facts } of others) {
    if (differs(facts.userType, userType) || differs(facts.id, id)) {
      throw new BadRowError(
        remark("two_owners", label, ownerIn(facts), first.label, ownerIn(first.facts)),
      );
    }
  }
  const broken = damageOf("locationId", own.locationId);
  if (broken !== undefined) notes.push({ ...remark("owner_by_token"), because: broken });
  const contradicted = contradictionOf({ own, stated }, userType, id);
  if (contradicted) {
    throw new BadRowError(remark("owner_not_rows", first.label, ownerIn(first.facts), contradicted));
  }
  if (userType === undefined || id === undefined) {
    const target = byStatement(tokens, { ...stated, ...(userType && { kind: userType }) });
    if (!differs(target.locationId ?? target.companyId, id)) return target;
    throw new BadRowError(remark("other_owner", first.label));
  }
  if (typeof stated.id === "string" && looksLikeId(stated.id) && stated.id !== id) {
    notes.push(remark("id_beside", stated.id, `${userType} ${id.slice(0, 32)}`));
  }
  if (userType === "Location") return { locationId: idOf("locationId", id) };
  if (stated.locationId !== undefined && own.kind !== "Company") {
    notes.push(remark("agency_token", id));
  }
  return { companyId: idOf("companyId", id) };
}

/** The connection that a row names; that of tokens, which must be told somehow. */
function byStatement(tokens: readonly ReadToken[], stated: Stated): ConnectionTarget {
  const { locationId, companyId, resourceId, id, unclear } = stated;
  if (tokens.length > 0 && (locationId ?? companyId ?? resourceId ?? id ?? unclear) === undefined) {
    throw new BadRowError(remark("no_owner"));
  }
  return statedTarget(stated);
}

/** What a row says against the owner that its token names; `undefined` where it does not. */
function contradictionOf(
  { own, stated }: { readonly own: Stated; readonly stated: Stated },
  userType: UserType | undefined,
  id: string | undefined,
): string | undefined {
  if (userType !== undefined && own.kind !== undefined && own.kind !== userType) return `a ${own.kind}`;
  const resourceId = own.resourceId ?? (stated.kind === userType ? stated.resourceId : undefined);
  const said = userType === "Location"
    ? stated.locationId ?? resourceId
    : userType === "Company"
    ? stated.companyId ?? resourceId
    : undefined;
  if (id === undefined || said === undefined || said === id || spreadsheetDamage(said)) return undefined;
  return isId(said) && said.length <= 32 ? `${userType} ${said}` : "another";
}

function differs(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function ownerIn({ userType, id = "" }: TokenFacts): string {
  return `${userType ?? "another"} ${id.slice(0, 32)}`.trimEnd();
}

function agencyIn(tokens: readonly ReadToken[], target: ConnectionTarget): string | undefined {
  if (userTypeOf(target) === "Company") return undefined;
  return tokens.map(({ facts }) => facts.companyId).find((id) => id !== undefined);
}

function newestOf(
  use: "access" | "refresh",
  tokens: readonly ReadToken[],
  notes: Remark[],
): ReadToken | undefined {
  const all = tokens.filter((token) => token.use === use);
  const newest = all.toSorted((a, b) => (b.facts.issuedAt ?? 0) - (a.facts.issuedAt ?? 0))[0];
  if (all.some(({ text }) => text !== newest?.text)) {
    notes.push(remark(use === "access" ? "many_access" : "many_refresh", `${all.length}`));
  }
  return newest;
}

/** The tokens with when they were issued and end: as they say themselves, else as their row says. */
function datesOf(
  { access, refresh, stated }: {
    readonly access: ReadToken | undefined;
    readonly refresh: ReadToken | undefined;
    readonly stated: Stated;
  },
  notes: Remark[],
): { readonly access?: FoundToken; readonly refresh?: FoundToken } {
  const { end, issued, life } = stated;
  for (const value of [end, issued]) {
    if (spreadsheetDamage(value)) notes.push(remark("broken_end"));
  }
  const told = [end, issued].map((value) => spreadsheetDamage(value) ? undefined : momentIn(value));
  const [toldEnd, toldIssued] = told;
  const seconds = Number(life);
  const reckoned = toldIssued !== undefined && seconds > 0 ? toldIssued + seconds * 1000 : undefined;
  const expiresAt = access?.facts.expiresAt ?? toldEnd ?? reckoned ?? 0;
  const issuedAt = refresh?.facts.issuedAt ?? access?.facts.issuedAt ?? toldIssued ??
    Math.max(0, expiresAt - ACCESS_TOKEN_MS);
  return {
    ...(access && { access: { text: access.text, issuedAt, expiresAt } }),
    ...(refresh && { refresh: { text: refresh.text, issuedAt, expiresAt: refresh.facts.expiresAt ?? 0 } }),
  };
}
