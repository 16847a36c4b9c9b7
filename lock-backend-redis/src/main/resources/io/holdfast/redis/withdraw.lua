-- Takes a request back: out of the queue, or its claim from the hold that it was granted, which ends with its last claim. Idempotent.
--
-- ARGV: id of the request, client, how long a late copy of the request must do nothing in ms (0: there can be none); and whatever, if a
-- hold that it was granted is to be kept, and its lease begun anew
-- Returns 'token lease' of a hold that is kept; otherwise what describe() tells of the hold that is in such a request's way now, or nil.

--#include lock.lua
--#include describe.lua
--#include hand-over.lua
--#include leave-queue.lua

local id, client = ARGV[1], ARGV[2]
local held = redis.call('GET', KEYS[1])
local left = leave_queue(id, client)
if not held then
  held = hand_over()
end
if held and not left then
  local sign, token, lease, claims, holder = parse(held)
  if holder == client and string.find(claims, id, 1, true) then
    if ARGV[4] then
      redis.call('SET', KEYS[1], held, 'PX', lease)
      return token .. ' ' .. lease
    end
    local rest = {}
    for claim in string.gmatch(claims, '%x+') do
      if claim ~= id then
        rest[#rest + 1] = claim
      end
    end
    if #rest > 0 then
      held = value(sign, token, lease, table.concat(rest, ','), holder)
      redis.call('SET', KEYS[1], held, 'KEEPTTL')
    else
      held = sign == '+' and hand_over() or nil
      if not held then
        redis.call('DEL', KEYS[1])
      end
    end
  end
end
-- Last, since a server that is out of memory refuses it as the first write of a script.
if ARGV[3] ~= '0' then
  redis.call('SADD', KEYS[5], id)
  redis.call('PEXPIRE', KEYS[5], ARGV[3])
end
return held and describe('0', held) or nil
