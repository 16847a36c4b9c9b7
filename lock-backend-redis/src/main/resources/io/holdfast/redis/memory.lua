-- Since when the server remembers what it granted, and how far its tokens have come. Included by others, never run alone.
--
-- KEYS[6] the memory     string without an end: the life's number, the server's time in ms when it was first met, whether a floor has
--                        been asked for in it (0 or 1), and what the server called itself
--
-- The key is lost with the locks: by a restart that keeps nothing, by FLUSHALL, by a copy from another server. Where it
-- survives with older data, after a restart that kept some or a fail-over, the server calls itself something else: each start
-- has a run id, each promotion a replication id. So each of these begins another life.

local function own_name()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  return run .. ' ' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end

local function keep(life)
  local born = string.format('%.0f', life.born)
  redis.call('SET', KEYS[6], life.number .. ' ' .. born .. ' ' .. life.raised .. ' ' .. life.name)
end

-- The present life: its number, the fresh one if it is met for the first time; its birth and its age in ms; whether it is raised.
local function present_life(fresh)
  local name, stamp = own_name(), redis.call('TIME')
  local now = stamp[1] * 1000 + math.floor(stamp[2] / 1000)
  local number, born, raised, known =
    string.match(redis.call('GET', KEYS[6]) or '', '^(%-?%d+) (%d+) ([01]) (.+)$')
  local life
  if known == name then
    life = {number = number, born = tonumber(born), raised = tonumber(raised), name = name}
  else
    life = {number = fresh, born = now, raised = 0, name = name}
    keep(life)
  end
  if life.born > now then
    -- The clock was set back: what is certain is counted from now on.
    life.born = now
    keep(life)
  end
  life.age = now - life.born
  return life
end

-- Whether one token is greater than another: milliseconds first, then the count.
local function greater(one, other)
  local ms, count = string.match(one, '^(%d+)%-(%d+)$')
  local other_ms, other_count = string.match(other, '^(%d+)%-(%d+)$')
  if ms ~= other_ms then
    return tonumber(ms) > tonumber(other_ms)
  end
  return tonumber(count) > tonumber(other_count)
end

local function last_token()
  if redis.call('EXISTS', KEYS[4]) == 1 then
    local stream = redis.call('XINFO', 'STREAM', KEYS[4])
    for i = 1, #stream, 2 do
      if stream[i] == 'last-generated-id' then
        return stream[i + 1]
      end
    end
  end
  return '0-0'
end

-- Makes the tokens to come greater than this one, if they aren't.
local function raise_tokens(token)
  if greater(token, last_token()) then
    redis.call('XADD', KEYS[4], 'MAXLEN', 0, token, '', '')
  end
end
