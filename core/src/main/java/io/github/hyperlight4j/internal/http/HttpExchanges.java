package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** The requests of one run. Used by the thread that runs it. */
public final class HttpExchanges implements GuestHttp, AutoCloseable {

    /** The number that no request has. */
    private static final int NO_REQUEST = 0;

    private final HttpAccess access;
    private final HttpSettings settings;
    private final Waiting waiting;
    private final ByteBudget received;
    private final Map<Integer, Exchange> open = new HashMap<>();
    private int begun;
    private long sent;
    /** Starts at random: a kept interpreter may hold a number of an earlier run, which must not name a request of this one. */
    private int last = ThreadLocalRandom.current().nextInt();

    HttpExchanges(HttpAccess access, Waiting waiting) {
        this.access = access;
        this.settings = access.settings();
        this.waiting = waiting;
        this.received = new ByteBudget(settings.totalResponseSize());
    }

    /** The waiting of a run's thread for what happens on another one. */
    @FunctionalInterface
    public interface Waiting {

        /**
         * Waits until a future is done, whatever its result.
         *
         * @param future what to wait for
         * @param nanoseconds how long at most
         * @return whether it is done
         * @throws RunEndedException if the run ends before
         */
        boolean await(CompletableFuture<?> future, long nanoseconds) throws RunEndedException;
    }

    @Override
    public int request(String method, String url, String fields) throws GuestHttpException {
        String verb = method.toUpperCase(Locale.ROOT);
        if (!HeaderRules.isToken(verb)) {
            throw GuestHttpException.refused("An HTTP method is a word like GET or POST: " + Quoted.of(method));
        }
        try {
            if (verb.equals("CONNECT") && fields.isEmpty() && !url.contains("/")) {
                access.allowList().checkConnection(Url.Authority.parse(url, false));
                return NO_REQUEST;
            }
            if (AllowRule.isForbidden(verb)) {
                throw GuestHttpException.refused("The method " + verb + " cannot be used from the sandbox");
            }
            return begin(verb, Url.parse(url), fields);
        } catch (Url.SyntaxException e) {
            throw GuestHttpException.refused(String.valueOf(e.getMessage()));
        }
    }

    private int begin(String method, Url url, String fields) throws GuestHttpException {
        AllowList.Allowed allowed = access.allowList().check(method, url);
        RequestFields requestFields = RequestFields.parse(fields, url);
        for (String other : requestFields.methods()) {
            access.allowList().check(other, url);
        }
        if (requestFields.destination() != null) {
            access.allowList().check(method, requestFields.destination());
        }
        if (open.size() >= settings.concurrency()) {
            throw GuestHttpException.failed("At most " + settings.concurrency()
                    + " requests can be open at once: read a response, and close it, before the next request");
        }
        if (begun >= settings.requests()) {
            throw GuestHttpException.refused("At most " + settings.requests() + " requests can be made in a run");
        }
        send((long) method.length() + url.pathAndQuery().length() + fields.length());
        Exchange exchange = new Exchange(access, waiting, method, url, requestFields, allowed, received);
        begun++;
        do {
            last++;
        } while (last == NO_REQUEST || open.containsKey(last));
        open.put(last, exchange);
        return last;
    }

    private void send(long bytes) throws GuestHttpException {
        if (bytes > settings.totalRequestSize().bytes() - sent) {
            throw GuestHttpException.refused("The requests of a run can have at most " + settings.totalRequestSize()
                    + " together, headers and bodies");
        }
        sent += bytes;
    }

    @Override
    public void sendBody(int request, ByteBuffer bytes) throws GuestHttpException {
        Exchange exchange = find(request);
        try {
            send(bytes.remaining());
            exchange.send(bytes);
        } catch (GuestHttpException e) {
            finish(request);
            throw e;
        }
    }

    @Override
    public Response respond(int request) throws GuestHttpException, RunEndedException {
        Exchange exchange = find(request);
        try {
            return exchange.respond();
        } catch (GuestHttpException e) {
            finish(request);
            throw e;
        }
    }

    @Override
    public byte[] receiveBody(int request, int count) throws GuestHttpException, RunEndedException {
        Exchange exchange = find(request);
        try {
            return exchange.receive(count);
        } catch (GuestHttpException e) {
            finish(request);
            throw e;
        }
    }

    @Override
    public void finish(int request) {
        Exchange exchange = open.remove(request);
        if (exchange != null) {
            exchange.close();
        }
    }

    private Exchange find(int request) throws GuestHttpException {
        Exchange exchange = open.get(request);
        if (exchange == null) {
            throw GuestHttpException.failed(
                    "There is no open request with the number " + Integer.toUnsignedString(request));
        }
        return exchange;
    }

    /** Ends all of them. Does not wait. */
    @Override
    public void close() {
        open.values().forEach(Exchange::close);
        open.clear();
    }
}
