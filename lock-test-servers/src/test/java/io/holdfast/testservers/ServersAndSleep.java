package io.holdfast.testservers;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A process that starts servers, prints their numbers and folders, and is to be killed then. */
final class ServersAndSleep {
    private static @Nullable Object kept;

    private ServersAndSleep() {}

    /**
     * Starts the servers.
     *
     * @param arguments none
     */
    @SuppressWarnings("SystemOut") // because whoever started it reads it there
    public static void main(String[] arguments) {
        RedisServer redis = RedisServer.start();
        EtcdServer etcd = EtcdServer.builder().dataInMemory().start();
        redis.pause();
        kept = List.of(redis, etcd);
        System.out.println(redis.pid() + " " + etcd.pid() + " " + redis.folder().getParent() + " "
                + etcd.folder().getParent() + " " + kept.getClass().getSimpleName());
        while (true) {
            LockSupport.park();
        }
    }
}
