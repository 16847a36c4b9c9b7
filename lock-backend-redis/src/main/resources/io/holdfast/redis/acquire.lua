-- Asks for a resource. Idempotent by the request's id.
--
-- ARGV: what the value of a new hold says after its token: lease in ms, id of the request, client; the lease once more; how long it
-- may wait in ms and the channel of its process, with a blank between them (empty: it may not wait; no channel: there is none yet);
-- life of the tokens in ms, if it is to be set
-- Returns the new token; 'token lease' of the hold that the client has already; '2' if it was withdrawn before, and nothing done;
-- or what describe() tells, beginning with '0 ' (refused) or '1 ' (queued).
--
-- One look tells whether anything is there at all: lock, queue, and the withdrawn, who count twice. So two besides the lock mean them.
local found = redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[5], KEYS[5])

-- A request's id has 16 digits.
local lease, id, client = ARGV[2], nil, nil
local held = false
if found > 0 then
  id, client = string.sub(ARGV[1], #lease + 2, #lease + 17), string.sub(ARGV[1], #lease + 19)
  held = redis.call('GET', KEYS[1])
  if found - (held and 1 or 0) >= 2 and redis.call('SISMEMBER', KEYS[5], id) == 1 then
    return '2'
  end
  if not held then
    -- The last holder's lease ran out, which runs no script: whoever comes first hands over.
    --#include hand-over.lua
    held = hand_over()
  end
end

if not held then
  --#include token.lua
  redis.call('SET', KEYS[1], 'holdfast1- ' .. token .. ' ' .. ARGV[1], 'PX', lease)
  if ARGV[4] then
    redis.call('PEXPIRE', KEYS[4], ARGV[4])
  end
  return token
end

-- Mostly it is somebody else's, as the end of the value tells at once.
if string.sub(held, -#client) == client then
  --#include lock.lua
  local sign, token, granted, claims, holder = parse(held)
  if holder == client then
    local shared = string.find(claims, id, 1, true) and claims or claims .. ',' .. id
    local longer = tonumber(lease) > tonumber(granted) and lease or granted
    redis.call('SET', KEYS[1], value(sign, token, longer, shared, client), 'PX', longer)
    return token .. ' ' .. longer
  end
end

--#include describe.lua

if ARGV[3] == '' then
  -- It may have been sent before, with time to wait: nothing of it must remain.
  --#include leave-queue.lua
  leave_queue(id, client)
  return describe('0', held)
end
local wait, channel = string.match(ARGV[3], '^(%d+) (.*)$')
if channel == '' then
  return describe('0', held)
end

-- Three hours keep a forgotten queue from staying for ever. Processes ask again for their waiters at least once an hour.
local QUEUE_TTL = '10800000'
local now = redis.call('TIME')
-- Rounded up, so that no wait ends here before it ends where it began. Numbers of up to 14 digits are written as they are.
local line = id .. ' ' .. now[1] * 1000 + math.ceil(now[2] / 1000) + wait .. ' ' .. lease .. ' ' .. channel
local waiters
if redis.call('HSETNX', KEYS[3], client, line) == 1 then
  waiters = redis.call('RPUSH', KEYS[2], client)
  if waiters == 1 then
    redis.call('PEXPIRE', KEYS[2], QUEUE_TTL)
    redis.call('PEXPIRE', KEYS[3], QUEUE_TTL)
  end
else
  -- The client waits already. A request that is known keeps its deadline; only its process may have moved.
  local lines, known = {}, false
  for other, deadline, asked, where in
    string.gmatch(redis.call('HGET', KEYS[3], client), '(%x+) (%d+) (%d+) (%S+)')
  do
    if other == id then
      known, where = true, channel
    end
    lines[#lines + 1] = other .. ' ' .. deadline .. ' ' .. asked .. ' ' .. where
  end
  if not known then
    lines[#lines + 1] = line
  end
  redis.call('HSET', KEYS[3], client, table.concat(lines, '\n'))
  redis.call('PEXPIRE', KEYS[2], QUEUE_TTL)
  redis.call('PEXPIRE', KEYS[3], QUEUE_TTL)
end
if string.sub(held, 1, 11) ~= 'holdfast1+ ' then
  --#include lock.lua
  if parse(held) then
    -- In place, which leaves the lease alone.
    redis.call('SETRANGE', KEYS[1], 9, '+')
  end
end
return describe('1', held, now, waiters)
