-- Tells whether this user lacks the right to a command, and whether the server may throw keys away that haven't ended, which would
-- end locks. Changes nothing: the key is that of a resource without a name, which there is none.
--
-- A script that fails in the middle isn't taken back, and one that ends a hold has nobody to tell: so rights are looked at before.
-- Those that whoever asks for a resource hears of at once needn't be.
--
-- KEYS[1] a key that doesn't exist
-- ARGV: a channel to which nobody listens
-- Returns the dangerous policy or '', and the commands that are refused
local key, channel = KEYS[1], ARGV[1]
local commands = {
  {'EXISTS', key}, {'GET', key}, {'SET', key, '', 'XX', 'PX', 1}, {'SETRANGE', key, 0, ''}, {'DEL', key},
  {'PTTL', key}, {'PEXPIRE', key, 1}, {'TIME'}, {'LPOP', key}, {'LREM', key, 1, ''}, {'LLEN', key},
  {'HGET', key, ''}, {'HDEL', key, ''}, {'SISMEMBER', key, ''},
  {'XADD', key, 'NOMKSTREAM', 'MAXLEN', 0, '*', '', ''},
  {'PUBSUB', 'NUMSUB', channel}, {'PUBLISH', channel, ''}
}

-- Redis up to 7.0 says the one, newer ones the other; neither of them is what a user hears who may not touch this key.
local function is_refusal(message)
  return string.find(message, "can't run this command", 1, true) or string.find(message, 'permissions to run the', 1, true)
end

local function policy()
  local info = redis.pcall('INFO', 'memory')
  -- Not every user may know.
  if type(info) ~= 'string' then
    return ''
  end
  local limit = string.match(info, 'maxmemory:(%d+)')
  local name = string.match(info, 'maxmemory_policy:([%w-]+)')
  return limit and limit ~= '0' and name and name ~= 'noeviction' and name or ''
end

local answer = {policy()}
for _, command in ipairs(commands) do
  local reply = redis.pcall(unpack(command))
  if type(reply) == 'table' and reply.err and is_refusal(reply.err) then
    answer[#answer + 1] = command[1]
  end
end
return answer
