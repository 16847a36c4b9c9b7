package io.holdfast.redis.wire;

import redis.clients.jedis.HostAndPort;

/** The one server there is. */
final class FixedServer implements Placement {
    private final HostAndPort server;
    private final Opener opener;

    FixedServer(HostAndPort server, Opener opener) {
        this.server = server;
        this.opener = opener;
    }

    @Override
    public Session open(long nanos) throws Unreachable {
        return opener.open(server, nanos);
    }

    @Override
    public String name() {
        return server.toString();
    }

    @Override
    public boolean isReplaceable() {
        return false;
    }
}
