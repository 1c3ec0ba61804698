#!lua
-- Everything that changes the registration of an outside reader: a program that is no stage and must not be trimmed
-- past. Its hash holds count, the entries of the stream it is done with, as the checkpoint of a stage does; commit.lua
-- looks at it when it trims. Checks come first; Redis never rolls a script back.
-- Answers words; the first is restarted, fenced, damaged WHY, or what the verb says below.
--
-- KEYS  stream, hash of the reader, set of all outside readers, set of those that hold this stream, hash with the
--       position a program writes that has no group, place of the host
-- ARGV  verb, run id of the server the caller examined, name, time as text, owner of the place or '' for any, then what
--       the verb says below

local STREAM, READER, ALL, HOLDING, OFFSET, HOST = unpack(KEYS)
local VERB, RUN_ID, NAME, NOW, OWNER = unpack(ARGV)
local PAGE = 100
local TIME = '^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%dZ$'
local PART_MAX = '18446744073709551615'

local function type_of(key)
  return redis.call('TYPE', key)['ok']
end

local function fact(facts, name)
  for i = 1, #facts, 2 do
    if facts[i] == name then return facts[i + 1] end
  end
end

local function text(number)
  return string.format('%.0f', number)
end

local function field(name)
  return redis.call('HGET', READER, name) or ''
end

local function set(...)
  redis.call('HSET', READER, ...)
end

local function clear(key)
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do redis.call('HDEL', key, fields[i]) end
end

-- Ids are compared as text: Lua's numbers are too short for them.
local function is_less(number, other)
  if #number ~= #other then return #number < #other end
  return number < other
end

local function is_before(id, other)
  local time, sequence = string.match(id, '^(%d+)-(%d+)$')
  local other_time, other_sequence = string.match(other, '^(%d+)-(%d+)$')
  if time ~= other_time then return is_less(time, other_time) end
  return is_less(sequence, other_sequence)
end

-- What the stream is; a stream nobody appended to yet may be registered for.
local function facts_of_stream()
  if type_of(STREAM) == 'none' then
    return { length = 0, added = 0, last = '0-0', deleted = '0-0' }
  end
  local facts = redis.call('XINFO', 'STREAM', STREAM)
  return {
    length = fact(facts, 'length'), added = fact(facts, 'entries-added'),
    last = fact(facts, 'last-generated-id'), deleted = fact(facts, 'max-deleted-entry-id'),
  }
end

-- Where the reader stands: an id; whether it is done with all before that id only; and what is wrong with it.
local function standing(group)
  if group == '' then
    if type_of(OFFSET) == 'none' then return '0-0', false end
    if type_of(OFFSET) ~= 'hash' then
      return nil, false, OFFSET .. ' is a ' .. type_of(OFFSET) .. ', expected a hash'
    end
    local position = redis.call('HGET', OFFSET, 'position') or '0-0'
    local time, sequence = string.match(position, '^(%d+)-(%d+)$')
    if time and not is_less(PART_MAX, time) and not is_less(PART_MAX, sequence) then return position, false end
    return nil, false, 'position of ' .. OFFSET .. ' is "' .. string.sub(position, 1, 60) ..
      '", expected an id such as 1732-0'
  end
  local groups = type_of(STREAM) == 'stream' and redis.call('XINFO', 'GROUPS', STREAM) or {}
  for _, found in ipairs(groups) do
    if fact(found, 'name') == group then
      local pending = redis.call('XPENDING', STREAM, group, '-', '+', 1)
      if #pending > 0 then return pending[1][1], true end
      return fact(found, 'last-delivered-id'), false
    end
  end
  return nil, false, 'the consumer group ' .. group .. ' is not there'
end

local function trouble_of(stand, only_before, wrong, position, stream)
  if wrong then return wrong end
  if not only_before and is_before(stream.last, stand) then
    return 'its position ' .. stand .. ' is ahead of the stream, which ends at ' .. stream.last
  end
  if only_before and not is_before(position, stand) or is_before(stand, position) then
    return 'its position moved back to ' .. (only_before and 'before ' or '') .. stand .. ' from ' .. position ..
      ', what it was done with may be trimmed'
  end
end

-- register GROUP ON_STUCK RELEASE_SECONDS: starts at the oldest entry held. Answers registered COUNT, taken STREAM, or
-- refused WHY.
local function register()
  local group = ARGV[6]
  if redis.call('SISMEMBER', ALL, NAME) == 1 and field('released') == '' then return { 'taken', field('stream') } end
  local stream = facts_of_stream()
  local stand, only_before, wrong = standing(group)
  local trouble = trouble_of(stand, only_before, wrong, '0-0', stream)
  if trouble then return { 'refused', trouble } end
  local count = text(stream.added - stream.length)
  clear(READER)
  set('name', NAME, 'stream', STREAM, 'group', group, 'on_stuck', ARGV[7], 'release_seconds', ARGV[8],
    'position', '0-0', 'count', count, 'deleted', stream.deleted, 'registered', NOW, 'moved', NOW)
  redis.call('SADD', ALL, NAME)
  redis.call('SADD', HOLDING, NAME)
  return { 'registered', count }
end

-- What vanished before the reader was done with it, as far as it was seen: trimmed entries are counted at once, those
-- deleted one by one when the reader is through.
local function note_loss(stream, position, count)
  local gone = stream.added - stream.length - count
  if gone > 0 then
    set('lost', text((tonumber(field('lost')) or 0) + gone), 'lost_at', NOW, 'count', text(count + gone))
    count = count + gone
  end
  local deleted = field('deleted')
  if deleted ~= stream.deleted then
    if is_before(position, stream.deleted) then set('lost_to', stream.deleted, 'lost_at', NOW) end
    set('deleted', stream.deleted)
  end
  return count
end

-- Counts the entries between two ids, at most so many; answers how many, the last one, and whether these are all.
local function count_up_to(position, stand, only_before, count_max)
  local counted, at = 0, position
  local to = (only_before and '(' or '') .. stand
  while counted < count_max do
    local page = redis.call('XRANGE', STREAM, at == '0-0' and '-' or '(' .. at, to, 'COUNT', PAGE)
    counted = counted + #page
    if #page > 0 then at = page[#page][1] end
    if #page < PAGE then return counted, only_before and at or stand, true end
  end
  return counted, at, false
end

-- follow COUNT_MAX MARK IS_AWAITED IS_FIRST: counts what the reader was done with since the last time. MARK is how many
-- unread entries keep a stream from its low-water mark. Answers followed POSITION COUNT UNREAD HELD IS_ALL TROUBLE, or
-- gone.
local function follow()
  local count_max, mark, is_awaited, is_first = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] == '1', ARGV[9] == '1'
  local position, count = field('position'), tonumber(string.match(field('count'), '^%d+$') or '')
  if redis.call('SISMEMBER', HOLDING, NAME) == 0 then return { 'gone' } end
  if not count or not string.match(position, '^%d+-%d+$') then
    return { 'damaged', READER .. ' has no count or no position, expected those it was registered with' }
  end
  local stream = facts_of_stream()
  local stand, only_before, wrong = standing(field('group'))
  local trouble = trouble_of(stand, only_before, wrong, position, stream)
  if count > stream.added then trouble = STREAM .. ' was made anew since it was registered' end
  local was, is_all = position, true
  if not trouble then
    count = note_loss(stream, position, count)
    local counted
    counted, position, is_all = count_up_to(position, stand, only_before, count_max)
    count = count + counted
    if is_all and not only_before and stand == stream.last and count < stream.added then
      set('lost', text((tonumber(field('lost')) or 0) + stream.added - count), 'lost_at', NOW)
      count = stream.added
    end
    if position ~= was then set('position', position, 'count', text(count), 'moved', NOW) end
  end
  if field('trouble') ~= (trouble or '') then set('trouble', trouble or '') end
  local held, unread = string.match(field('held'), TIME) or '', stream.added - count
  local holds = (unread > mark or is_awaited) and unread > 0
  if held ~= '' and (not holds or position ~= was or is_first) then held = '' end
  if holds and held == '' then held = NOW end
  if held ~= field('held') then set('held', held) end
  return { 'followed', position, text(count), text(math.max(unread, 0)), held, is_all and '1' or '0', trouble or '' }
end

-- release COUNT: no longer waits for a reader that did not move from there. Answers released, or moved.
local function release()
  if redis.call('SISMEMBER', HOLDING, NAME) == 0 or field('count') ~= ARGV[6] then return { 'moved' } end
  redis.call('SREM', HOLDING, NAME)
  set('released', NOW, 'held', '')
  return { 'released' }
end

-- remove: forgets it. Answers removed, or unknown.
local function remove()
  if redis.call('SISMEMBER', ALL, NAME) == 0 then return { 'unknown' } end
  redis.call('SREM', HOLDING, NAME)
  redis.call('SREM', ALL, NAME)
  clear(READER)
  if type_of(OFFSET) == 'hash' then redis.call('HDEL', OFFSET, 'position') end
  return { 'removed' }
end

if not string.find(redis.call('INFO', 'server'), 'run_id:' .. RUN_ID, 1, true) then return { 'restarted' } end
if OWNER ~= '' and redis.call('HGET', HOST, 'owner') ~= OWNER then return { 'fenced' } end
for key, expected in pairs({ [STREAM] = 'stream', [READER] = 'hash', [ALL] = 'set', [HOLDING] = 'set' }) do
  local found = type_of(key)
  if found ~= expected and found ~= 'none' then
    return { 'damaged', key .. ' is a ' .. found .. ', expected a ' .. expected }
  end
end
for _, command in ipairs({ 'HSET', 'HDEL', 'SADD', 'SREM' }) do
  local key = (command == 'HSET' or command == 'HDEL') and READER or ALL
  if not redis.acl_check_cmd(command, key, 'name', command == 'HSET' and 'value' or 'other') then
    return { 'damaged', 'this user may not ' .. command .. ' ' .. key }
  end
end
return ({ register = register, follow = follow, release = release, remove = remove })[VERB]()
