package io.holdfast.redis.wire;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * What has kept commands of one connection from being carried out, and which. A command that is left to be sent again takes the later ones of its
 * key with it, even those that were answered, so that the server carries them out in order at last. Not thread-safe.
 */
final class Setbacks {
    // Rarely needed, so made when they are.
    private Map<Command, HostAndPort> asked = Map.of();
    private Map<Integer, HostAndPort> moved = Map.of();
    private Set<ByteBuffer> keys = Set.of();
    private Set<Command> left = Set.of();
    private @Nullable Failure obstacle;
    private boolean scriptsLost;

    boolean isEmpty() {
        return left.isEmpty() && obstacle == null;
    }

    /** What keeps commands from being carried out here and now, or null. */
    @Nullable
    Failure obstacle() {
        return obstacle;
    }

    /** Which slots have other nodes. */
    Map<Integer, HostAndPort> moved() {
        return moved;
    }

    /** Which commands are to be sent elsewhere this once, in order. */
    Map<Command, HostAndPort> asked() {
        return asked;
    }

    /** The commands that are to be sent again, in order. */
    Collection<Command> left() {
        return left;
    }

    /** Whether the server has forgotten its scripts. */
    boolean areScriptsLost() {
        return scriptsLost;
    }

    void loseScripts() {
        scriptsLost = true;
    }

    void hinderedBy(Failure failure) {
        obstacle = failure;
    }

    void movedTo(int slot, HostAndPort node) {
        moved = moved.isEmpty() ? new HashMap<>() : moved;
        moved.put(slot, node);
    }

    void askAt(Command command, HostAndPort node) {
        asked = asked.isEmpty() ? new LinkedHashMap<>() : asked;
        asked.put(command, node);
    }

    /** Whether they keep a command from counting as carried out: an earlier one of the same key is left. */
    boolean holdsBack(Command command) {
        return !keys.isEmpty() && keys.contains(command.key());
    }

    /** What was to be sent elsewhere is sent again in its turn, with the rest. */
    void forgetAsked() {
        asked = Map.of();
    }

    /** Leaves a command to be sent again, after all that are left already: also if it is one of these. */
    void leaveLast(Command command) {
        if (!left.isEmpty()) {
            left.remove(command);
        }
        leave(command);
    }

    /** Leaves a command to be sent again; after that the second time changes nothing. */
    void leave(Command command) {
        command.lost();
        if (left.isEmpty()) {
            left = new LinkedHashSet<>();
            keys = new HashSet<>();
        }
        left.add(command);
        keys.add(command.key());
    }
}
