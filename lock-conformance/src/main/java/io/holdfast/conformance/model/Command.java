package io.holdfast.conformance.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One step of a sequence. Times are in units of the fixture's shortest lease; requests are numbered by the sequence. */
sealed interface Command {
    /** Asks for a resource. */
    record Acquire(int request, String client, String resource, int lease, int timeout) implements Command {
        @Override
        public String java() {
            return String.format(
                    Locale.ROOT, ".acquire(%d, \"%s\", \"%s\", %d, %d)", request, client, resource, lease, timeout);
        }

        @Override
        public List<Command> simpler() {
            return Stream.<Command>of(
                            new Acquire(request, client, "x", lease, timeout),
                            new Acquire(request, "a", resource, lease, timeout),
                            new Acquire(request, client, resource, 1, timeout),
                            new Acquire(request, client, resource, lease, 0))
                    .filter(command -> !equals(command))
                    .toList();
        }
    }

    /** Sends a request once more. */
    record Again(int request) implements Command {
        @Override
        public String java() {
            return ".again(" + request + ")";
        }
    }

    /** Takes a request back. */
    record Withdraw(int request) implements Command {
        @Override
        public String java() {
            return ".withdraw(" + request + ")";
        }
    }

    /** Releases whatever a client holds. */
    record Release(String client, String resource) implements Command {
        @Override
        public String java() {
            return ".release(\"" + client + "\", \"" + resource + "\")";
        }
    }

    /** Releases the hold that a request was granted, which may have ended long ago. */
    record ReleaseHold(int request) implements Command {
        @Override
        public String java() {
            return ".releaseHold(" + request + ")";
        }
    }

    /** Renews whatever a client holds. */
    record Renew(String client, String resource) implements Command {
        @Override
        public String java() {
            return ".renew(\"" + client + "\", \"" + resource + "\")";
        }
    }

    /** Renews the hold that a request was granted, which may have ended long ago. */
    record RenewHold(int request) implements Command {
        @Override
        public String java() {
            return ".renewHold(" + request + ")";
        }
    }

    /** Looks at a resource. */
    record Inspect(String resource) implements Command {
        @Override
        public String java() {
            return ".inspect(\"" + resource + "\")";
        }
    }

    /** Lets time pass, in hundredths of a unit. */
    record Pass(int hundredths) implements Command {
        @Override
        public String java() {
            return ".pass(" + hundredths + ")";
        }

        @Override
        public List<Command> simpler() {
            return hundredths > 100 ? List.of(new Pass(hundredths - 100)) : List.of();
        }
    }

    /** The call of {@link Sequence} that makes this step. */
    String java();

    /** Steps that could stand here instead, each a little simpler. */
    default List<Command> simpler() {
        return List.of();
    }
}
