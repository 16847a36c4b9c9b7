package io.holdfast.benchmarks.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the metrics of the nodes of an etcd. */
final class EtcdGauge implements Gauge {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Pattern VERSION = Pattern.compile("\"etcdserver\":\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> nodes;

    /**
     * Asks nodes. Others of the same cluster have a part in its work that isn't counted.
     *
     * @param endpoints {@code host:port}, with commas between them
     */
    EtcdGauge(String endpoints) {
        nodes = List.of(endpoints.split(",", -1));
    }

    @Override
    public Reading read() {
        double requests = 0;
        double cpu = 0;
        double proposals = Double.NaN;
        for (String node : nodes) {
            String text = get(node, "/metrics");
            requests += sum(text, "grpc_server_msg_received_total");
            cpu += sum(text, "process_cpu_seconds_total");
            if (Double.isNaN(proposals)) {
                // What the nodes have agreed on is the same for all of them.
                proposals = sum(text, "etcd_server_proposals_committed_total");
            }
        }
        return new Reading(Double.NaN, requests, proposals, cpu * NANOS_PER_SECOND);
    }

    /** The version of the first node. */
    String version() {
        Matcher version = VERSION.matcher(get(nodes.get(0), "/version"));
        return version.find() ? version.group(1) : "unknown";
    }

    private String get(String node, String path) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://" + node + path)).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while it read " + path, stop);
        }
    }

    private static double sum(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
