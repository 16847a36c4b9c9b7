package io.holdfast.conformance.history;

import io.holdfast.core.LockManager;
import io.holdfast.spi.LockBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is a process to the store: a recorded connection with a lock manager. After a crash it is another one. */
final class HammerConnection {
    private final String name;
    private final Supplier<LockBackend> connect;
    private final Consumer<String> journal;
    private final List<Incarnation> past = new ArrayList<>();
    private volatile Incarnation present;

    HammerConnection(String name, Supplier<LockBackend> connect, Consumer<String> journal) {
        this.name = name;
        this.connect = connect;
        this.journal = journal;
        this.present = newIncarnation();
    }

    private Incarnation newIncarnation() {
        String process = name + "." + past.size();
        Recorder recorder = new Recorder(process, System::nanoTime, journal);
        RecordingBackend backend = new RecordingBackend(connect.get(), recorder);
        LockManager manager = LockManager.builder(backend)
                .answerTimeout(HammerPlan.ANSWER_TIMEOUT)
                .build();
        Incarnation incarnation = new Incarnation(process, recorder, backend, manager);
        past.add(incarnation);
        return incarnation;
    }

    Incarnation present() {
        return present;
    }

    /** Called by one thread only. */
    void crash() {
        present.backend.crash();
        present = newIncarnation();
    }

    List<Call> calls() {
        return past.stream()
                .flatMap(incarnation -> incarnation.recorder.calls().stream())
                .toList();
    }

    void close() {
        past.forEach(incarnation -> incarnation.locks.close());
    }

    record Incarnation(String process, Recorder recorder, RecordingBackend backend, LockManager locks) {}
}
