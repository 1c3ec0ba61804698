-- Entries of a stream that a reader has not counted; all of them where that cannot be believed, because what is trimmed
-- by it is gone before anybody says what was edited. A checkpoint without a checksum is that of a program outside, or one
-- that was put right by hand.
local function unread_by(key, added, length)
  local kept = redis.call('HMGET', key, 'position', 'count', 'written', 'silent', 'commit', 'digest', 'checksum')
  if kept[7] then
    for i = 1, 6 do kept[i] = kept[i] or '' end
    if redis.sha1hex(key .. ' ' .. table.concat(kept, ' ', 1, 6)) ~= kept[7] then return length end
  end
  local count = tonumber(string.match(kept[2] or '', '^%d+$') or 0)
  return count > added and length or added - count
end
