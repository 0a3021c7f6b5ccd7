package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The requests of one run. Used by the thread that runs it. */
public final class HttpExchanges implements GuestHttp, AutoCloseable {

    private final HttpAccess access;
    private final Waiting waiting;
    private final Map<Integer, Exchange> open = new HashMap<>();
    /** Begins anywhere: a kept interpreter may hold a number of an earlier run, which must not name a request of this one. */
    private int last = ThreadLocalRandom.current().nextInt();

    HttpExchanges(HttpAccess access, Waiting waiting) {
        this.access = access;
        this.waiting = waiting;
    }

    @Override
    public int request(String method, String url, String fields) throws GuestHttpException {
        if (open.size() >= access.config().concurrency()) {
            throw Quoted.failed("At most " + access.config().concurrency()
                    + " requests can be open at once: read a response, and close it, before the next request");
        }
        String verb = method.toUpperCase(Locale.ROOT);
        if (!Fields.isToken(verb)) {
            throw Quoted.refused("An HTTP method is a word like GET or POST: " + Quoted.of(method));
        }
        if (AllowRule.isForbidden(verb)) {
            throw Quoted.refused("The method " + verb + " cannot be used from the sandbox");
        }
        Url parsed;
        try {
            parsed = Url.parse(url);
        } catch (UrlException e) {
            throw Quoted.refused(String.valueOf(e.getMessage()));
        }
        AllowList.Allowed allowed = access.allowList().check(verb, parsed);
        RequestFields requestFields = RequestFields.parse(fields, parsed);
        for (String other : requestFields.methods()) {
            access.allowList().check(other, parsed);
        }
        Exchange exchange = new Exchange(access, waiting, verb, parsed, requestFields, allowed);
        do {
            last++;
        } while (last == 0 || open.containsKey(last));
        open.put(last, exchange);
        return last;
    }

    @Override
    public void sendBody(int request, ByteBuffer bytes) throws GuestHttpException {
        Exchange exchange = find(request);
        try {
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
            throw Quoted.failed("There is no open request with the number " + Integer.toUnsignedString(request));
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
