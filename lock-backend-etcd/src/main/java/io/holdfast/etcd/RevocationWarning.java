package io.holdfast.etcd;

import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of servers whose deposed leaders may have leases revoked that their successors have renewed, which ends live holds:
 * <a href="https://github.com/etcd-io/etcd/issues/15247">etcd#15247</a>, mended in 3.4.31 and 3.5.13. A single node has no successor.
 */
final class RevocationWarning {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationWarning.class);
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}).*");
    private static final int MENDED_MAJOR = 3;
    private static final int MENDED_FIRST = 4;
    private static final int MENDED_FIRST_PATCH = 31;
    private static final int MENDED_SECOND = 5;
    private static final int MENDED_SECOND_PATCH = 13;

    private RevocationWarning() {}

    /** Asks in the background; who doesn't answer isn't warned of. */
    static void check(Store store) {
        CompletableFuture<?> unused = store.wire().cluster(store.answerNanos()).whenComplete((cluster, failure) -> {
            if (failure != null) {
                LOG.debug("etcd doesn't tell its version", failure);
            } else if (cluster.members() > 1 && isAffected(cluster.version())) {
                LOG.warn(
                        "etcd {} may revoke leases that are in use when its leader is replaced, and so end holds early:"
                                + " upgrade to 3.4.31, 3.5.13 or later (etcd#15247)",
                        cluster.version());
            }
        });
    }

    /** Whether a version is known to do it. */
    static boolean isAffected(String version) {
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return false;
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = Integer.parseInt(parts.group(2));
        int patch = Integer.parseInt(parts.group(3));
        if (major != MENDED_MAJOR || minor > MENDED_SECOND) {
            return major < MENDED_MAJOR;
        }
        return minor < MENDED_FIRST
                || (minor == MENDED_FIRST && patch < MENDED_FIRST_PATCH)
                || (minor == MENDED_SECOND && patch < MENDED_SECOND_PATCH);
    }
}
