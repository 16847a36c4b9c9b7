package io.holdfast.redis;

import java.nio.charset.StandardCharsets;
import redis.clients.jedis.util.JedisClusterCRC16;

/** For each slot of a Redis Cluster a short text that falls into it. Found by trying; kept for the life of the process. */
final class SlotTags {
    static final int SLOTS = 16_384;

    private final String[] tags = new String[SLOTS];

    private SlotTags() {
        int found = 0;
        for (int i = 0; found < SLOTS; i++) {
            String tag = Integer.toString(i, Character.MAX_RADIX);
            int slot = JedisClusterCRC16.getSlot(tag.getBytes(StandardCharsets.US_ASCII));
            if (tags[slot] == null) {
                tags[slot] = tag;
                found++;
            }
        }
    }

    private static final class Holder {
        static final SlotTags TAGS = new SlotTags();
    }

    static SlotTags get() {
        return Holder.TAGS;
    }

    String tagOf(int slot) {
        return tags[slot];
    }

    static int slotOf(byte[] key) {
        return JedisClusterCRC16.getSlot(key);
    }
}
