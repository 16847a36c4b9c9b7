-- Looks at a resource without changing anything.
--
-- KEYS: the lock, the queue
-- Returns what describe() tells, beginning with '0 ', or nil if nobody holds it.

--#include describe.lua

local held = redis.call('GET', KEYS[1])
return held and describe('0', held) or nil
