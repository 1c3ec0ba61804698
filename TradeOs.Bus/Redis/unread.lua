-- Entries of a stream that a reader has not counted, at most all of them where its count cannot be believed: what is
-- trimmed by it is gone before the reader itself can say that its checkpoint was edited. A checkpoint without a checksum
-- is that of a program outside, or one that was put right by hand.
local function unread_by(key, added, length)
  local kept = redis.call('HMGET', key, 'position', 'count', 'written', 'silent', 'commit', 'digest', 'checksum')
  if kept[7] then
    for i = 1, 6 do kept[i] = kept[i] or '' end
    if redis.sha1hex(table.concat(kept, ' ', 1, 6)) ~= kept[7] then return length end
  end
  return added - (tonumber(kept[2] or '') or 0)
end
