-- What the scripts share: the form of a lock's value, fencing tokens, the hand-over. Included by the others, never run alone.
--
-- A script runs alone on its server, so that everything in it is one step. Leases and waits are measured by that server's clock and
-- no other.
--
-- KEYS[1] the lock       string, set with PX: who holds the resource. It ends by itself when the lease does.
-- KEYS[2] the queue      list of the clients that wait, the first to come at its head
-- KEYS[3] the waiters    hash from each such client to its requests, one to a line
-- KEYS[4] the withdrawn  set of requests of which a late copy may still arrive and must do nothing
-- KEYS[5] the tokens     empty stream whose last id is the last fencing token of this server (in Cluster: of this slot)
--
-- A lock's value: 'holdfast1', a sign, and separated by blanks: the token, the lease in milliseconds, the ids of the requests that
-- share the hold, the client (which may itself hold blanks). Anything else was written by another program. The sign is '+' once
-- anybody has waited for the resource, '-' before: a release then needn't look for a queue.
--
-- A request's line: its id, the end of its wait in milliseconds of the server's time, its lease, the channel of its process.

-- Keeps a forgotten queue from staying for ever. Processes ask again for their waiters at least once an hour.
local QUEUE_TTL = 3 * 3600 * 1000

-- A stream's automatic id is the server's time, or the last id and one if the clock has been set back: a hybrid logical clock. It
-- grows while the state is kept and, since time goes on, mostly when it was lost as well. Callers make one number of its two, so
-- that the second must stay below 2^20: seven digits are too many, and time is put forward by a millisecond instead.
local function next_token()
  local id = redis.call('XADD', KEYS[5], 'MAXLEN', 0, '*', '', '')
  if #id > 20 then
    id = string.format('%.0f-0', tonumber(string.match(id, '^%d+')) + 1)
    redis.call('XADD', KEYS[5], 'MAXLEN', 0, id, '', '')
  end
  return id
end

local function value(sign, token, lease, claims, client)
  return 'holdfast1' .. sign .. ' ' .. token .. ' ' .. lease .. ' ' .. claims .. ' ' .. client
end

-- sign, token, lease, claims, client; nothing for a value of another program
local function parse(held)
  return string.match(held, '^holdfast1([+-]) (%d+%-%d+) (%d+) ([%x,]+) (.+)$')
end

-- Milliseconds, and the two strings that the server gives.
local function time()
  local now = redis.call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000), now
end

-- Whether a process listens to its channel at this very server. The receivers that PUBLISH counts would tell as much, but too late:
-- the message goes on to replicas and other nodes, where somebody may hear of a grant that was not made.
local function listens(channel)
  return redis.call('PUBSUB', 'NUMSUB', channel)[2] > 0
end

-- Gives a resource that nobody holds, or whose holder has just given it up, to the first client that waits, and tells its process.
-- Where nobody listens any more, the process is gone, and the next one's turn has come.
-- Returns the lock's new value, or nil if nobody waits; the old value is then still there.
local function hand_over()
  local now, stamp
  while true do
    local client = redis.call('LPOP', KEYS[2])
    if not client then
      return nil
    end
    local place = redis.call('HGET', KEYS[3], client)
    if place then
      redis.call('HDEL', KEYS[3], client)
      if not now then
        now, stamp = time()
      end
      local lease, live, claims = 0, {}, nil
      for id, deadline, asked, channel in string.gmatch(place, '(%x+) (%d+) (%d+) (%S+)') do
        if tonumber(deadline) <= now then
          redis.call('PUBLISH', channel, 'dropped ' .. id)
        elseif listens(channel) then
          live[#live + 1] = {id, channel}
          claims = claims and claims .. ',' .. id or id
          lease = math.max(lease, tonumber(asked))
        end
      end
      if claims then
        local token = next_token()
        local held = value('+', token, lease, claims, client)
        redis.call('SET', KEYS[1], held, 'PX', lease)
        for _, request in ipairs(live) do
          redis.call(
            'PUBLISH',
            request[2],
            'granted ' .. request[1] .. ' ' .. token .. ' ' .. lease .. ' ' .. stamp[1] .. ' ' .. stamp[2]
          )
        end
        return held
      end
    end
  end
end

-- Ends the present hold. Returns the lock's value afterwards, or nil.
local function end_hold(sign)
  local held = sign == '+' and hand_over() or nil
  if not held then
    redis.call('DEL', KEYS[1])
  end
  return held
end

-- Takes a request out of the queue; true if it was there.
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

-- What a caller may want to know of a hold: what came of its request, the value, milliseconds left, server time, clients waiting.
local function describe(outcome, held, now, waiters)
  now = now or redis.call('TIME')
  return {outcome, held, redis.call('PTTL', KEYS[1]), now[1], now[2], waiters or redis.call('LLEN', KEYS[2])}
end
