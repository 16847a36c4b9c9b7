-- Ends a hold, whoever shares it, and hands the resource to the next client. Idempotent: a hold is ended once.
--
-- ARGV: what the lock's value is expected to say after its sign: token, lease, id of the request, client. Only token and client decide.
-- And the channel of the caller's process, if requests of it that are granted are to be told by the answer (none: by messages only)
-- Returns 0 if there is no such hold, 1 if this ended it and its claim was the expected one; otherwise a text of words: the ids of the
-- requests that shared the hold, or '=' for the expected one; then, if requests of this process were granted, token, lease and their
-- ids.
--
-- Who asks is there to be told, needs no message, and knows better than from a message when the lease has begun. An answer that is
-- lost has the caller ask for its waiters; one to a copy that comes late is lost, too. A token always comes with it, by which nothing
-- can be ended twice.
local held = redis.call('GET', KEYS[1])

-- Nobody waits, nearly always.
if held == 'holdfast1- ' .. ARGV[1] then
  redis.call('DEL', KEYS[1])
  return 1
end

--#include hand-over.lua

if not held then
  -- Its lease has run out; if somebody waits, it is their turn.
  hand_over()
  return 0
end
local sign, claims = '+', '='
if held ~= 'holdfast1+ ' .. ARGV[1] then
  --#include lock.lua
  local wanted, client = string.match(ARGV[1], '^(%d+%-%d+) %d+ %x+ (.+)$')
  local token, holder, _
  sign, token, _, claims, holder = parse(held)
  if holder ~= client or wanted ~= token then
    return 0
  end
end
local now_held, told
if sign == '+' then
  now_held, told = hand_over(ARGV[2])
end
if not now_held then
  redis.call('DEL', KEYS[1])
end
if told then
  return claims .. told
end
return claims == '=' and 1 or claims
