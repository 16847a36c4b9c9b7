-- Tells whether this user lacks the right to a command, and whether the server may throw keys away that haven't ended, which would
-- end locks. Leaves nothing behind: the key is that of a resource without a name, which there is none.
--
-- A script that fails in the middle isn't taken back, and one that ends a hold has nobody to tell: so rights are looked at before.
--
-- KEYS[1] a key that doesn't exist
-- ARGV: a channel to which nobody listens; commands with their arguments that are sent outside of scripts
-- Returns the dangerous policy or '', and the commands that are refused
local key, channel = KEYS[1], ARGV[1]
local refused = {}

-- Redis up to 7.0 says the one, newer ones the other; neither of them is what a user hears who may not touch this key. The channel is
-- spoken of if it is the one that the user may not touch.
local function is_refusal(message)
  return string.find(message, "can't run this command", 1, true) or string.find(message, 'permissions to run the', 1, true)
    or string.find(message, 'channel', 1, true)
end

local function try(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err and is_refusal(reply.err) then
    refused[#refused + 1] = (...)
  end
  return reply
end

-- While there is a text under the key, commands that would put something else there change nothing, once they are permitted.
local set = try('SET', key, '', 'NX', 'PX', 1)
if type(set) == 'table' and set.ok then
  try('RPUSH', key, '')
  try('HSET', key, '', '')
  try('HSETNX', key, '', '')
  try('SADD', key, '')
end
try('EXISTS', key)
try('GET', key)
try('SETRANGE', key, 0, '')
try('PTTL', key)
try('PEXPIRE', key, 1)
try('DEL', key)
try('TIME')
try('LPOP', key)
try('LREM', key, 1, '')
try('LLEN', key)
try('HGET', key, '')
try('HDEL', key, '')
try('SISMEMBER', key, '')
try('XADD', key, 'NOMKSTREAM', 'MAXLEN', 0, '*', '', '')
try('PUBSUB', 'NUMSUB', channel)
try('PUBLISH', channel, '')

-- Redis before 7.0 can't be asked of what no script may do.
local function ask(...)
  local known, permitted = pcall(redis.acl_check_cmd, ...)
  if known and not permitted then
    refused[#refused + 1] = (...)
  end
end
if redis.acl_check_cmd then
  ask('SUBSCRIBE', channel)
  -- This script may have been loaded by somebody else.
  ask('SCRIPT', 'LOAD', '')
  for i = 2, #ARGV do
    local words = {}
    for word in string.gmatch(ARGV[i], '%S+') do
      words[#words + 1] = word
    end
    ask(unpack(words))
  end
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

return {policy(), unpack(refused)}
