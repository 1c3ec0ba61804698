#!lua
-- Resolves a dead letter, once: every check first, then only writes that cannot fail, because Redis never rolls a
-- script back. Nothing is trimmed and nothing is deleted.
-- Answers words: resolved ENTRY-ID, already RESOLUTION-ID, moved, restarted, or damaged WHY.
-- Nothing was written unless it says resolved.
--
-- KEYS  the stream of the letters; for a requeue also the stream that takes the entry
-- ARGV  run id of the server the caller examined, last id of the letters the caller has read, how many entries behind
--       that are looked through here;
--       how many words the resolution has, which of them becomes the id of the entry, the words (name, value ...; the
--       first pair names the letter); then the words of the entry

local LOOK, WORDS, PLACE = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

-- Checks -----------------------------------------------------------------------------------------------------------

if not string.find(redis.call('INFO', 'server'), 'run_id:' .. ARGV[1], 1, true) then return { 'restarted' } end

for _, stream in ipairs(KEYS) do
  local type = redis.call('TYPE', stream)['ok']
  if type ~= 'stream' then return { 'damaged', stream .. ' is a ' .. type .. ', expected a stream' } end
  local facts = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #facts, 2 do
    if facts[i] == 'last-generated-id' and string.sub(facts[i + 1], 1, 21) == '18446744073709551615-' then
      return { 'damaged', stream .. ' holds the largest id there is, nothing can follow it' }
    end
  end
  if not redis.acl_check_cmd('XADD', stream, '*', 'name', 'value') then
    return { 'damaged', 'this user may not XADD to ' .. stream }
  end
end

local since = redis.call('XRANGE', KEYS[1], '(' .. ARGV[2], '+', 'COUNT', LOOK)
if #since == LOOK then return { 'moved' } end
for _, entry in ipairs(since) do
  if entry[2][1] == ARGV[6] and entry[2][2] == ARGV[7] then return { 'already', entry[1] } end
end

-- Writes -----------------------------------------------------------------------------------------------------------

local resolution = { unpack(ARGV, 6, 5 + WORDS) }
local id = ''
if KEYS[2] then
  id = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 6 + WORDS))
  resolution[PLACE] = id
end
redis.call('XADD', KEYS[1], '*', unpack(resolution))
return { 'resolved', id }
