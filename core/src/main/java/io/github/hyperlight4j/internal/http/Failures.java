package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.GuestHttpException.Kind;
import io.github.hyperlight4j.internal.http.CheckedResolver.AddressRefusedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** Says what went wrong with an exchange: in sentences of our own, for the client's tell of the host's network. */
final class Failures {

    private final Url url;
    private final HttpConfig config;
    private final Redaction redaction;

    Failures(Url url, HttpConfig config, Redaction redaction) {
        this.url = url;
        this.config = config;
        this.redaction = redaction;
    }

    GuestHttpException of(IOException e) {
        return switch (e) {
            case AddressRefusedException refused -> Quoted.refused(String.valueOf(refused.getMessage()));
            case UnknownHostException _ -> failed(peer() + " was not found");
            case SocketTimeoutException _ ->
                timedOut("Connecting to " + peer() + " took longer than " + text(config.connectTimeout()));
            case ConnectException _ -> failed("Connecting to " + peer() + " failed");
            case NoRouteToHostException _ -> failed("Connecting to " + peer() + " failed");
            case SSLException tls -> failed("A secure connection with " + peer() + " failed: " + detail(tls));
            case ClientProtocolException protocol -> invalid(protocol);
            case MalformedChunkCodingException chunk -> invalid(chunk);
            case MessageConstraintException constraint -> invalid(constraint);
            case NoHttpResponseException _ -> closed();
            case ConnectionClosedException _ -> closed();
            case EOFException _ -> closed();
            case SocketException _ -> closed();
            default -> failed("The exchange with " + server() + " failed");
        };
    }

    GuestHttpException noResponse() {
        return timedOut(server() + " did not answer within " + text(config.responseTimeout()));
    }

    GuestHttpException bodyStalled() {
        return timedOut(server() + " sent nothing more of its response within " + text(config.responseTimeout()));
    }

    GuestHttpException bodyTooLarge() {
        return failed("The response of " + server() + " is larger than " + config.responseSize()
                + ", the most that can be read");
    }

    GuestHttpException proxyRefused(int status) {
        return failed("The proxy did not connect to " + server() + ": it answered with status " + status);
    }

    GuestHttpException unexpected() {
        return failed("The exchange with " + server() + " failed");
    }

    private GuestHttpException invalid(IOException e) {
        return failed(server() + " sent what is not a valid HTTP response: " + detail(e));
    }

    private GuestHttpException closed() {
        return failed(server() + " closed the connection before its response was complete");
    }

    private GuestHttpException failed(String message) {
        return new GuestHttpException(Kind.FAILED, redaction.apply(message));
    }

    private GuestHttpException timedOut(String message) {
        return new GuestHttpException(Kind.TIMED_OUT, redaction.apply(message));
    }

    private String server() {
        return Quoted.of(url.host().toString());
    }

    /** Whom we connect to. */
    private String peer() {
        return config.proxy() == null ? server() : "the proxy";
    }

    private String detail(Throwable e) {
        @Nullable String message = e.getMessage();
        return Quoted.of(redaction.apply(message == null ? e.getClass().getSimpleName() : message));
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
