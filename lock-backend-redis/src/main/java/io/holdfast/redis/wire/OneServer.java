package io.holdfast.redis.wire;

import java.util.List;

/** Every key is at the same server. */
final class OneServer implements Router {
    private final Link link;

    OneServer(Link link) {
        this.link = link;
    }

    @Override
    public void queue(Command command) {
        link.offer(command);
    }

    @Override
    public Link linkOf(byte[] key) {
        return link;
    }

    @Override
    public List<Link> links() {
        return List.of(link);
    }

    @Override
    public void close() {
        link.close();
    }
}
