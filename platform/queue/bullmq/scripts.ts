import { createHash } from "node:crypto";
import { FAILED_RETENTION, MAX_LOST_RUNS } from "../options.ts";

/**
 * The book of jobs: what BullMQ does not know of a job (order within a key, a dedupe that ends when the job runs and
 * returns with its retry). Every move is one script, and so atomic. All keys start with KEYS[1]:
 *
 *   job:<id>     hash: slot, member, state (waiting, active, failed), dueAt, data, priority, attempts, backoff, …
 *   slot:<slot>  sorted set by due time, then order of enqueueing: the jobs of a key that wait for their first run
 *   held         hash slot → job: it runs or waits for its retry, and no other of its slot starts
 *   waiting      sorted set by due time; `active` by start, `failed` by end; dedupe: hash name → waiting job
 */
const prelude = `
local base = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local waiting, active, failed = base .. 'waiting', base .. 'active', base .. 'failed'
local held, names = base .. 'held', base .. 'dedupe'
local function jobKey(id) return base .. 'job:' .. id end
local function slotKey(slot) return base .. 'slot:' .. slot end
local function field(id, name) return redis.call('HGET', jobKey(id), name) end
local function letWait(id, due)
  local slot, member, name = unpack(redis.call('HMGET', jobKey(id), 'slot', 'member', 'dedupe'))
  redis.call('HSET', jobKey(id), 'state', 'waiting', 'dueAt', due)
  redis.call('ZADD', waiting, due, id)
  if redis.call('HGET', held, slot) ~= id then redis.call('ZADD', slotKey(slot), due, member) end
  if name then redis.call('HSETNX', names, name, id) end
end
local function letGo(id)
  local slot, member, name = unpack(redis.call('HMGET', jobKey(id), 'slot', 'member', 'dedupe'))
  redis.call('ZREM', waiting, id)
  redis.call('ZREM', active, id)
  redis.call('ZREM', failed, id)
  redis.call('ZREM', slotKey(slot), member)
  if redis.call('HGET', held, slot) == id then redis.call('HDEL', held, slot) end
  if name and redis.call('HGET', names, name) == id then redis.call('HDEL', names, name) end
  return slot
end
local function giveUp(id, text)
  letGo(id)
  redis.call('HSET', jobKey(id), 'state', 'failed', 'error', text, 'failedAt', now)
  redis.call('ZADD', failed, now, id)
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', failed, '-inf', now - ${FAILED_RETENTION}, 'LIMIT', 0, 100)) do
    redis.call('ZREM', failed, old)
    redis.call('DEL', jobKey(old))
  end
end
`;

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

function script(body: string): Script {
  const lua = prelude + body;
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

/** Per job: id, slot, delay, priority, attempts, backoff, dedupe, data. Returns per job: its id, whether a tick is needed. */
export const enqueue = script(`
local answers = {}
for i = 1, #ARGV, 8 do
  local id, slot, delay, priority, attempts, backoff, name, data = unpack(ARGV, i, i + 7)
  local due = now + tonumber(delay)
  local existing = name ~= '' and redis.call('HGET', names, name)
  local tick = 1
  if existing then
    id = existing
    if due < tonumber(field(id, 'dueAt')) then letWait(id, due) else tick = 0 end
    slot = field(id, 'slot')
  else
    local member = string.format('%016.0f', redis.call('INCR', base .. 'sequence')) .. ':' .. id
    redis.call('HSET', jobKey(id), 'slot', slot, 'member', member, 'priority', priority, 'attempts', attempts,
      'backoff', backoff, 'data', data, 'enqueuedAt', now, 'failures', 0, 'lost', 0)
    if name ~= '' then redis.call('HSET', jobKey(id), 'dedupe', name) end
    letWait(id, due)
    local holder = redis.call('HGET', held, slot)
    if holder and due == now and field(holder, 'state') == 'active' then tick = 0 end
  end
  answers[#answers + 1] = {id, slot, tick}
end
return answers
`);

/** ARGV: slot, owner. Takes the slot's next job; who was its owner before its worker died takes it again. */
export const claim = script(`
local slot, owner = ARGV[1], ARGV[2]
while true do
  local id = redis.call('HGET', held, slot)
  if id and field(id, 'state') == 'active' then
    if field(id, 'owner') ~= owner then return {'busy'} end
    redis.call('HINCRBY', jobKey(id), 'lost', 1)
  elseif id then
    local left = tonumber(field(id, 'dueAt')) - now
    if left > 0 then return {'later', left} end
  else
    local head = redis.call('ZRANGE', slotKey(slot), 0, 0, 'WITHSCORES')
    if #head == 0 then return {'empty'} end
    if tonumber(head[2]) > now then return {'later', tonumber(head[2]) - now} end
    id = string.sub(head[1], 18)
    redis.call('ZREM', slotKey(slot), head[1])
    redis.call('HSET', held, slot, id)
  end
  if tonumber(field(id, 'lost')) > ${MAX_LOST_RUNS} then
    giveUp(id, 'Its workers ended while they ran it')
  else
    local name = field(id, 'dedupe')
    if name and redis.call('HGET', names, name) == id then redis.call('HDEL', names, name) end
    redis.call('ZREM', waiting, id)
    redis.call('ZADD', active, now, id)
    redis.call('HSET', jobKey(id), 'state', 'active', 'owner', owner)
    return {'run', id, redis.call('HMGET', jobKey(id), 'data', 'failures', 'attempts', 'backoff', 'enqueuedAt')}
  end
end
`);

/** ARGV: id, owner. */
export const finish = script(`
if field(ARGV[1], 'owner') ~= ARGV[2] or field(ARGV[1], 'state') ~= 'active' then return 0 end
letGo(ARGV[1])
redis.call('DEL', jobKey(ARGV[1]))
return 1
`);

/** ARGV: id, owner, error, delay until the retry or -1 for none. */
export const fail = script(`
local id, owner, text, delay = unpack(ARGV)
if field(id, 'owner') ~= owner or field(id, 'state') ~= 'active' then return 0 end
redis.call('HINCRBY', jobKey(id), 'failures', 1)
if tonumber(delay) < 0 then giveUp(id, text) return 1 end
redis.call('ZREM', active, id)
redis.call('HSET', jobKey(id), 'error', text)
letWait(id, now + tonumber(delay))
return 1
`);

/** ARGV: id, owner. For a job whose tick is gone: another may take it. Returns its slot. */
export const release = script(`
if field(ARGV[1], 'owner') ~= ARGV[2] or field(ARGV[1], 'state') ~= 'active' then return false end
redis.call('ZREM', active, ARGV[1])
redis.call('HINCRBY', jobKey(ARGV[1]), 'lost', 1)
letWait(ARGV[1], now)
return field(ARGV[1], 'slot')
`);

/** ARGV: id. Returns its slot, or nothing when it has not failed. */
export const retry = script(`
if field(ARGV[1], 'state') ~= 'failed' then return false end
redis.call('ZREM', failed, ARGV[1])
redis.call('HSET', jobKey(ARGV[1]), 'failures', 0, 'lost', 0)
redis.call('HDEL', jobKey(ARGV[1]), 'error', 'failedAt')
letWait(ARGV[1], now)
return field(ARGV[1], 'slot')
`);

/** ARGV: id. Returns its slot, or nothing when it runs or does not exist. */
export const remove = script(`
local state = field(ARGV[1], 'state')
if not state or state == 'active' then return false end
local slot = letGo(ARGV[1])
redis.call('DEL', jobKey(ARGV[1]))
return slot
`);

/** Returns due, delayed, active, failed, and when the oldest became due (-1: none waits). */
export const counts = script(`
local due = redis.call('ZCOUNT', waiting, '-inf', now)
local first = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')
local oldest = due > 0 and tonumber(first[2]) or -1
return {due, redis.call('ZCARD', waiting) - due, redis.call('ZCARD', active), redis.call('ZCARD', failed), oldest}
`);

/** ARGV: limit. The latest first. */
export const listFailed = script(`
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', failed, 0, ARGV[1] - 1)) do
  found[#found + 1] = {id, unpack(redis.call('HMGET', jobKey(id), 'data', 'failures', 'error', 'failedAt'))}
end
return found
`);

/** ARGV: grace. Returns slots whose jobs are overdue by more than that, and `{id, owner}` of jobs that run for longer. */
export const survey = script(`
local before, slots, running = now - ARGV[1], {}, {}
for i, id in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', before, 'LIMIT', 0, 200)) do slots[i] = field(id, 'slot') end
for i, id in ipairs(redis.call('ZRANGEBYSCORE', active, '-inf', before, 'LIMIT', 0, 200)) do running[i] = {id, field(id, 'owner')} end
return {slots, running}
`);
