package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.http.HttpConfig.HttpProxy;
import java.net.InetAddress;
import java.util.Collection;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.routing.DefaultProxyRoutePlanner;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * What an application allows its programs of the network, and how requests are made. Immutable, cheap to make; used by
 * several runs at once.
 *
 * <p>Runs share nothing but the TLS context. Each exchange has a client and a connection of its own: a connection that was
 * kept would have to be known to belong to the same secrets, the same checked address and the same run.
 */
public final class HttpAccess {

    private static final int LONGEST_LINE = 32 * 1024;
    private static final int MOST_FIELDS = 300;
    private static final int BUFFER = 32 * 1024;

    private static final Http1Config HTTP1 = Http1Config.custom()
            .setMaxLineLength(LONGEST_LINE)
            .setMaxHeaderCount(MOST_FIELDS)
            .setBufferSize(BUFFER)
            .build();

    private static final ManagedHttpClientConnectionFactory CONNECTIONS = ManagedHttpClientConnectionFactory.builder()
            .http1Config(HTTP1)
            .responseParserFactory(new DefaultHttpResponseParserFactory(HTTP1) {
                @Override
                public HttpMessageParser<ClassicHttpResponse> create() {
                    return new WholeHeadParser(HTTP1);
                }
            })
            .build();

    private final AllowList allowList;
    private final HttpConfig config;
    private final NameLookup names;
    private final Lookup<TlsSocketStrategy> tls;

    /**
     * Makes access.
     *
     * @param rules what is allowed; of two with the same target the later one counts
     * @param config how requests are made
     */
    public HttpAccess(Collection<AllowRule> rules, HttpConfig config) {
        this(rules, config, InetAddress::getAllByName);
    }

    HttpAccess(Collection<AllowRule> rules, HttpConfig config, NameLookup names) {
        this.allowList = new AllowList(rules);
        this.config = config;
        this.names = names;
        DefaultClientTlsStrategy strategy = config.tls() == null
                ? DefaultClientTlsStrategy.createDefault()
                : new DefaultClientTlsStrategy(config.tls());
        this.tls = RegistryBuilder.<TlsSocketStrategy>create()
                .register("https", strategy)
                .build();
    }

    /**
     * {@return what answers one run's requests, for the run to close}
     *
     * @param waiting how the run's thread waits
     */
    public HttpExchanges open(Waiting waiting) {
        return new HttpExchanges(this, waiting);
    }

    AllowList allowList() {
        return allowList;
    }

    HttpConfig config() {
        return config;
    }

    /** {@return a client for one exchange with one host} */
    CloseableHttpClient client(Host host, boolean privateAddresses, ExchangeSockets sockets) {
        HttpProxy proxy = config.proxy();
        DnsResolver resolver = proxy == null
                ? new CheckedResolver(host, privateAddresses, names)
                : SystemDefaultDnsResolver.INSTANCE; // For the proxy's own name.
        BasicHttpClientConnectionManager connections = new BasicHttpClientConnectionManager(
                new DefaultHttpClientConnectionOperator(sockets, DefaultSchemePortResolver.INSTANCE, resolver, tls),
                CONNECTIONS);
        connections.setConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(config.connectTimeout()))
                .build());
        HttpClientBuilder client = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setAuthenticationEnabled(proxy != null && proxy.user() != null)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .setDefaultCredentialsProvider(credentials(proxy))
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .disableDefaultUserAgent();
        return client.setRoutePlanner(
                        proxy == null
                                ? new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE)
                                : new DefaultProxyRoutePlanner(host(proxy)))
                .build();
    }

    private static BasicCredentialsProvider credentials(@Nullable HttpProxy proxy) {
        BasicCredentialsProvider provider = new BasicCredentialsProvider();
        if (proxy != null && proxy.user() != null) {
            provider.setCredentials(
                    new AuthScope(host(proxy)),
                    new UsernamePasswordCredentials(
                            proxy.user(), proxy.password().toCharArray()));
        }
        return provider;
    }

    private static HttpHost host(HttpProxy proxy) {
        return new HttpHost(
                proxy.uri().getScheme(), proxy.uri().getHost(), proxy.uri().getPort());
    }
}
