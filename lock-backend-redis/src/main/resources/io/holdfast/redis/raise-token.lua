-- Raises the token of a hold, and with it those of all holds to come. Idempotent; never lowers one.
--
-- ARGV: the hold's token, its client, the wanted token, a number for the server's life should it be a new one
-- Returns {1 if there is such a hold or else 0, the life's number, its age in ms}

--#include lock.lua
--#include memory.lua

local held = redis.call('GET', KEYS[1]) or ''
local life = present_life(ARGV[4])
local sign, token, lease, claims, holder = parse(held)
if holder ~= ARGV[2] or (token ~= ARGV[1] and token ~= ARGV[3]) then
  return {0, life.number, life.age}
end
if greater(ARGV[3], token) then
  raise_tokens(ARGV[3])
  redis.call('SET', KEYS[1], value(sign, ARGV[3], lease, claims, holder), 'KEEPTTL')
end
return {1, life.number, life.age}
