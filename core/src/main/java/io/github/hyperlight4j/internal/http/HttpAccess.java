package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.internal.thread.DaemonThreads;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The network that an application allows its programs. Immutable, cheap to make; used by several runs at once.
 *
 * <p>Requests are made on threads of their own, never the run's, which has to be able to abandon one. They are platform
 * threads, reused: looking a name up can block for long, and would keep a carrier of virtual threads.
 */
public final class HttpAccess {

    /** Exchanges that go on after their end, as a name's look-up may: at so many, no further one begins. */
    private static final int MAX_ABANDONED = 500;

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.http");
    private static final ExecutorService THREADS = DaemonThreads.pool("hyperlight4j-http-");
    private static final AtomicBoolean PREPARED = new AtomicBoolean();

    private final AllowList allowList;
    private final HttpSettings settings;
    private final CheckedResolver.NameLookup names;
    private final AtomicInteger abandoned = new AtomicInteger();
    private @Nullable HttpClients clients;

    /**
     * Makes access. The first one of a process that allows something begins, in the background, to load the client.
     *
     * @param rules the allow-list; of two entries with the same target the later one counts
     * @param settings how requests are made
     */
    public HttpAccess(Collection<AllowRule> rules, HttpSettings settings) {
        this(rules, settings, InetAddress::getAllByName);
        if (!rules.isEmpty() && PREPARED.compareAndSet(false, true)) {
            prepare();
        }
    }

    HttpAccess(Collection<AllowRule> rules, HttpSettings settings, CheckedResolver.NameLookup names) {
        this.allowList = new AllowList(rules);
        this.settings = settings;
        this.names = names;
    }

    private void prepare() {
        try {
            start(() -> {
                try {
                    clients();
                } catch (RuntimeException | Error e) {
                    PREPARED.set(false);
                    LOG.log(Level.DEBUG, "The HTTP client could not be prepared: the first request tries again", e);
                }
            });
        } catch (OutOfMemoryError e) {
            PREPARED.set(false);
            LOG.log(Level.DEBUG, "There is no thread to prepare the HTTP client: the first request does it", e);
        }
    }

    /**
     * {@return the host's side of one run's requests, for the run to close}
     *
     * @param waiting how the run's thread waits
     */
    public HttpExchanges open(HttpExchanges.Waiting waiting) {
        return new HttpExchanges(this, waiting);
    }

    AllowList allowList() {
        return allowList;
    }

    HttpSettings settings() {
        return settings;
    }

    CheckedResolver.NameLookup names() {
        return names;
    }

    /** Starts an exchange, or fails with {@link OutOfMemoryError} if there is no thread to be had. */
    static void start(Runnable exchange) {
        THREADS.execute(exchange);
    }

    boolean hasTooManyAbandoned() {
        return abandoned.get() >= MAX_ABANDONED;
    }

    /** Counts an exchange that is over for the guest and whose thread goes on. */
    void abandoned() {
        abandoned.incrementAndGet();
    }

    void abandonedEnds() {
        abandoned.decrementAndGet();
    }

    /** {@return the clients, on a thread of an exchange: making them takes long in a cold JVM} */
    synchronized HttpClients clients() {
        if (clients == null) {
            clients = new HttpClients(settings);
        }
        return clients;
    }
}
