-- Looks at a resource without changing anything.
--
-- KEYS: the lock, the queue
-- Returns {0, value, ms left, s, us, waiters}, or nil if nobody holds it.
local held = redis.call('GET', KEYS[1])
if not held then
  return nil
end
local now = redis.call('TIME')
return {0, held, redis.call('PTTL', KEYS[1]), now[1], now[2], redis.call('LLEN', KEYS[2])}
