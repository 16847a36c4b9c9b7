-- Takes a request out of the queue; true if it was there. A part of others, never run alone; keys are those of lock.lua.
local function leave_queue(id, client)
  local place = redis.call('HGET', KEYS[3], client)
  if not place then
    return false
  end
  local rest, left = {}, false
  for line in string.gmatch(place, '[^\n]+') do
    if string.sub(line, 1, #id) == id then
      left = true
    else
      rest[#rest + 1] = line
    end
  end
  if #rest > 0 then
    redis.call('HSET', KEYS[3], client, table.concat(rest, '\n'))
  else
    redis.call('HDEL', KEYS[3], client)
    redis.call('LREM', KEYS[2], 1, client)
  end
  return left
end
