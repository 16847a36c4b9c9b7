package io.holdfast.conformance.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ManualTime;
import io.holdfast.spi.AcquireRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
    private final ManualTime time = new ManualTime();
    private final List<String> lines = new ArrayList<>();

    @Test
    void whatWasWrittenLastOfACallCounts() {
        Recorder recorder = new Recorder("p", time, lines::add);
        OpenCall call = recorder.acquire(request(1));
        call.queued();
        call.end(Outcome.NOTHING);

        assertThat(Journal.read(lines)).isEqualTo(recorder.calls()).hasSize(1);
    }

    @Test
    void callsOfSeveralProcessesInOneJournalAreKeptApart() {
        Recorder first = new Recorder("p 0", time, lines::add);
        Recorder second = new Recorder("p 1", time, lines::add);
        first.acquire(request(1)).end(Outcome.NOTHING);
        second.acquire(request(2)).end(Outcome.FAILED);

        assertThat(Journal.read(lines))
                .containsExactly(first.calls().get(0), second.calls().get(0));
    }

    @Test
    void lineThatIsCutShortIsLeftOut() {
        Recorder recorder = new Recorder("p", time, lines::add);
        recorder.acquire(request(1));
        recorder.acquire(request(2)).end(Outcome.NOTHING);
        String last = lines.remove(lines.size() - 1);
        lines.add(last.substring(0, last.length() - 3));

        assertThat(Journal.read(lines)).extracting(Call::outcome).containsExactly(Outcome.UNKNOWN, Outcome.UNKNOWN);
    }

    private static AcquireRequest request(long id) {
        return new AcquireRequest(id, "a resource", "client " + id, 100, 5, 0);
    }
}
