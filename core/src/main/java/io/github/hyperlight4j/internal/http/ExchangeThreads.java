package io.github.hyperlight4j.internal.http;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads on which requests are made: not the run's own, which must be able to leave one behind. They are platform
 * threads, reused: looking a name up can keep a thread for long, and would keep a carrier of virtual threads.
 */
final class ExchangeThreads {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("hyperlight4j-http-", 1).daemon().factory());

    private ExchangeThreads() {}

    static void start(Runnable exchange) {
        THREADS.execute(exchange);
    }
}
