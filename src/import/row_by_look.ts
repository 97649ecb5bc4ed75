import { type Candidate, type Stated, type TokenField, userTypeIn } from "./candidate.ts";
import { bareCell, isId, isPrivateIntegration, looksLikeId, looksLikeJwt } from "./cell_values.ts";
import { type PlainCode, remark } from "./remarks.ts";
import { isHighLevelJwt, ownerOf } from "./token_facts.ts";

/** What a row without a header holds, told by the look of its cells. */
export type RowByLook =
  | { readonly candidates: readonly Candidate[] }
  | { readonly fault: PlainCode };

/** `location/ID`, `company:ID`, as the dashboard takes them; with a space alone `Location ID` and `Agency Name` are headers. */
const WITH_KIND =
  /^(location|sub-?account|company|agency)(?:\s*[/:]\s*|\s+(?=\S{16}))(?!id$|name$)([\w-]{1,128})$/i;

/** The cells of a row that hold something; also the items of a list as people write one: `- ID`, `1. ID`, `ID ID`. */
function filledIn(cells: readonly string[]): readonly string[] {
  return cells.flatMap((cell) => {
    const bare = bareCell(cell);
    const parts = bare.replace(/^([-*•·]|\d{1,6}[.)])\s+/, "").split(/\s+/).map(bareCell);
    return parts.every(looksLikeId) ? parts : [bare];
  }).filter(Boolean);
}

/** Whether every cell of a row is an id or a token: then it has no header, and neither has what follows. */
export function isListRow(cells: readonly string[]): boolean {
  const filled = filledIn(cells);
  return filled.length > 0 &&
    filled.every((cell) =>
      looksLikeId(cell) || WITH_KIND.test(cell) || isToken(cell) || isKind(cell) && filled.length === 2
    );
}

/** Whether no cell of a row looks like an id or a token: as the first row it may be a header whose names are not known. */
export function saysNothing(cells: readonly string[]): boolean {
  return !filledIn(cells).some((cell) =>
    looksLikeId(cell) || WITH_KIND.test(cell) || tokensIn(cell).length > 0
  );
}

/**
 * What a row without a header holds. Cells that are all ids are that many locations; with a token or a name beside it there
 * must be one id only, because nothing tells whose another would be. `location` or `company` in a cell says of what its id is.
 *
 * @param isList whether any text that can be an id is one: the file is a list of ids.
 */
export function rowByLook(cells: readonly string[], isList: boolean): RowByLook {
  const filled = filledIn(cells);
  const tokens = filled.flatMap(tokensIn).map((text): TokenField => ({ name: "", text }));
  const kind = filled.map((cell) => filled.length > 1 ? userTypeIn(cell) : undefined).find(Boolean);
  const rest = filled.filter((cell) => tokensIn(cell).length === 0 && !(isKind(cell) && filled.length > 1));
  const isOnly = isList && tokens.length === 0 && rest.every((cell) => isId(cell) || WITH_KIND.test(cell));
  const ids = rest.flatMap((cell): Stated[] => {
    const [, word, id] = WITH_KIND.exec(cell) ?? [];
    if (id !== undefined) return [named(id, userTypeIn(word))];
    return isOnly || looksLikeId(cell) ? [named(cell, kind)] : [];
  });
  if (tokens.length === 0) {
    if (ids.length === 0) {
      return { fault: "nothing_known" };
    }
    if (ids.length > 1 && ids.length < rest.length) return { fault: "many_ids" };
    return {
      candidates: ids.map((own, index) => {
        const notes = ids.length === 2 && index === 1 ? [remark("both_locations")] : [];
        return { path: "", tokens: [], own, stated: own, notes };
      }),
    };
  }
  const byOwner = Map.groupBy(tokens, ({ text }) => ownerOf(text));
  if (ids.length > 1 && byOwner.has(undefined)) return { fault: "many_ids" };
  // An id beside a token that tells whose it is may be its own or its agency's; beside another it is that token's.
  const [{ locationId: id } = {}] = byOwner.size === 1 && ids.length === 1 ? ids : [];
  const candidates = [...byOwner].map(([owner, own]) => {
    const stated = owner === undefined ? ids[0] ?? {} : id === undefined ? {} : { id };
    return { path: "", tokens: own, own: {}, stated };
  });
  return { candidates };
}

function named(id: string, kind: Stated["kind"]): Stated {
  return kind === "Company" ? { companyId: id } : { locationId: id };
}

/** A token among other text, up to a quote, a bracket or the end: one with a space in it is cut. */
const AMONG_TEXT = /(?<![\w.-])[\w-]{10,}\.[\w-]{10,}\.[\w-]+(?![\w.-])(?=["'`),;\]}>\t]|\s*$)/g;

/** The tokens in a cell; in a line of SQL or YAML HighLevel's own stand among other text. */
export function tokensIn(cell: string): readonly string[] {
  return isToken(cell) ? [cell] : (cell.match(AMONG_TEXT) ?? []).filter(isHighLevelJwt);
}

function isToken(cell: string): boolean {
  return looksLikeJwt(cell) || isPrivateIntegration(cell);
}

function isKind(cell: string): boolean {
  return userTypeIn(cell) !== undefined;
}
