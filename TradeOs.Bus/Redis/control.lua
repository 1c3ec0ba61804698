#!lua
-- Sets the control flag, compared first: two operators at once both see what became of it.
-- Answers words: set, changed, restarted, or damaged WHY. Nothing was written unless it says set.
--
-- KEYS  the flag
-- ARGV  run id of the server the caller examined, text the caller has read ('' when there was none), text to set

if not string.find(redis.call('INFO', 'server'), 'run_id:' .. ARGV[1], 1, true) then return { 'restarted' } end

local type = redis.call('TYPE', KEYS[1])['ok']
if type ~= 'string' and type ~= 'none' then return { 'damaged', KEYS[1] .. ' is a ' .. type .. ', expected a text' } end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return { 'changed' } end
if not redis.acl_check_cmd('SET', KEYS[1], ARGV[3]) then
  return { 'damaged', 'this user may not SET ' .. KEYS[1] }
end

redis.call('SET', KEYS[1], ARGV[3])
return { 'set' }
