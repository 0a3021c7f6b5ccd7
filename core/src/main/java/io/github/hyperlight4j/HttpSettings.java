package io.github.hyperlight4j;

import java.net.PasswordAuthentication;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Settings for the requests that programs make to an {@link AllowedDomain}, and their limits. Immutable.
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

    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    private static final int MAX_CONCURRENCY = 256;
    private static final int MAX_REQUESTS = 1_000_000;
    private static final HttpSettings DEFAULTS = builder().build();

    private final @Nullable URI proxy;
    private final @Nullable String proxyUser;
    private final String proxyPassword;
    private final @Nullable SSLContext sslContext;
    private final Duration connectTimeout;
    private final Duration responseTimeout;
    private final ByteSize requestSize;
    private final ByteSize responseSize;
    private final int concurrency;
    private final int requests;
    private final ByteSize totalRequestSize;
    private final ByteSize totalResponseSize;

    private HttpSettings(Builder builder) {
        proxy = builder.proxy;
        proxyUser = builder.proxyUser;
        proxyPassword = builder.proxyPassword;
        sslContext = builder.sslContext;
        connectTimeout = builder.connectTimeout;
        responseTimeout = builder.responseTimeout;
        requestSize = builder.requestSize;
        responseSize = builder.responseSize;
        concurrency = builder.concurrency;
        requests = builder.requests;
        totalRequestSize = builder.totalRequestSize;
        totalResponseSize = builder.totalResponseSize;
    }

    /** Returns the default settings. */
    public static HttpSettings defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.proxy = proxy;
        builder.proxyUser = proxyUser;
        builder.proxyPassword = proxyPassword;
        builder.sslContext = sslContext;
        builder.connectTimeout = connectTimeout;
        builder.responseTimeout = responseTimeout;
        builder.requestSize = requestSize;
        builder.responseSize = responseSize;
        builder.concurrency = concurrency;
        builder.requests = requests;
        builder.totalRequestSize = totalRequestSize;
        builder.totalResponseSize = totalResponseSize;
        return builder;
    }

    /** Returns the proxy, if there is one. */
    public Optional<URI> proxy() {
        return Optional.ofNullable(proxy);
    }

    /** Returns the credentials for the proxy, if there are any. */
    public Optional<PasswordAuthentication> proxyCredentials() {
        return proxyUser == null
                ? Optional.empty()
                : Optional.of(new PasswordAuthentication(proxyUser, proxyPassword.toCharArray()));
    }

    /** Returns the TLS context; the JVM's default if empty. */
    public Optional<SSLContext> sslContext() {
        return Optional.ofNullable(sslContext);
    }

    /** Returns the time limit for connecting. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** Returns the time limit for a response, and for each further piece of its body. */
    public Duration responseTimeout() {
        return responseTimeout;
    }

    /** Returns the maximum size of one request's body. */
    public ByteSize requestSize() {
        return requestSize;
    }

    /** Returns the maximum size of one response's body. */
    public ByteSize responseSize() {
        return responseSize;
    }

    /** Returns the maximum number of requests that a program has open at once. */
    public int concurrency() {
        return concurrency;
    }

    /** Returns the maximum number of requests in a run. */
    public int requests() {
        return requests;
    }

    /** Returns the maximum size of all requests of a run. */
    public ByteSize totalRequestSize() {
        return totalRequestSize;
    }

    /** Returns the maximum size of all responses of a run. */
    public ByteSize totalResponseSize() {
        return totalResponseSize;
    }

    /** Makes {@link HttpSettings}. Not for use by several threads at once. */
    public static final class Builder {

        private @Nullable URI proxy;
        private @Nullable String proxyUser;
        private String proxyPassword = "";
        private @Nullable SSLContext sslContext;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration responseTimeout = Duration.ofSeconds(30);
        private ByteSize requestSize = ByteSize.ofMebibytes(10);
        private ByteSize responseSize = ByteSize.ofMebibytes(100);
        private int concurrency = 16;
        private int requests = 1000;
        private ByteSize totalRequestSize = ByteSize.ofMebibytes(100);
        private ByteSize totalResponseSize = ByteSize.ofMebibytes(1024);

        private Builder() {}

        /**
         * Sets the HTTP proxy for all requests. Default: none.
         *
         * <p>The proxy then looks names up and connects: it decides which of a name's addresses may be reached, and
         * {@link AllowedDomain#withPrivateAddresses()} has no effect. URLs are checked against the allow-list all the same.
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
         * Sets the credentials for the proxy. Default: none.
         *
         * @param user the user
         * @param password the password
         * @return this
         */
        public Builder proxyCredentials(String user, String password) {
            this.proxyUser = Objects.requireNonNull(user, "user");
            this.proxyPassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * Sets the TLS context: trusted CAs and client certificates. Default: the JVM's. A server's certificate must be for
         * its host in any case.
         *
         * @param sslContext an initialised context
         * @return this
         */
        public Builder sslContext(SSLContext sslContext) {
            this.sslContext = Objects.requireNonNull(sslContext, "sslContext");
            return this;
        }

        /**
         * Sets the time limit for connecting, to each address of the host that is tried, and once more for TLS. Default: 10
         * seconds.
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
         * Sets the time limit for a response, connecting included, and for each further piece of its body; then the program
         * gets a {@code TimeoutError}. Default: 30 seconds. The run's own time limit holds in any case.
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
         * Sets the maximum size of one request's body; a larger one fails with a {@code ConnectionError}. Default: 10 MiB.
         * Bodies beyond 256 KiB are kept in a temporary file until they are sent.
         *
         * @param requestSize the size
         * @return this
         */
        public Builder requestSize(ByteSize requestSize) {
            this.requestSize = Objects.requireNonNull(requestSize, "requestSize");
            return this;
        }

        /**
         * Sets the maximum size of one response's body, as it is sent; reading beyond it fails with a
         * {@code ConnectionError}. Default: 100 MiB.
         *
         * @param responseSize the size
         * @return this
         */
        public Builder responseSize(ByteSize responseSize) {
            this.responseSize = Objects.requireNonNull(responseSize, "responseSize");
            return this;
        }

        /**
         * Sets the maximum number of requests that a program has open at once: begun, and neither closed nor read to the end
         * by a library that closes then. A further one fails with a {@code ConnectionError}. Default: 16.
         *
         * @param concurrency from 1 to 256
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder concurrency(int concurrency) {
            if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
                throw new IllegalArgumentException(
                        "concurrency must be from 1 to " + MAX_CONCURRENCY + ": " + concurrency);
            }
            this.concurrency = concurrency;
            return this;
        }

        /**
         * Sets the maximum number of requests that a program makes in a run; a further one fails with a
         * {@code PermissionError}. Requests that are not allowed do not count. Default: 1000.
         *
         * @param requests from 1 to 1,000,000
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder requests(int requests) {
            if (requests < 1 || requests > MAX_REQUESTS) {
                throw new IllegalArgumentException("requests must be from 1 to " + MAX_REQUESTS + ": " + requests);
            }
            this.requests = requests;
            return this;
        }

        /**
         * Sets the maximum size of all requests of a run, headers and bodies; beyond it a request fails with a
         * {@code PermissionError}. Default: 100 MiB.
         *
         * @param totalRequestSize the size
         * @return this
         */
        public Builder totalRequestSize(ByteSize totalRequestSize) {
            this.totalRequestSize = Objects.requireNonNull(totalRequestSize, "totalRequestSize");
            return this;
        }

        /**
         * Sets the maximum size of all responses of a run, as the connections carry them: headers, and what TLS adds, included;
         * beyond it a request fails with a {@code PermissionError}. Default: 1024 MiB.
         *
         * @param totalResponseSize the size
         * @return this
         */
        public Builder totalResponseSize(ByteSize totalResponseSize) {
            this.totalResponseSize = Objects.requireNonNull(totalResponseSize, "totalResponseSize");
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
            return new HttpSettings(this);
        }

        private static Duration inRange(Duration timeout, String name) {
            if (!Objects.requireNonNull(timeout, name).isPositive() || timeout.compareTo(MAX_TIMEOUT) > 0) {
                throw new IllegalArgumentException(name + " must be more than zero and at most a day: " + timeout);
            }
            return timeout;
        }
    }
}
