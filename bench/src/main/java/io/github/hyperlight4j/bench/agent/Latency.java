package io.github.hyperlight4j.bench.agent;

import java.time.Duration;
import java.util.Locale;

/**
 * How long a model takes, as a model of its own: so much for each turn, for each token that it reads and for each that it
 * writes.
 *
 * @param turnMillis the way there and back, and the wait for a free place
 * @param promptMillis reading a token
 * @param completionMillis writing a token
 */
record Latency(double turnMillis, double promptMillis, double completionMillis) {

    /** Round figures, chosen, not measured: a wait of 0.6 s, 5,000 tokens a second read, 67 written. */
    static final Latency HOSTED = new Latency(600, 0.2, 15);

    Duration of(long promptTokens, long completionTokens) {
        return Duration.ofNanos(
                Math.round(1e6 * (turnMillis + promptMillis * promptTokens + completionMillis * completionTokens)));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.0f ms a turn + %.1f ms a prompt token + %.0f ms a completion token",
                turnMillis,
                promptMillis,
                completionMillis);
    }
}
