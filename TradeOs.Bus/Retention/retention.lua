#!lua flags=no-writes
-- What holds each stream, at one moment; for looking. Writes nothing.
--
-- KEYS  set of all outside readers, then for each stream: the stream and the checkpoints of its readers
-- ARGV  for each stream how many readers it has
--
-- XINFO carries the first and the last entry of a stream whole; only ids and numbers leave the server.

local function type_of(key)
  return redis.call('TYPE', key)['ok']
end

local function text(value)
  if type(value) == 'number' then return string.format('%.0f', value) end
  return type(value) == 'table' and value[1] or value or ''
end

local function hash_of(key)
  return type_of(key) == 'hash' and redis.call('HGETALL', key) or {}
end

local function facts_of(stream)
  local found, named = {}, {}
  local reply = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #reply, 2 do found[reply[i]] = reply[i + 1] end
  local names = { 'length', 'entries-added', 'first-entry', 'last-generated-id', 'max-deleted-entry-id' }
  for i, name in ipairs(names) do named[i] = text(found[name]) end
  named[#named + 1] = text(redis.call('MEMORY', 'USAGE', stream))
  return named
end

local next_key, streams = 2, {}
for i = 1, #ARGV do
  local stream, readers, holding = KEYS[next_key], {}, {}
  for reader = 1, tonumber(ARGV[i]) do
    local key = KEYS[next_key + reader]
    local fields = type_of(key) == 'hash' and redis.call('HMGET', key, 'position', 'count') or {}
    readers[reader] = { text(fields[1]), text(fields[2]) }
  end
  local outside = 'tradeos:outside:' .. stream
  if type_of(outside) == 'set' then holding = redis.call('SMEMBERS', outside) end
  streams[i] = { type_of(stream), type_of(stream) == 'stream' and facts_of(stream) or {}, readers, holding }
  next_key = next_key + 1 + tonumber(ARGV[i])
end

local outside = {}
if type_of(KEYS[1]) == 'set' then
  for i, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    outside[i] = { name, hash_of('tradeos:checkpoint:outside:' .. name) }
  end
end
return { streams, outside }
