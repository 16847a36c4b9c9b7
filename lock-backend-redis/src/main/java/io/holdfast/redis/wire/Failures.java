package io.holdfast.redis.wire;

import io.holdfast.redis.wire.Failure.Cure;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;

/** Says in plain words what a server or a connection answered. Servers tell their errors apart by the first word. */
final class Failures {
    /** Redis before 7.0 puts what a command inside a script answered at the end of its own text. */
    private static final Pattern INSIDE_SCRIPT = Pattern.compile("Error running script.*?-([A-Z]+) ");

    /** So Redis up to 7.0 tells what ACL rules forbid to a command inside a script; newer ones say NOPERM. */
    private static final String REFUSED_IN_SCRIPT = "The user executing the script can't ";

    private static final Pattern FAILED_TO_CONNECT = Pattern.compile("Failed to connect to (\\S+?)\\.?$");

    private Failures() {}

    /** An error that a server answered. */
    static Failure answered(String server, String what, JedisDataException error) {
        String text = String.valueOf(error.getMessage());
        String who = "Redis at " + server;
        String inQuotes = " (it answered to '" + what + "': " + text + ")";
        return switch (code(text)) {
            case "NOSCRIPT" -> refused(who + " has lost its scripts" + inQuotes, error, Cure.RELOAD);
            case "MOVED" -> refused(who + " doesn't serve the key's slot" + inQuotes, error, Cure.MOVED);
            case "ASK" -> refused(who + " is handing the key's slot over" + inQuotes, error, Cure.ASK);
            case "CROSSSLOT" ->
                refused(
                        who + " has the keys in different slots: write the resource's name in braces in the key"
                                + inQuotes,
                        error,
                        Cure.NONE);
            case "TRYAGAIN" -> refused(who + " is handing the key's slot over" + inQuotes, error, Cure.PAUSE);
            case "CLUSTERDOWN" ->
                refused(who + " says that the Cluster is down: see CLUSTER INFO" + inQuotes, error, Cure.PAUSE);
            case "LOADING" ->
                refused(who + " is still loading its data: try again later" + inQuotes, error, Cure.PAUSE);
            case "READONLY" ->
                refused(who + " is a read-only replica: connect to the primary" + inQuotes, error, Cure.RECONNECT);
            case "MASTERDOWN" ->
                refused(
                        who + " is a replica without its primary: connect to the primary" + inQuotes,
                        error,
                        Cure.RECONNECT);
            case "NOAUTH", "WRONGPASS" ->
                refused(who + " doesn't accept the credentials: check user and password" + inQuotes, error, Cure.NONE);
            case "NOPERM" ->
                new Failure(
                        who + " doesn't permit this to the user: check its ACL rules" + inQuotes,
                        error,
                        !text.contains("script: ") && !text.contains("running script"),
                        Cure.NONE);
            case "WRONGTYPE" ->
                refused(
                        who + " has something else under a key of the lock: use another key prefix" + inQuotes,
                        error,
                        Cure.NONE);
            case "OOM" -> refused(who + " is out of memory: raise maxmemory" + inQuotes, error, Cure.NONE);
            case "BUSY" ->
                refused(who + " is busy with a script that doesn't end: see SCRIPT KILL" + inQuotes, error, Cure.NONE);
            case "MISCONF" ->
                refused(
                        who + " refuses writes because it can't save its data: see its log" + inQuotes,
                        error,
                        Cure.NONE);
            case "NOREPLICAS" ->
                refused(
                        who + " refuses writes because it has too few replicas: see min-replicas-to-write" + inQuotes,
                        error,
                        Cure.NONE);
            default -> new Failure(who + " answered with an error" + inQuotes, error, false, Cure.NONE);
        };
    }

    /** An error that a server answered to the first words of a connection. */
    static Failure greeted(String server, JedisDataException error) {
        Failure answer = answered(server, "connect", error);
        String text = String.valueOf(error.getMessage());
        if (text.contains("max number of clients")) {
            return refused(
                    "Redis at " + server + " has as many clients as it takes: raise maxclients (" + text + ")",
                    error,
                    Cure.PAUSE);
        }
        if (text.contains("without any password configured")) {
            return refused(
                    "Redis at " + server + " has no password, but one was given: leave it out", error, Cure.NONE);
        }
        return refused(answer.message(), error, answer.cure());
    }

    /** A connection that could not be made. Nothing has been sent. */
    static Failure unreachable(String server, boolean tls, RuntimeException error) {
        String who = "Redis at " + named(server, error);
        Throwable handshake = find(SSLException.class, error);
        if (handshake != null) {
            return refused(
                    "the TLS handshake with " + who + " failed: check the certificates, and that the port speaks TLS ("
                            + handshake.getMessage() + ")",
                    error,
                    Cure.NONE);
        }
        if (find(UnknownHostException.class, error) != null) {
            return refused("the host of " + who + " is unknown", error, Cure.RECONNECT);
        }
        if (find(SocketTimeoutException.class, error) != null) {
            String hint = tls ? "; check that the port speaks TLS" : "";
            return refused("no connection to " + who + ": it doesn't answer" + hint, error, Cure.RECONNECT);
        }
        Throwable refusal = find(ConnectException.class, error);
        if (refusal != null) {
            return refused(
                    "no connection to " + who + ": is it running? (" + refusal.getMessage() + ")",
                    error,
                    Cure.RECONNECT);
        }
        return refused("no connection to " + who + ": " + error.getMessage(), error, Cure.RECONNECT);
    }

    /** A connection that broke before it was of any use. */
    static Failure broken(String server, RuntimeException error) {
        return refused(
                "Redis at " + server + " closed the connection without an answer: see its log (" + error.getMessage()
                        + ")",
                error,
                Cure.RECONNECT);
    }

    /** No answer to a command until its time was over. */
    static Failure unanswered(String server, String what, long millis, @Nullable Throwable cause) {
        return new Failure(
                "Redis at " + server + " did not answer '" + what + "' within " + millis + " ms",
                cause,
                true,
                Cure.NONE);
    }

    static Failure closed() {
        return new Failure("the connection to Redis has been closed", null, true, Cure.NONE);
    }

    /** The server of an application's client is known by Jedis's messages only. */
    private static String named(String server, RuntimeException error) {
        Matcher name = FAILED_TO_CONNECT.matcher(String.valueOf(error.getMessage()));
        return name.find() ? name.group(1) : server;
    }

    /** The first reason of a kind; Jedis puts those of connecting among the suppressed ones. */
    private static @Nullable Throwable find(Class<? extends Throwable> kind, @Nullable Throwable error) {
        if (error == null || kind.isInstance(error)) {
            return error;
        }
        for (Throwable suppressed : error.getSuppressed()) {
            Throwable found = find(kind, suppressed);
            if (found != null) {
                return found;
            }
        }
        return find(kind, error.getCause());
    }

    private static Failure refused(String message, Throwable cause, Cure cure) {
        return new Failure(message, cause, true, cure);
    }

    private static String code(String text) {
        Matcher inside = INSIDE_SCRIPT.matcher(text);
        if (inside.find()) {
            return inside.group(1);
        }
        if (text.contains(REFUSED_IN_SCRIPT)) {
            return "NOPERM";
        }
        int end = text.indexOf(' ');
        return end < 0 ? text : text.substring(0, end);
    }
}
