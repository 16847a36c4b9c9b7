-- Draws the next fencing token, as the local 'token'. A part of others, never run alone.
--
-- KEYS[4] the tokens     empty stream whose last id is the last fencing token of this server (in Cluster: of this slot)
--
-- A stream's automatic id is the server's time, or the last id and one if the clock has been set back: a hybrid logical clock. It
-- grows while the state is kept and, since time goes on, mostly when it was lost as well. Callers make one number of its two, so
-- that the second must stay below 2^20: seven digits are too many, and time is put forward by a millisecond instead.
local token = redis.call('XADD', KEYS[4], 'MAXLEN', '0', '*', '', '')
if #token > 20 then
  token = string.format('%.0f-0', tonumber(string.match(token, '^%d+')) + 1)
  redis.call('XADD', KEYS[4], 'MAXLEN', '0', token, '', '')
end
