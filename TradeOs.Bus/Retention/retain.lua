#!lua
-- Takes away the oldest entries of a stream that are older, or take more memory, than it may keep; never one that a
-- reader has not read. A bounded number at a time. Answers words: restarted, fenced, or trimmed HOW-MANY
-- IS-MORE-DUE IS-HELD.
--
-- KEYS  stream, set of the outside readers that hold it, place of the host, checkpoints of its readers
-- ARGV  run id of the server the caller examined, first id to keep or '', bytes to keep or '', entries to take at most,
--       owner of the place, or '' for any

-- include unread.lua

local STREAM, HOLDING, HOST = KEYS[1], KEYS[2], KEYS[3]
local RUN_ID, FIRST_KEPT, BYTES_MAX, COUNT_MAX, OWNER = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]

if not string.find(redis.call('INFO', 'server'), 'run_id:' .. RUN_ID, 1, true) then return { 'restarted' } end
if OWNER ~= '' and redis.call('HGET', HOST, 'owner') ~= OWNER then return { 'fenced' } end
if redis.call('TYPE', STREAM)['ok'] ~= 'stream' then return { 'trimmed', '0', '0', '0' } end

local facts = redis.call('XINFO', 'STREAM', STREAM)
local length, added
for i = 1, #facts, 2 do
  if facts[i] == 'length' then length = facts[i + 1] end
  if facts[i] == 'entries-added' then added = facts[i + 1] end
end

local readers = { unpack(KEYS, 4) }
for _, name in ipairs(redis.call('SMEMBERS', HOLDING)) do
  readers[#readers + 1] = 'tradeos:checkpoint:outside:' .. name
end
local unread = 0
for _, key in ipairs(readers) do
  local behind = redis.call('TYPE', key)['ok'] == 'hash' and unread_by(key, added, length) or added
  unread = math.max(unread, behind)
end
local free = math.max(length - unread, 0)

local due = 0
if BYTES_MAX and length > 0 then
  local used = redis.call('MEMORY', 'USAGE', STREAM)
  if used > BYTES_MAX then due = math.ceil(length * (used - BYTES_MAX) / used) end
end
if FIRST_KEPT ~= '' then
  due = math.max(due, #redis.call('XRANGE', STREAM, '-', '(' .. FIRST_KEPT, 'COUNT', COUNT_MAX))
end

local now = math.min(due, free, COUNT_MAX)
if now > 0 then redis.call('XTRIM', STREAM, 'MAXLEN', '=', string.format('%.0f', length - now)) end
local is_held = due > now and free == now
local is_more = not is_held and (due > now or due == COUNT_MAX)
return { 'trimmed', string.format('%.0f', now), is_more and '1' or '0', is_held and '1' or '0' }
