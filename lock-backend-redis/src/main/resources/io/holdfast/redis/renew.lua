-- Extends the leases of some holds to their full length. Revives none that has ended. All keys are locks of one server, or one slot.
--
-- KEYS: the locks
-- ARGV: for each a token (empty: whichever hold the client has) and a client
-- Returns for each the lease in ms, or 0 if there is no such hold.
local leases = {}
for i, key in ipairs(KEYS) do
  local held = redis.call('GET', key)
  local asked, client = ARGV[2 * i - 1], ARGV[2 * i]
  leases[i] = 0
  if held then
    local token, lease, holder = string.match(held, '^holdfast1[+-] (%d+%-%d+) (%d+) [%x,]+ (.+)$')
    if holder == client and (asked == '' or asked == token) then
      redis.call('PEXPIRE', key, lease)
      leases[i] = tonumber(lease)
    end
  end
end
return leases
