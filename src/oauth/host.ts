/*
 * What the wire shows to hosts of this repository beside its door: how ids, answers and errors are read. Nothing here is promised to
 * anybody else.
 */
export { defined } from "./defined.ts";
export { amount, fieldsOf, isObject, isText, moment, snakeCase } from "./fields.ts";
export { appIdOf, appsOf, baseOf, isSite } from "./highlevel_app.ts";
export { isCoded } from "./highlevel_error.ts";
export { orUndefined } from "./or_undefined.ts";
export { checkOwner } from "./owner.ts";
export { askedMs } from "./request/refusal.ts";
export { LONGEST_WAIT_MS, retrying, sleep } from "./request/retry.ts";
export { send } from "./request/send.ts";
export { describeTarget, USER_TYPES, userTypeOf } from "./target.ts";
export { redactTokenSet, tokenSetFrom } from "./token_set.ts";
