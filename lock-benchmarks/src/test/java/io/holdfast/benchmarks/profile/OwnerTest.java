package io.holdfast.benchmarks.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OwnerTest {
    @Test
    void theInnermostLibraryOwnsWhatTheJdkDoesForIt() {
        assertThat(owner("io/holdfast/core/LockManager.acquire;redis/clients/jedis/Connection.x;java/util/HashMap.put"))
                .isEqualTo("Jedis");
        assertThat(owner("redis/clients/jedis/Connection.x;io/holdfast/redis/wire/Link.serve;jbyte_arraycopy"))
                .isEqualTo("Holdfast");
    }

    @Test
    void aSystemCallIsNobodysLibrary() {
        assertThat(owner("io/holdfast/redis/wire/Link.serve;sun/nio/ch/SocketDispatcher.read0;read;tcp_recvmsg_[k]"))
                .isEqualTo(Owner.SOCKETS);
        assertThat(owner("io/holdfast/redis/wire/Link.serve;jdk/internal/misc/Unsafe.park;Parker::park;futex_wait_[k]"))
                .isEqualTo(Owner.WAKING);
    }

    @Test
    void theBenchmarkIsNotHoldfast() {
        assertThat(owner("io/holdfast/benchmarks/crew/CrowdJob$Visitor.run")).isEqualTo("the benchmark");
    }

    @Test
    void threadsOfTheJvmAreItsOwn() {
        assertThat(owner("start_thread;CompileBroker::compiler_thread_loop;Compile::Optimize"))
                .isEqualTo(Owner.COMPILER);
        assertThat(owner("start_thread;WorkerThread::run;G1ParTask::work")).isEqualTo(Owner.JVM);
    }

    @Test
    void whatIsAllocatedBelongsToWhoAllocates() {
        assertThat(owner("io/holdfast/core/LockManager.acquire;java.lang.String_[i]"))
                .isEqualTo("Holdfast");
        assertThat(owner("io/holdfast/core/LockManager.acquire;java/util/HashMap.put;java/util/HashMap$Node_[i]"))
                .isEqualTo("Holdfast");
    }

    @Test
    void aMethodIsTheInnermostOfJava() {
        assertThat(Owner.method(stack("a/B.c;java/util/HashMap.put;jbyte_arraycopy")))
                .isEqualTo("java.util.HashMap.put");
        assertThat(Owner.method(stack("start_thread;CompileBroker::compiler_thread_loop")))
                .isEqualTo(Owner.COMPILER);
    }

    private static String owner(String frames) {
        return Owner.of(stack(frames));
    }

    private static List<String> stack(String frames) {
        return List.of(frames.split(";", -1));
    }
}
