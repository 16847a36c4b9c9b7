package io.holdfast.benchmarks.profile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** To whom a stack counts: to the innermost library on it, unless it is in a system call or in a thread of the JVM itself. */
final class Owner {
    static final String COMPILER = "the JVM's compiler";
    static final String JVM = "the collector and other threads of the JVM";
    static final String SOCKETS = "sockets";
    static final String WAKING = "parking and waking threads";
    static final String OTHERS = "others";

    private static final Map<String, String> LIBRARIES = libraries();
    private static final List<String> SOCKET_CALLS =
            List.of("sun/nio/ch/", "java/net/", "io/netty/channel/epoll/Native", "io/netty/channel/socket/nio/");
    private static final List<String> WAKING_CALLS = List.of(
            "jdk/internal/misc/Unsafe.park",
            "jdk/internal/misc/Unsafe.unpark",
            "jdk/internal/vm/Continuation",
            "java/lang/Thread.yield",
            "java/lang/Thread.sleep",
            "java/lang/Object.wait",
            "java/lang/Object.notify");

    private Owner() {}

    private static Map<String, String> libraries() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("io/holdfast/benchmarks/", "the benchmark");
        names.put("org/openjdk/jmh/", "the benchmark");
        names.put("io/holdfast/", "Holdfast");
        names.put("redis/clients/", "Jedis");
        names.put("org/redisson/", "Redisson");
        names.put("io/lettuce/", "Lettuce");
        names.put("org/springframework/", "Spring");
        names.put("io/netty/", "Netty");
        names.put("io/grpc/", "gRPC");
        names.put("com/google/protobuf/", "protobuf");
        names.put("io/etcd/", "jetcd");
        names.put("io/vertx/", "Vert.x");
        names.put("org/apache/curator/", "Curator");
        names.put("org/apache/zookeeper/", "ZooKeeper's client");
        names.put("org/apache/commons/pool2/", "Commons Pool");
        names.put("net/javacrumbs/", "ShedLock");
        names.put("com/google/common/", "Guava");
        names.put("com/github/benmanes/", "Caffeine");
        return names;
    }

    /**
     * Whose it is.
     *
     * @param stack the frames, the innermost last: Java's as {@code package/Class.method}
     */
    static String of(List<String> stack) {
        String innermost = null;
        for (int i = stack.size() - 1; i >= 0; i--) {
            String frame = stack.get(i);
            if (frame.startsWith("CompileBroker::")) {
                return COMPILER;
            }
            if (isJava(frame)) {
                if (innermost == null) {
                    innermost = frame;
                    if (SOCKET_CALLS.stream().anyMatch(frame::startsWith)) {
                        return SOCKETS;
                    }
                    if (WAKING_CALLS.stream().anyMatch(frame::startsWith)) {
                        return WAKING;
                    }
                }
                for (Map.Entry<String, String> library : LIBRARIES.entrySet()) {
                    if (frame.startsWith(library.getKey())) {
                        return library.getValue();
                    }
                }
            }
        }
        return innermost == null ? JVM : OTHERS;
    }

    /** The innermost method of Java's; without any, whose the stack is. */
    static String method(List<String> stack) {
        for (int i = stack.size() - 1; i >= 0; i--) {
            if (isJava(stack.get(i))) {
                return stack.get(i).replace('/', '.');
            }
        }
        return of(stack);
    }

    /** The kernel's and the JVM's own have no slash before a dot; what was allocated ends with a mark. */
    private static boolean isJava(String frame) {
        int slash = frame.indexOf('/');
        return slash > 0 && frame.indexOf('.', slash) > 0 && !frame.endsWith("_[k]") && !frame.endsWith("_[i]");
    }
}
