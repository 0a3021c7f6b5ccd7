package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.http.HttpConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of programs are made: those that an {@link AllowedDomain} allows. Immutable.
 *
 * {@snippet :
 * HttpSettings settings = HttpSettings.builder()
 *         .proxy(URI.create("http://proxy.example.com:3128"))
 *         .responseTimeout(Duration.ofSeconds(10))
 *         .build();
 * }
 *
 * Redirects are not followed on behalf of a program: it gets them, and Python's own libraries follow them, so that each hop
 * is a request like any other. Nothing is retried, decompressed or cached, no cookies are kept, and each request has a
 * connection of its own. The system properties for proxies are not used.
 *
 * <p>Requests are made with Apache HttpClient, whose loggers {@code org.apache.hc.client5.http.headers} and
 * {@code org.apache.hc.client5.http.wire} write headers, secret ones too, if they are set to {@code DEBUG}.
 */
public final class HttpSettings {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_CONCURRENT = 256;
    private static final HttpSettings DEFAULTS = builder().build();

    private final HttpConfig config;

    private HttpSettings(HttpConfig config) {
        this.config = config;
    }

    /** Returns the settings that hold when none are given: what a new {@link Builder} has. */
    public static HttpSettings defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns how long connecting may take. */
    public Duration connectTimeout() {
        return config.connectTimeout();
    }

    /** Returns how long a program waits for a response, or for more of its body. */
    public Duration responseTimeout() {
        return config.responseTimeout();
    }

    /** Returns the size of one request's body. */
    public ByteSize requestSize() {
        return config.requestSize();
    }

    /** Returns the size of one response's body. */
    public ByteSize responseSize() {
        return config.responseSize();
    }

    /** Returns how many requests a program can have open at once. */
    public int concurrency() {
        return config.concurrency();
    }

    HttpConfig config() {
        return config;
    }

    /** Makes {@link HttpSettings}. Not for use by several threads at once. */
    public static final class Builder {

        private @Nullable URI proxy;
        private @Nullable String proxyUser;
        private String proxyPassword = "";
        private @Nullable SSLContext tls;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration responseTimeout = Duration.ofSeconds(30);
        private ByteSize requestSize = ByteSize.ofMebibytes(10);
        private ByteSize responseSize = ByteSize.ofMebibytes(100);
        private int concurrency = 16;

        private Builder() {}

        /**
         * Sets the HTTP proxy through which every request goes. None if not called.
         *
         * <p>The proxy then looks names up and connects: which of a name's addresses may be reached is for it to decide,
         * and {@link AllowedDomain#withPrivateAddresses()} has no effect. Which URLs are allowed is checked here as without
         * one.
         *
         * @param proxy its scheme ({@code http}, or {@code https} to speak TLS with the proxy itself), host and port
         * @return this
         * @throws IllegalArgumentException if it is not such a URI
         */
        public Builder proxy(URI proxy) {
            String scheme = Objects.requireNonNull(proxy, "proxy").getScheme();
            if (scheme == null
                    || !scheme.toLowerCase(Locale.ROOT).matches("https?")
                    || proxy.getHost() == null
                    || proxy.getPort() < 1
                    || proxy.getPort() > 65535
                    || proxy.getRawUserInfo() != null
                    || !(proxy.getRawPath().isEmpty() || proxy.getRawPath().equals("/"))
                    || proxy.getRawQuery() != null
                    || proxy.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "A proxy is written like http://proxy.example.com:3128, without a user, path or query");
            }
            this.proxy = proxy;
            return this;
        }

        /**
         * Sets the user that the proxy asks for. None if not called.
         *
         * @param user the user
         * @param password the user's password
         * @return this
         */
        public Builder proxyCredentials(String user, String password) {
            this.proxyUser = Objects.requireNonNull(user, "user");
            this.proxyPassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * Sets what secures HTTPS: which authorities are trusted, and the client's certificates. The JVM's default if not
         * called. That a certificate is for the host in question is always verified.
         *
         * @param sslContext an initialised context
         * @return this
         */
        public Builder sslContext(SSLContext sslContext) {
            this.tls = Objects.requireNonNull(sslContext, "sslContext");
            return this;
        }

        /**
         * Sets how long connecting may take, for each address of the host that is tried, and once more for TLS. 10 seconds
         * if not called.
         *
         * @param connectTimeout more than zero, at most a day
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = inRange(connectTimeout, "connectTimeout");
            return this;
        }

        /**
         * Sets how long a program waits for a response, connecting included, and each time for more of its body; then it
         * gets a {@code TimeoutError}. 30 seconds if not called; a run's own end comes first in any case.
         *
         * @param responseTimeout more than zero, at most a day
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder responseTimeout(Duration responseTimeout) {
            this.responseTimeout = inRange(responseTimeout, "responseTimeout");
            return this;
        }

        /**
         * Sets the size of one request's body; a larger one fails. 10 MiB if not called. Bodies beyond 256 KiB are kept in a
         * temporary file until they are sent.
         *
         * @param requestSize the size
         * @return this
         */
        public Builder requestSize(ByteSize requestSize) {
            this.requestSize = Objects.requireNonNull(requestSize, "requestSize");
            return this;
        }

        /**
         * Sets the size of one response's body, as it is sent; reading beyond it fails. 100 MiB if not called.
         *
         * @param responseSize the size
         * @return this
         */
        public Builder responseSize(ByteSize responseSize) {
            this.responseSize = Objects.requireNonNull(responseSize, "responseSize");
            return this;
        }

        /**
         * Sets how many requests a program can have open at once: begun, and neither closed nor read to the end by a library
         * that closes then. 16 if not called.
         *
         * @param concurrency from 1 to 256
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder concurrency(int concurrency) {
            if (concurrency < 1 || concurrency > MOST_CONCURRENT) {
                throw new IllegalArgumentException(
                        "concurrency must be from 1 to " + MOST_CONCURRENT + ": " + concurrency);
            }
            this.concurrency = concurrency;
            return this;
        }

        /**
         * {@return the settings}
         *
         * @throws IllegalStateException if there are credentials for a proxy and no proxy
         */
        public HttpSettings build() {
            if (proxy == null && proxyUser != null) {
                throw new IllegalStateException("There are credentials for a proxy, and no proxy");
            }
            return new HttpSettings(new HttpConfig(
                    proxy == null ? null : new HttpConfig.HttpProxy(proxy, proxyUser, proxyPassword),
                    tls,
                    connectTimeout,
                    responseTimeout,
                    requestSize,
                    responseSize,
                    concurrency));
        }

        private static Duration inRange(Duration timeout, String name) {
            if (!Objects.requireNonNull(timeout, name).isPositive() || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(name + " must be more than zero and at most a day: " + timeout);
            }
            return timeout;
        }
    }
}
