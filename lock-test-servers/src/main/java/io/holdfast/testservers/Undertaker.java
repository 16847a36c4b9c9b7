package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends what this JVM has started, when it ends itself. An orderly end runs a shutdown hook. For all other ends, also
 * kill -9, there is a small shell script at the other end of a pipe: it is told of each process and folder, and when the
 * pipe breaks, it kills and removes what is still there.
 *
 * <p>Safe for use by several threads.
 */
final class Undertaker {
    /** Reads lines like "+ 123" and "- 123"; folders are its arguments. It must outlive a Ctrl-C to the whole group. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            pids=' '
            while read -r sign pid; do
              case $sign in
                +) pids="$pids$pid " ;;
                -) case $pids in *" $pid "*) pids="${pids%%" $pid "*} ${pids#*" $pid "}" ;; esac ;;
              esac
            done
            for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
            rm -rf -- "$@" || { sleep 1; rm -rf -- "$@"; } # a process that is about to die may still write
            """;

    private final Set<Process> children = ConcurrentHashMap.newKeySet();
    private final Writer pipe;

    /**
     * Begins to watch over this JVM.
     *
     * @param folders what to remove at its end
     */
    Undertaker(Path... folders) {
        this.pipe = startScript(folders);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endAll(folders), "test-servers-undertaker"));
    }

    private static Writer startScript(Path... folders) {
        ProcessBuilder script = new ProcessBuilder("sh", "-c", SCRIPT, "undertaker");
        for (Path folder : folders) {
            script.command().add(folder.toString());
        }
        try {
            return script.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .outputWriter(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void watch(Process child) {
        children.add(child);
        tell('+', child);
    }

    /** To be called when the child has ended, so that nobody else gets its number and is killed for it. */
    void forget(Process child) {
        if (children.remove(child)) {
            tell('-', child);
        }
    }

    private void tell(char sign, Process child) {
        try {
            synchronized (pipe) {
                pipe.write(sign + " " + child.pid() + "\n");
                pipe.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the script that watches over test servers has gone", e);
        }
    }

    private void endAll(Path... folders) {
        children.forEach(Process::destroyForcibly);
        children.forEach(child -> child.onExit().join());
        for (Path folder : folders) {
            Folders.remove(folder);
        }
    }
}
