-- Tells whether the server may throw keys away that haven't ended, which would end locks.
--
-- KEYS: any lock, for its place in a Cluster
-- Returns the policy if it is a dangerous one, '' if not, nil if the server doesn't let this user know.
local info = redis.pcall('INFO', 'memory')
if type(info) ~= 'string' then
  return nil
end
local limit = string.match(info, 'maxmemory:(%d+)')
local policy = string.match(info, 'maxmemory_policy:([%w-]+)')
if not limit or not policy then
  return nil
end
return limit ~= '0' and policy ~= 'noeviction' and policy or ''
