import { defined } from "./defined.ts";
import { HighLevelError } from "./highlevel_error.ts";
import { type ConnectionTarget, describeTarget, userTypeOf } from "./target.ts";
import { redactTokenSet, type TokenAnswer, type TokenSet } from "./token_set.ts";

/** Whether tokens are for `target`, as far as they tell. HighLevel writes ids in another case at times. */
export function isOwner(tokens: TokenSet, target: ConnectionTarget): boolean {
  return tokens.userType === userTypeOf(target) && (isSameId(idFor(tokens, target), target) ?? true);
}

/**
 * Checks that tokens are for `target`, as far as they tell.
 *
 * @throws {HighLevelError} `malformed_response` when they are for somebody else.
 */
export function checkOwner(tokens: TokenSet, target: ConnectionTarget): void {
  if (!isOwner(tokens, target)) throw foreign(target);
}

/**
 * `answer`, which was asked for `target`, as an answer about it, with ids in the case of `target`. After a rotation
 * (`isRotation`) the old refresh token is spent: then a user type that contradicts is put right and told as odd, since only
 * an id can say that the tokens are somebody else's.
 *
 * @throws {HighLevelError} `malformed_response` when the tokens are for another connection.
 */
export function answerAbout(
  target: ConnectionTarget,
  { tokens, odd }: TokenAnswer,
  isRotation: boolean,
): TokenAnswer {
  const userType = userTypeOf(target);
  const isSame = isSameId(idFor(tokens, target), target);
  if (isRotation ? isSame === false : !isOwner(tokens, target)) throw foreign(target);
  const told = tokens.userType === userType ? [odd] : [odd, `its userType is ${tokens.userType}`];
  const own = isSame ? target : {};
  return defined({
    tokens: redactTokenSet({ ...tokens, ...own, userType }),
    odd: told.filter(Boolean).join("; ") || undefined,
  });
}

/** The id in `tokens` of the kind that `target` is. */
function idFor({ locationId, companyId }: TokenSet, target: ConnectionTarget): string | undefined {
  return target.locationId === undefined ? companyId : locationId;
}

/** Whether `id` is that of `target`, in whatever case; `undefined` where there is none. */
function isSameId(id: string | undefined, { locationId, companyId }: ConnectionTarget): boolean | undefined {
  return id === undefined ? undefined : id.toLowerCase() === (locationId ?? companyId ?? "").toLowerCase();
}

function foreign(target: ConnectionTarget): HighLevelError {
  const message = `${describeTarget(target)}: HighLevel answered with the tokens of another connection.`;
  return new HighLevelError("malformed_response", message, { target });
}
