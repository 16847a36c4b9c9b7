-- Ends a hold, whoever shares it, and hands the resource to the next client. Idempotent: a hold is ended once.
--
-- ARGV: token (empty: whichever hold the client has), client
-- Returns the ids of the requests that shared the hold if this ended it, 0 if there is no such hold.

--#include lock.lua

local held = redis.call('GET', KEYS[1])
if not held then
  -- Its lease has run out; if somebody waits, it is their turn.
  hand_over()
  return 0
end
local sign, token, _, claims, holder = parse(held)
if holder ~= ARGV[2] or (ARGV[1] ~= '' and ARGV[1] ~= token) then
  return 0
end
end_hold(sign)
return claims
