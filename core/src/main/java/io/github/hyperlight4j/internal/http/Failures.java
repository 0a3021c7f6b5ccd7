package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.time.Duration;

/** Failures of an exchange, in sentences of our own: the client's would show the host's network. */
final class Failures {

    private final Url url;
    private final HttpSettings settings;
    private final Redaction redaction;

    Failures(Url url, HttpSettings settings, Redaction redaction) {
        this.url = url;
        this.settings = settings;
        this.redaction = redaction;
    }

    GuestHttpException notFound() {
        return failed(peer() + " was not found");
    }

    GuestHttpException connectFailed() {
        return failed("Connecting to " + peer() + " failed");
    }

    GuestHttpException connectTimedOut() {
        return timedOut("Connecting to " + peer() + " took longer than " + text(settings.connectTimeout()));
    }

    GuestHttpException tlsFailed(Exception e) {
        return failed("A secure connection with " + peer() + " failed: " + detail(e));
    }

    GuestHttpException proxyRefused(int status) {
        return failed("The proxy did not connect to " + server() + ": it answered with status " + status);
    }

    GuestHttpException noResponse() {
        return timedOut(server() + " did not answer within " + text(settings.responseTimeout()));
    }

    GuestHttpException invalidResponse(Exception e) {
        return failed(server() + " sent what is not a valid HTTP response: " + detail(e));
    }

    GuestHttpException closedEarly() {
        return failed(server() + " closed the connection before its response was complete");
    }

    GuestHttpException bodyStalled() {
        return timedOut(server() + " sent nothing more of its response within " + text(settings.responseTimeout()));
    }

    GuestHttpException bodyTooLarge() {
        return failed("The response of " + server() + " is larger than " + settings.responseSize()
                + ", the most that can be read");
    }

    GuestHttpException unexpected() {
        return failed("The exchange with " + server() + " failed");
    }

    private GuestHttpException failed(String message) {
        return GuestHttpException.failed(redaction.apply(message));
    }

    private GuestHttpException timedOut(String message) {
        return GuestHttpException.timedOut(redaction.apply(message));
    }

    private String server() {
        return Quoted.of(url.host().toString());
    }

    /** The host that we connect to. */
    private String peer() {
        return settings.proxy().isEmpty() ? server() : "the proxy";
    }

    private String detail(Exception e) {
        String message = e.getMessage();
        return Quoted.of(redaction.apply(message == null ? e.getClass().getSimpleName() : message));
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
