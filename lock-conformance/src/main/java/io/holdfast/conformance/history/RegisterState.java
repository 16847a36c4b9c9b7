package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lock of one resource as a register of holder and token. When a lease ends is only known as an interval, because
 * the moment at which a call took effect is.
 *
 * @param holder who holds the resource, or null if it is free
 * @param token the hold's token; 0 if it isn't known because the grant was never answered
 * @param leaseNanos the length of the lease
 * @param endsFrom the earliest moment at which the lease can end
 * @param endsBy the latest moment
 * @param greatest the greatest token known to have been granted
 */
record RegisterState(@Nullable String holder, long token, long leaseNanos, long endsFrom, long endsBy, long greatest) {
    static final RegisterState INITIAL = new RegisterState(null, 0, 0, 0, 0, 0);

    private static final long UNKNOWN_TOKEN = 0;

    RegisterState free() {
        return new RegisterState(null, 0, 0, 0, 0, greatest);
    }

    /**
     * The states in which the register may be between two moments: the hold may have expired, or must have.
     *
     * @param from the earliest moment that is meant
     * @param to the latest one
     * @param overhang how much longer than its lease a hold may last
     */
    List<RegisterState> between(long from, long to, long overhang) {
        if (holder == null || to < endsFrom) {
            return List.of(this);
        }
        return from > endsBy + overhang ? List.of(free()) : List.of(this, free());
    }

    /**
     * What a call makes of this state.
     *
     * @param call the call
     * @param from the earliest moment at which it takes effect
     * @param to the latest one
     * @return the states that it may leave; none if its answer can't have been given in this state
     */
    List<RegisterState> after(Call call, long from, long to) {
        return switch (call.kind()) {
            case ACQUIRE -> call.outcome() == Outcome.DONE ? granted(call, from, to) : perhapsGranted(call, from, to);
            case RELEASE -> told(call, names(call), free());
            case RENEW -> told(call, names(call), extended(leaseNanos, from, to));
            case WITHDRAW -> told(call, call.client().equals(holder), free());
            case INSPECT -> call.outcome() == Outcome.DONE ? seen(call) : only(holder == null);
            case VALID -> only(names(call));
        };
    }

    private List<RegisterState> granted(Call call, long from, long to) {
        if (holder == null) {
            return call.token() > greatest ? List.of(begun(call, call.token(), from, to)) : List.of();
        }
        List<RegisterState> same = seen(call);
        return same.isEmpty() ? same : List.of(same.get(0).extended(call.leaseNanos(), from, to));
    }

    private List<RegisterState> perhapsGranted(Call call, long from, long to) {
        if (holder == null) {
            return List.of(this, begun(call, UNKNOWN_TOKEN, from, to).endingFrom(from));
        }
        return holder.equals(call.client()) ? List.of(this, extended(call.leaseNanos(), from, to)) : List.of(this);
    }

    private RegisterState begun(Call call, long newToken, long from, long to) {
        return new RegisterState(
                call.client(),
                newToken,
                call.leaseNanos(),
                from + call.leaseNanos(),
                to + call.leaseNanos(),
                Math.max(greatest, newToken));
    }

    // A grant that nobody has got need not last: a store may count its lease from the last sign of life of who waited.
    private RegisterState endingFrom(long earliest) {
        return new RegisterState(holder, token, leaseNanos, earliest, endsBy, greatest);
    }

    private RegisterState extended(long lease, long from, long to) {
        long longer = Math.max(lease, leaseNanos);
        return new RegisterState(
                holder, token, longer, Math.max(endsFrom, from + longer), Math.max(endsBy, to + longer), greatest);
    }

    // Whoever sees a hold whose grant nobody saw learns its token for all others.
    private List<RegisterState> seen(Call call) {
        if (!call.client().equals(holder)) {
            return List.of();
        }
        if (token != UNKNOWN_TOKEN || call.token() == UNKNOWN_TOKEN) {
            return only(token == call.token() || call.token() == UNKNOWN_TOKEN);
        }
        if (call.token() <= greatest) {
            return List.of();
        }
        return List.of(new RegisterState(holder, call.token(), leaseNanos, endsFrom, endsBy, call.token()));
    }

    private boolean names(Call call) {
        return call.client().equals(holder)
                && (call.token() == UNKNOWN_TOKEN || token == UNKNOWN_TOKEN || token == call.token());
    }

    // A token that isn't known may or may not be the one that was named.
    private List<RegisterState> told(Call call, boolean applies, RegisterState changed) {
        boolean unsure = applies && token == UNKNOWN_TOKEN && call.token() != UNKNOWN_TOKEN;
        return switch (call.outcome()) {
            case DONE -> call.kind() == Kind.WITHDRAW && !applies ? List.of(this) : onlyIf(applies, changed);
            case NOTHING, FAILED -> only(!applies || unsure);
            case UNKNOWN -> applies ? both(changed) : List.of(this);
        };
    }

    private List<RegisterState> both(RegisterState changed) {
        List<RegisterState> states = new ArrayList<>(2);
        states.add(changed);
        states.add(this);
        return states;
    }

    private List<RegisterState> only(boolean possible) {
        return onlyIf(possible, this);
    }

    private static List<RegisterState> onlyIf(boolean possible, RegisterState state) {
        return possible ? List.of(state) : List.of();
    }
}
