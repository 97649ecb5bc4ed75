/**
 * The scripts of RedisStore. Each is one step of the server. They are given every key that they touch, and answer in texts: numbers
 * lose their fraction on the way, and what clients make of other answers differs.
 *
 * A record is a hash: `version`, `summary`, `body`, `dropAt` (absent where it stays), and the members that stand for it in the
 * indexes by status (`status`) and by `dueAt` (`due`). It has no end of its own, so that the indexes never name what is not there. A
 * lease is a hash, too: `owner`, `fence`, `until`; it stays, for its fence must not begin again.
 */

/** A script that begins with `start`. Marked pure where it is called: a bundler leaves out what nobody uses. */
function after(start: string, rest: string): string {
  return start + rest;
}

/** Removes the record in `record` and what stands for it. */
const REMOVE = `
local keys, byStatus, byDue, byDrop = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function remove(record, key)
  local old = redis.call('HMGET', record, 'status', 'due')
  if old[1] then redis.call('ZREM', byStatus, old[1]) end
  if old[2] then redis.call('ZREM', byDue, old[2]) end
  redis.call('ZREM', byDrop, key)
  redis.call('ZREM', keys, key)
  redis.call('DEL', record)
end`;

/**
 * Writes a record where its condition holds; answers "1" or "0".
 * Keys: the indexes by key, status, dueAt and dropAt, record, lease. Arguments: key, now, condition ("", "none", or the version after
 * "="), fence or "", dropAt or "", member by status or "", member by dueAt or "", and then the fields.
 */
export const PUT: string = /* @__PURE__ */ after(
  REMOVE,
  `
local record, lease = KEYS[5], KEYS[6]
local key, now, condition, fence, dropAt, status, due = unpack(ARGV, 1, 7)
local old = redis.call('HMGET', record, 'version', 'dropAt')
local version = old[1]
if old[2] and tonumber(old[2]) <= tonumber(now) then version = false end
if condition == 'none' and version then return '0' end
if string.sub(condition, 1, 1) == '=' and string.sub(condition, 2) ~= version then return '0' end
if fence ~= '' and redis.call('HGET', lease, 'fence') ~= fence then return '0' end
remove(record, key)
redis.call('HSET', record, unpack(ARGV, 8))
redis.call('ZADD', keys, 0, key)
if status ~= '' then redis.call('HSET', record, 'status', status) redis.call('ZADD', byStatus, 0, status) end
if due ~= '' then redis.call('HSET', record, 'due', due) redis.call('ZADD', byDue, 0, due) end
if dropAt ~= '' then redis.call('HSET', record, 'dropAt', dropAt) redis.call('ZADD', byDrop, dropAt, key) end
return '1'`,
);

/** Removes records. Keys: the indexes by key, status, dueAt and dropAt, records. Arguments: their keys. */
export const DELETE: string = /* @__PURE__ */ after(
  REMOVE,
  `
for i, key in ipairs(ARGV) do remove(KEYS[4 + i], key) end
return '1'`,
);

/** Removes records where their dropAt has come. As DELETE; the first argument is now. */
export const SWEEP: string = /* @__PURE__ */ after(
  REMOVE,
  `
for i = 2, #ARGV do
  local dropAt = redis.call('HGET', KEYS[3 + i], 'dropAt')
  if dropAt and tonumber(dropAt) <= tonumber(ARGV[1]) then remove(KEYS[3 + i], ARGV[i]) end
end
return '1'`,
);

/** What records show: the summary and the dropAt of each, or "". Keys: records. */
export const SHOW = `
local shown = {}
for _, record in ipairs(KEYS) do
  local found = redis.call('HMGET', record, 'summary', 'dropAt')
  shown[#shown + 1] = found[1] or ''
  shown[#shown + 1] = found[2] or ''
end
return shown`;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Takes a lock where it is free; answers its fence, or "". Key: lease. Arguments: owner, ms. */
export const TAKE: string = /* @__PURE__ */ after(
  NOW,
  `
local held = redis.call('HMGET', KEYS[1], 'owner', 'until')
if held[1] and held[1] ~= '' and held[1] ~= ARGV[1] and tonumber(held[2]) > now then return '' end
local fence = redis.call('HINCRBY', KEYS[1], 'fence', 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'until', string.format('%.0f', now + ARGV[2]))
return string.format('%.0f', fence)`,
);

/** Lets a lease last longer where its owner still has it. Key: lease. Arguments: owner, ms. */
export const RENEW: string = /* @__PURE__ */ after(
  NOW,
  `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return '0' end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + ARGV[2]))
return '1'`,
);

/** Ends a lease where its owner still has it. Key: lease. Argument: owner. */
export const RELEASE = `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return '0' end
redis.call('HSET', KEYS[1], 'owner', '')
return '1'`;
