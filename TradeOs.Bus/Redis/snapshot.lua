#!lua flags=no-writes
-- Everything that moves, at one moment: facts of the streams, their groups, the checkpoints. Writes nothing.
--
-- KEYS  the streams, the checkpoints of the readers, the set of readers ever opened
-- ARGV  how many streams, how many pending ids of a group to name at most, then the names of the readers
--
-- XINFO carries the first and the last entry of a stream whole; only its facts leave the server.

local STREAMS, NAMED = tonumber(ARGV[1]), ARGV[2]
local READERS = #ARGV - 2

local function type_of(key)
  return redis.call('TYPE', key)['ok']
end

-- Numbers as whole numbers, nil as nothing.
local function text(value)
  if type(value) == 'number' then return string.format('%.0f', value) end
  return value or ''
end

local function facts(reply, ...)
  local found, named = {}, {}
  for i = 1, #reply, 2 do found[reply[i]] = reply[i + 1] end
  for i, name in ipairs({ ... }) do named[i] = text(found[name]) end
  return named
end

local function group_of(stream, group)
  local group_facts = facts(group, 'name', 'pending', 'last-delivered-id', 'entries-read', 'lag')
  local consumers, pending = {}, {}
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group_facts[1])) do
    consumers[#consumers + 1] = facts(consumer, 'name', 'pending')
  end
  for _, entry in ipairs(redis.call('XPENDING', stream, group_facts[1], '-', '+', NAMED)) do
    pending[#pending + 1] = entry[1]
  end
  return { group_facts, consumers, pending }
end

local streams, readers = {}, {}
for i = 1, STREAMS do
  local stream, kind = KEYS[i], type_of(KEYS[i])
  streams[i] = { kind, {}, {} }
  if kind == 'stream' then
    local groups = {}
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do groups[#groups + 1] = group_of(stream, group) end
    local reply = redis.call('XINFO', 'STREAM', stream)
    streams[i] = { kind, facts(reply, 'length', 'entries-added', 'last-generated-id', 'max-deleted-entry-id'), groups }
  end
end

local opened = KEYS[STREAMS + READERS + 1]
local is_set = type_of(opened) == 'set'
for i = 1, READERS do
  local key, values = KEYS[STREAMS + i], {}
  local kind = type_of(key)
  if kind == 'hash' then
    for j, value in ipairs(redis.call('HMGET', key, 'position', 'count', 'written', 'silent')) do values[j] = text(value) end
  end
  local was_opened = is_set and redis.call('SISMEMBER', opened, ARGV[2 + i]) or 0
  readers[i] = { kind, text(was_opened), values }
end

return { streams, readers }
