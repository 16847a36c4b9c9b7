package io.holdfast.redis.wire;

import io.holdfast.redis.wire.Failure.Cure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/** The Sentinels of a URI, asked one after the other; the one that answered last is asked first. */
final class Sentinels implements Primary.Finder {
    private static final byte[] GET = "GET-MASTER-ADDR-BY-NAME".getBytes(StandardCharsets.US_ASCII);

    private final List<HostAndPort> sentinels;
    private final String master;
    private final Opener opener;

    Sentinels(List<HostAndPort> sentinels, String master, Opener opener) {
        this.sentinels = new CopyOnWriteArrayList<>(sentinels);
        this.master = master;
        this.opener = opener;
    }

    @Override
    public HostAndPort find(long nanos) throws Unreachable {
        Unreachable why = null;
        Unreachable unheardOf = null;
        for (HostAndPort sentinel : sentinels) {
            try {
                HostAndPort primary = ask(sentinel, nanos / 2);
                sentinels.remove(sentinel);
                sentinels.add(0, sentinel);
                return primary;
            } catch (Unreachable e) {
                why = e;
                unheardOf = e.failure().cure() == Cure.NONE ? e : unheardOf;
            }
        }
        if (unheardOf != null) {
            throw unheardOf;
        }
        String reason = why == null ? "there is none" : why.getMessage();
        throw new Unreachable(new Failure(
                "no Sentinel tells where " + master + " is; the last one tried: " + reason, why, true, Cure.RECONNECT));
    }

    private HostAndPort ask(HostAndPort sentinel, long nanos) throws Unreachable {
        Session session = opener.open(sentinel, nanos);
        try {
            Object answer = session.ask(nanos, Protocol.Command.SENTINEL, GET, master.getBytes(StandardCharsets.UTF_8));
            if (answer instanceof List<?> address && address.size() == 2) {
                return new HostAndPort(text(address.get(0)), Integer.parseInt(text(address.get(1))));
            }
            throw new Unreachable(new Failure(
                    "the Sentinel at " + sentinel + " doesn't watch a primary named " + master,
                    answer instanceof Throwable error ? error : null,
                    true,
                    Cure.NONE));
        } catch (JedisException e) {
            throw new Unreachable(Failures.unreachable(sentinel.toString(), false, e));
        } finally {
            session.abort();
        }
    }

    private static String text(@Nullable Object bytes) {
        return bytes instanceof byte[] ascii ? new String(ascii, StandardCharsets.UTF_8) : String.valueOf(bytes);
    }

    @Override
    public boolean isElsewhere(Node node) {
        return false;
    }

    @Override
    public String name() {
        return master;
    }
}
