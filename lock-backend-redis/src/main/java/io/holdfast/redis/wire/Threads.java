package io.holdfast.redis.wire;

/** Makes the few threads of a wire. */
final class Threads {
    private Threads() {}

    /** A daemon that inherits nothing of the thread that happens to need it first, whose application may be unloaded before. */
    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setContextClassLoader(Threads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }
}
