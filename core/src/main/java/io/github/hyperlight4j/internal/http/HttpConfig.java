package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.ByteSize;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How requests are made. See the application's {@code HttpSettings}.
 *
 * @param proxy the proxy, or {@code null} for none
 * @param tls what secures connections, or {@code null} for the JVM's default
 * @param connectTimeout for each address that is tried, and for TLS after that
 * @param responseTimeout for each wait of the guest: for a response, and for more of its body
 * @param requestSize the size of one request's body
 * @param responseSize the size of one response's body
 * @param concurrency how many requests can be open at once in a run
 */
public record HttpConfig(
        @Nullable HttpProxy proxy,
        @Nullable SSLContext tls,
        Duration connectTimeout,
        Duration responseTimeout,
        ByteSize requestSize,
        ByteSize responseSize,
        int concurrency) {

    /**
     * A proxy.
     *
     * @param uri scheme, host and port
     * @param user the user, if it wants one
     * @param password the user's password; empty without a user
     */
    public record HttpProxy(URI uri, @Nullable String user, String password) {
        /** Returns its address only. */
        @Override
        public String toString() {
            return uri.toString();
        }
    }
}
