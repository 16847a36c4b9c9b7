-- Accepts a fencing token unless a greater one was accepted before, and writes under it, as one step.
--
-- KEYS: the greatest token so far; and, for a write, what is to be written
-- ARGV: token, how long to remember it in ms (0: for ever); for a write, the value
-- Returns nil if it was accepted, otherwise the greater token.
--
-- Tokens have up to 19 digits, which is more than a Lua number keeps: they are compared as text, the longer one being the greater.
local token = ARGV[1]
local newest = redis.call('GET', KEYS[1])
if newest and (#newest > #token or (#newest == #token and newest > token)) then
  return newest
end
if ARGV[2] == '0' then
  redis.call('SET', KEYS[1], token)
else
  redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
end
if KEYS[2] then
  redis.call('SET', KEYS[2], ARGV[3])
end
return nil
