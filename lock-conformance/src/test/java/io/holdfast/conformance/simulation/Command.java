package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.spi.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Something asked of the server, again and again until it is answered or time is up. */
final class Command<T> {
    private static final long ANSWER_WITHIN = 250 * World.MILLIS;
    private static final long GIVE_UP_AFTER = 900 * World.MILLIS;

    private final Session session;
    private final SimulatedProcess process;
    private final Supplier<String> what;
    private final AtServer<T> atServer;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final long begunAt;
    private T instead;
    private long sentAt;
    private Scheduler.Cancellable timer = () -> {};

    Command(Session session, Supplier<String> what, AtServer<T> atServer) {
        this.session = session;
        this.process = session.process();
        this.what = what;
        this.atServer = atServer;
        this.begunAt = process.read();
    }

    /** What the server does; it may be done more than once. */
    interface AtServer<T> {
        /**
         * Does it.
         *
         * @param link where the question came from
         * @param sentAt when it was sent, on the process's clock
         */
        T run(Link link, long sentAt);
    }

    /** Makes this one that is sent once, and then believed to be answered. */
    void sendOnce(T believed) {
        instead = believed;
    }

    CompletionStage<T> start() {
        if (session.isClosed()) {
            answer.completeExceptionally(LockBackendException.notApplied("the session is closed", null));
        } else {
            session.add(this);
            send();
        }
        return answer;
    }

    /** When the question was sent that was answered, on the process's clock. */
    long sentAt() {
        return sentAt;
    }

    void send() {
        timer.cancel();
        long sent = process.read();
        Link link = session.link();
        timer = process.schedule(() -> unanswered(link), ANSWER_WITHIN);
        link.toServer(what, () -> {
            T result = atServer.run(link, sent);
            link.toProcess(() -> "'" + result + "' to " + what.get(), () -> answered(sent, result));
        });
    }

    private void answered(long sent, T result) {
        if (session.remove(this)) {
            timer.cancel();
            sentAt = sent;
            answer.complete(result);
        }
    }

    private void unanswered(Link link) {
        if (instead != null) {
            answered(process.read(), instead);
        } else if (process.read() - begunAt >= GIVE_UP_AFTER) {
            fail();
        } else if (link == session.link()) {
            session.reconnect();
        } else {
            send();
        }
    }

    void fail() {
        if (session.remove(this)) {
            timer.cancel();
            answer.completeExceptionally(LockBackendException.outcomeUnknown("no answer to " + what.get(), null));
        }
    }

    /** Stops asking; the answer never comes. */
    void forget() {
        session.remove(this);
        timer.cancel();
    }
}
