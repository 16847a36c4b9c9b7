-- The form of a lock's value, and of what is told of it. A part of others, never run alone.
--
-- A script runs alone on its server, so that everything in it is one step. Leases and waits are measured by that server's clock and
-- no other.
--
-- KEYS[1] the lock       string, set with PX: who holds the resource. It ends by itself when the lease does.
-- KEYS[2] the queue      list of the clients that wait, the first to come at its head
-- KEYS[3] the waiters    hash from each such client to its requests, one to a line
-- KEYS[4] the tokens     see token.lua
-- KEYS[5] the withdrawn  set of requests of which a late copy may still arrive and must do nothing
--
-- A lock's value: 'holdfast1', a sign, and separated by blanks: the token, the lease in milliseconds, the ids of the requests that
-- share the hold, the client (which may itself hold blanks). Anything else was written by another program. The sign is '+' once
-- anybody has waited for the resource, '-' before: a release then needn't look for a queue.
--
-- A request's line: its id, the end of its wait in milliseconds of the server's time, its lease, the channel of its process.
--
-- A script spends most of its time on what it makes, functions too: so each makes only what it needs, where it needs it. What it is
-- given is made for it as well, so that one that is run often gets no key and no argument that it doesn't use.
local function value(sign, token, lease, claims, client)
  return 'holdfast1' .. sign .. ' ' .. token .. ' ' .. lease .. ' ' .. claims .. ' ' .. client
end

-- sign, token, lease, claims, client; nothing for a value of another program
local function parse(held)
  return string.match(held, '^holdfast1([+-]) (%d+%-%d+) (%d+) ([%x,]+) (.+)$')
end
