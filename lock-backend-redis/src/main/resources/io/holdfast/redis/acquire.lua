-- Asks for a resource. Idempotent by the request's id.
--
-- ARGV: id of the request, client, lease in ms, how long it may wait in ms (0: not at all), channel of its process (empty if there
-- is none yet), life of the tokens in ms (0: leave it as it is)
-- Returns the new token; {token, lease} of the hold that the client has already; or {outcome, value, ms left, s, us, waiters} with
-- the outcome 0 (refused), 1 (queued) or 2 (withdrawn before, nothing done).
--
-- One look tells whether anything is there at all: lock, queue, and the withdrawn three times, so that three or more mean them.
local found = redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[4], KEYS[4], KEYS[4])
local id, client, lease = ARGV[1], ARGV[2], ARGV[3]

--#include lock.lua

local function begin()
  local token = next_token()
  redis.call('SET', KEYS[1], value('-', token, lease, id, client), 'PX', lease)
  if ARGV[6] ~= '0' then
    redis.call('PEXPIRE', KEYS[5], ARGV[6])
  end
  return token
end

if found == 0 then
  return begin()
end
if found >= 3 and redis.call('SISMEMBER', KEYS[4], id) == 1 then
  return {2}
end

local held = redis.call('GET', KEYS[1])
if not held then
  -- The last holder's lease ran out, which runs no script: whoever comes first hands over.
  held = hand_over()
  if not held then
    return begin()
  end
end

local sign, token, granted, claims, holder = parse(held)
if holder == client then
  local shared = string.find(claims, id, 1, true) and claims or claims .. ',' .. id
  local longer = tonumber(lease) > tonumber(granted) and lease or granted
  redis.call('SET', KEYS[1], value(sign, token, longer, shared, client), 'PX', longer)
  return {token, longer}
end

if ARGV[4] == '0' then
  -- It may have been sent before, with time to wait: nothing of it must remain.
  leave_queue(id, client)
  return describe(0, held)
end
if ARGV[5] == '' then
  return describe(0, held)
end

local now, stamp = time()
local line = id .. ' ' .. string.format('%.0f', now + ARGV[4]) .. ' ' .. lease .. ' ' .. ARGV[5]
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
  for other, deadline, asked, channel in
    string.gmatch(redis.call('HGET', KEYS[3], client), '(%x+) (%d+) (%d+) (%S+)')
  do
    if other == id then
      known, channel = true, ARGV[5]
    end
    lines[#lines + 1] = other .. ' ' .. deadline .. ' ' .. asked .. ' ' .. channel
  end
  if not known then
    lines[#lines + 1] = line
  end
  redis.call('HSET', KEYS[3], client, table.concat(lines, '\n'))
  redis.call('PEXPIRE', KEYS[2], QUEUE_TTL)
  redis.call('PEXPIRE', KEYS[3], QUEUE_TTL)
end
if sign == '-' then
  -- In place, which leaves the lease alone.
  redis.call('SETRANGE', KEYS[1], 9, '+')
end
return describe(1, held, stamp, waiters)
