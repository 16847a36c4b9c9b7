-- Gives a resource that nobody holds, or whose holder has just given it up, to the first client that waits, and tells its process.
-- Where nobody listens any more, the process is gone, and the next one's turn has come. A part of others, never run alone; keys and
-- values are those of lock.lua.
--
-- The channel 'own' is that of whoever asks, or nil: they are told by the answer and need not listen.
-- Returns the lock's new value, or nil if nobody waits; the old value is then still there. And what to tell whoever asks: token, lease
-- and the ids of their requests that were granted, each after a blank; or nil.
local function hand_over(own)
  local call = redis.call
  while true do
    local client = call('LPOP', KEYS[2])
    if not client then
      return nil
    end
    local place = call('HGET', KEYS[3], client)
    if place then
      call('HDEL', KEYS[3], client)
      --#include token.lua
      if string.sub(KEYS[4], -8) == '}:tokens' then
        -- A Cluster has such a key for each slot, which ends a day after its last use.
        call('PEXPIRE', KEYS[4], '86400000')
      end
      -- Not before the present: a wait that ends later than that isn't over.
      local moment = tonumber(string.match(token, '^%d+'))
      local lease, claims, told, others
      for id, deadline, asked, channel in string.gmatch(place, '(%x+) (%d+) (%d+) (%S+)') do
        local over = tonumber(deadline) <= moment
        if over then
          local now = call('TIME')
          over = tonumber(deadline) <= now[1] * 1000 + now[2] / 1000
        end
        if over then
          call('PUBLISH', channel, 'dropped ' .. id)
        elseif channel == own then
          told = told and told .. ' ' .. id or id
        elseif call('PUBSUB', 'NUMSUB', channel)[2] > 0 then
          -- It listens at this very server. The receivers that PUBLISH counts would tell as much, but too late: the message goes on
          -- to replicas and other nodes, where somebody may hear of a grant that was not made.
          others = others or {}
          others[#others + 1] = {id, channel}
        else
          over = true
        end
        if not over then
          claims = claims and claims .. ',' .. id or id
          lease = lease and tonumber(lease) >= tonumber(asked) and lease or asked
        end
      end
      if claims then
        local stamp = others and call('TIME')
        local held = 'holdfast1+ ' .. token .. ' ' .. lease .. ' ' .. claims .. ' ' .. client
        call('SET', KEYS[1], held, 'PX', lease)
        if others then
          local grant = ' ' .. token .. ' ' .. lease .. ' ' .. stamp[1] .. ' ' .. stamp[2]
          for _, request in ipairs(others) do
            call('PUBLISH', request[2], 'granted ' .. request[1] .. grant)
          end
        end
        return held, told and ' ' .. token .. ' ' .. lease .. ' ' .. told
      end
    end
  end
end
