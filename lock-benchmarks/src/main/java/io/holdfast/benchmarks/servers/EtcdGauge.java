package io.holdfast.benchmarks.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Reads the metrics of an etcd node. */
final class EtcdGauge implements Gauge {
    private static final double NANOS_PER_SECOND = 1e9;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI metrics;

    /**
     * Asks the first of some nodes.
     *
     * @param endpoints {@code host:port}, with commas between them
     */
    EtcdGauge(String endpoints) {
        metrics = URI.create("http://" + endpoints.split(",", -1)[0] + "/metrics");
    }

    @Override
    public Reading read() {
        try {
            String text = http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return new Reading(
                    Double.NaN,
                    sum(text, "grpc_server_msg_received_total"),
                    sum(text, "etcd_server_proposals_committed_total"),
                    sum(text, "process_cpu_seconds_total") * NANOS_PER_SECOND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while it read metrics", stop);
        }
    }

    private static double sum(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
