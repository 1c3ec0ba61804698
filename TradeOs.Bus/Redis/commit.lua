#!lua
-- One commit, of one reader or of a chain of readers of which each reads what the one before it writes: every check
-- first, then only writes that cannot fail, because Redis never rolls a script back.
-- Answers one line: committed, already, fenced, control, full STREAM READER, outside STREAM, moved WHY, or damaged WHY.
-- Nothing was written unless it says committed.
--
-- KEYS  of each reader: checkpoint, state, control and input (a reader that has none of these names its checkpoint
--       instead), then for each output stream: the stream and its readers' checkpoints
-- ARGV  of each reader: one packed word, then those of the state to set (name, value ...): Redis' Lua hashes every byte
--       of a string each time it gets one, so what is long is not packed (decision 19).
--       The packed word is a MessagePack array of strings: epoch, owner, commit id, control, position, inputs, outputs,
--       silent, group ('' for an offset reader), streams; the checkpoint as this host left it (position count written
--       silent commit), how many keys its state has, digest of the state and checksum of the checkpoint to keep, where
--       the group stands (last id, entries read); how many of KEYS are the reader's, how many words of state to set
--       follow, how many keys of the state go, how many entries are acknowledged;
--       then for each stream: its MaxLength, how many entries it gets, how many readers it has;
--       then for each output: which stream, its id (* for one of Redis'), how many words, the words (name, value ...);
--       then the keys of the state that go; then the ids to acknowledge

-- The reader that is looked at or written for, and its next word; how many entries each stream gets by those looked at.
local given, keys, next_word
local gets = {}
local CHUNK = 1000
local LAST_IDS = '18446744073709551615-0'

-- include unread.lua

local function fact(facts, name)
  for i = 1, #facts, 2 do
    if facts[i] == name then return facts[i + 1] end
  end
end

local function number()
  next_word = next_word + 1
  return tonumber(given[next_word - 1])
end

-- An entry with one of the last ids is found before anything is written. One that was deleted again is found by the
-- first XADD to its stream, which nothing can make right.
local function exhausted(stream)
  return 'damaged ' .. stream .. ' holds the largest id there is, nothing can follow it'
end

local function type_of(key)
  return redis.call('TYPE', key)['ok']
end

-- What a key of another type answers to a read is an error, and a stream or hash that is not there is empty: only then
-- its type is asked for.
local function not_a(expected, key)
  local found = type_of(key)
  if found == 'none' then return 'damaged ' .. key .. ' is gone' end
  return 'damaged ' .. key .. ' is a ' .. found .. ', expected a ' .. expected
end

local function is_error(answer)
  return type(answer) == 'table' and answer['err']
end

local function length_of(stream)
  local length = redis.pcall('XLEN', stream)
  if is_error(length) or length == 0 and type_of(stream) ~= 'stream' then return nil end
  return length
end

-- Runs a command with `count` of the words from `first` on behind its key, and a group where it has one, a bounded number
-- at a time.
local function call_with_words(words, first, count, command, key, group)
  local last = first + count - 1
  for from = first, last, CHUNK do
    local to = math.min(from + CHUNK - 1, last)
    if group then
      redis.call(command, key, group, unpack(words, from, to))
    else
      redis.call(command, key, unpack(words, from, to))
    end
  end
end

-- Checks -----------------------------------------------------------------------------------------------------------

-- Answers why it cannot be written, or nothing and what the writes need to know.
-- link_before, link_behind  streams to the neighbours in a chain
local function check(link_before, link_behind)
  local checkpoint = redis.pcall('HMGET', keys[1], 'epoch', 'owner', 'commit', 'count', 'written', 'silent', 'position')
  if is_error(checkpoint) or not checkpoint[1] and type_of(keys[1]) ~= 'hash' then return not_a('hash', keys[1]) end
  if checkpoint[1] ~= given[1] or checkpoint[2] ~= given[2] then return 'fenced' end

  local counters = {}
  for i, name in ipairs({ 'count', 'written', 'silent' }) do
    local before = tonumber(checkpoint[3 + i] or '')
    if not before then return 'damaged ' .. keys[1] .. ' has no number in field \'' .. name .. '\'' end
    counters[i] = string.format('%.0f', before + given[5 + i])
  end

  local position, commit = checkpoint[7] or '', checkpoint[3] or ''
  local found = table.concat({ position, checkpoint[4], checkpoint[5], checkpoint[6], commit }, ' ')
  if found ~= given[11] then
    return 'damaged ' .. keys[1] .. ' was edited: position count written silent commit are "' .. found ..
      '", this host had committed "' .. given[11] .. '"'
  end
  if commit == given[3] then return 'already' end

  if keys[3] ~= keys[1] then
    local control_type = type_of(keys[3])
    if control_type ~= 'string' and control_type ~= 'none' then
      return 'damaged ' .. keys[3] .. ' is a ' .. control_type
    end
    if (redis.call('GET', keys[3]) or '') ~= given[4] then return 'control' end
  end

  local state_keys = redis.pcall('HLEN', keys[2])
  if is_error(state_keys) then return 'damaged ' .. keys[2] .. ' is a ' .. type_of(keys[2]) end
  if state_keys ~= tonumber(given[12]) then
    return 'damaged ' .. keys[2] .. ' has ' .. state_keys .. ' keys, this host had committed ' .. given[12]
  end
  if link_before then
    -- Entries that the chain did not write wait there and come first: each reader reads for itself.
    local facts = redis.pcall('XINFO', 'STREAM', link_before)
    if is_error(facts) then return 'damaged ' .. link_before .. ' is gone or not a stream' end
    if fact(facts, 'last-generated-id') ~= position then return 'outside ' .. link_before end
  elseif keys[4] ~= keys[1] and not length_of(keys[4]) then
    return 'damaged ' .. keys[4] .. ' is gone or not a stream'
  end

  -- A group that somebody moved, made anew or read in gave us other entries than the next ones: the reader is opened
  -- again, which puts it back, and nothing of this batch counts. The server may not know how many it delivered.
  if given[9] ~= '' then
    local last, read
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', keys[4])) do
      if fact(group, 'name') == given[9] then
        last, read = fact(group, 'last-delivered-id'), fact(group, 'entries-read')
      end
    end
    local stands = last and read and last .. ' ' .. string.format('%.0f', read)
    if not last then return 'moved ' .. keys[4] .. ' has no group ' .. given[9] end
    if stands and stands ~= given[15] or string.sub(given[15], 1, #last + 1) ~= last .. ' ' then
      return 'moved ' .. keys[4] .. ' group ' .. given[9] .. ' stands at ' .. last
    end
  end

  local streams, trims, next_key = {}, {}, 5
  for i = 1, tonumber(given[10]) do
    local stream, length_max, more, readers = keys[next_key], number(), number(), number()
    streams[i] = stream
    local length = length_of(stream)
    if not length then return 'damaged ' .. stream .. ' is gone or not a stream' end
    if stream ~= link_behind and #redis.call('XRANGE', stream, LAST_IDS, '+', 'COUNT', 1) > 0 then
      return exhausted(stream)
    end
    more = more + (gets[stream] or 0)
    gets[stream] = more
    -- XINFO carries the first and the last entry whole, and anybody may have appended one of 100 MB: it is asked for
    -- only when something is to be trimmed, and by a chain.
    if length + more > length_max then
      local facts = redis.call('XINFO', 'STREAM', stream)
      local added, unread, holder = fact(facts, 'entries-added'), 0, ''
      for reader = 1, readers do
        local key = keys[next_key + reader]
        local key_type = type_of(key)
        if key_type ~= 'hash' and key_type ~= 'none' then
          return 'damaged ' .. key .. ' is a ' .. key_type .. ', expected a hash'
        end
        local behind = unread_by(key, added, length)
        if behind > unread then unread, holder = behind, key end
      end
      -- Programs outside the pipeline that registered. One whose count is gone or cannot be has read nothing and is
      -- waited for; none can hold more than there is. These keys are named by what is in Redis, so KEYS has none of them.
      local outside = 'tradeos:outside:' .. stream
      local outside_type = type_of(outside)
      if outside_type ~= 'set' and outside_type ~= 'none' then
        return 'damaged ' .. outside .. ' is a ' .. outside_type .. ', expected a set'
      end
      for _, name in ipairs(redis.call('SMEMBERS', outside)) do
        local key = 'tradeos:checkpoint:outside:' .. name
        local behind = type_of(key) == 'hash' and math.min(unread_by(key, added, length), length) or length
        if behind > unread then unread, holder = behind, key end
      end
      if unread + more > length_max then return 'full ' .. stream .. ' ' .. holder end
      local keep = math.max(unread, length_max - more - math.floor(length_max / 10))
      if keep < length then trims[#trims + 1] = { stream, keep + more } end
    end
    next_key = next_key + 1 + readers
  end

  -- A command that is not permitted would end the script between two writes.
  local missing
  local function permit(command, key, ...)
    if not redis.acl_check_cmd(command, key, ...) then missing = { command, key } end
  end

  for _, stream in ipairs(streams) do permit('XADD', stream, '*', 'name', 'value') end
  for _, trim in ipairs(trims) do permit('XTRIM', trim[1], 'MAXLEN', '=', '1') end
  permit('HSET', keys[2], 'name', 'value')
  permit('HDEL', keys[2], 'name')
  permit('HSET', keys[1], 'name', 'value')
  if given[9] ~= '' then permit('XACK', keys[4], given[9], '0-0') end
  if missing then
    return redis.error_reply('NOPERM nothing was written, the user has no permissions to run the \'' ..
      string.lower(missing[1]) .. '\' command on the \'' .. missing[2] .. '\' key')
  end
  return nil, {
    given = given, keys = keys, next_word = next_word, counters = counters, streams = streams, trims = trims,
  }
end

-- Writes -----------------------------------------------------------------------------------------------------------

local function write(reader)
  given, keys, next_word = reader.given, reader.keys, reader.next_word
  local counters, streams, trims = reader.counters, reader.streams, reader.trims
  local last_ids = {}
  for _ = 1, tonumber(given[7]) do
    local stream, id, words = streams[tonumber(given[next_word])], given[next_word + 1], given[next_word + 2]
    local first = next_word + 3
    next_word = first + words
    local added = redis.pcall('XADD', stream, id, unpack(given, first, next_word - 1))
    if type(added) == 'table' then return exhausted(stream) end
    last_ids[stream] = added
  end

  for _, trim in ipairs(trims) do redis.call('XTRIM', trim[1], 'MAXLEN', '=', string.format('%.0f', trim[2])) end

  call_with_words(ARGV, reader.first_set, given[17], 'HSET', keys[2])
  call_with_words(given, next_word, given[18], 'HDEL', keys[2])
  call_with_words(given, next_word + given[18], given[19], 'XACK', keys[4], given[9])

  local kept = { 'commit', given[3], 'count', counters[1], 'written', counters[2], 'silent', counters[3],
    'digest', given[13], 'checksum', given[14] }
  if given[5] ~= '' then
    kept[#kept + 1] = 'position'
    kept[#kept + 1] = given[5]
  end
  for _, stream in ipairs(streams) do
    if last_ids[stream] then
      kept[#kept + 1] = 'last:' .. stream
      kept[#kept + 1] = last_ids[stream]
    end
  end
  redis.call('HSET', keys[1], unpack(kept))
end

local readers, first_key, first_word, link = {}, 1, 1, nil
while first_word <= #ARGV do
  given, next_word = cmsgpack.unpack(ARGV[first_word]), 20
  local next_first = first_key + given[16]
  -- A reader alone has all of them.
  keys = next_first > #KEYS and first_key == 1 and KEYS or { unpack(KEYS, first_key, next_first - 1) }
  local link_behind = KEYS[next_first + 3]
  local answer, reader = check(link, link_behind)
  if answer then return answer end
  reader.first_set = first_word + 1
  readers[#readers + 1], first_key, first_word, link = reader, next_first, reader.first_set + given[17], link_behind
end

for _, reader in ipairs(readers) do
  local answer = write(reader)
  if answer then return answer end
end
return 'committed'
