-- Raises the tokens of all holds to come, in one life of the server only. Idempotent; never lowers them.
--
-- ARGV: every later token is to be greater than this one (empty: leave them as they are), the number of the life in which that is
-- wanted, a number for the server's life should it be a new one
-- Returns {the last token, 1 if a floor has been asked for in this life or else 0, the life's number, its age in ms}

--#include lock.lua
--#include memory.lua

local life = present_life(ARGV[3])
if ARGV[1] ~= '' and life.number == ARGV[2] then
  raise_tokens(ARGV[1])
  if life.raised == 0 then
    life.raised = 1
    keep(life)
  end
end
return {last_token(), life.raised, life.number, life.age}
