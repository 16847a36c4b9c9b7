-- What a caller may want to know of a hold: what came of its request, milliseconds left, server time in seconds and microseconds,
-- clients waiting, and the value, which may hold blanks. One text, since a list would cost more. A part of others, never run alone.
local function describe(outcome, held, now, waiters)
  now = now or redis.call('TIME')
  waiters = waiters or redis.call('LLEN', KEYS[2])
  -- Another program's key may last for longer than Lua writes out by itself.
  local left = string.format('%.0f', redis.call('PTTL', KEYS[1]))
  return outcome .. ' ' .. left .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. waiters .. ' ' .. held
end
