package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.HttpSettings;
import java.net.PasswordAuthentication;
import java.net.URI;
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
 * Clients for the exchanges of one application. Runs share nothing but the TLS context. Each exchange has a client and a
 * connection of its own: a kept connection would have to be known to belong to the same secrets, the same checked address
 * and the same run.
 *
 * <p>In a cold JVM, loading the client's classes and the trust store takes longer than most runs. So this class is used on
 * threads of exchanges only: a run waits for them no longer than it may.
 */
final class HttpClients {

    private static final int MAX_LINE = 32 * 1024;
    private static final int MAX_FIELDS = 300;
    private static final int BUFFER = 32 * 1024;

    private final HttpSettings settings;
    private final Lookup<TlsSocketStrategy> tls;
    private final ManagedHttpClientConnectionFactory connections = connections();

    HttpClients(HttpSettings settings) {
        this.settings = settings;
        this.tls = RegistryBuilder.<TlsSocketStrategy>create()
                .register(
                        "https",
                        settings.sslContext()
                                .map(DefaultClientTlsStrategy::new)
                                .orElseGet(DefaultClientTlsStrategy::createDefault))
                .build();
    }

    /** {@return a client for one exchange with one host} */
    CloseableHttpClient client(
            Host host, boolean privateAddresses, CheckedResolver.NameLookup names, ExchangeSockets sockets) {
        URI proxy = settings.proxy().orElse(null);
        PasswordAuthentication user = settings.proxyCredentials().orElse(null);
        DnsResolver resolver = proxy == null
                ? new CheckedResolver(host, privateAddresses, names)
                : SystemDefaultDnsResolver.INSTANCE; // For the proxy's own name.
        BasicHttpClientConnectionManager manager = new BasicHttpClientConnectionManager(
                new DefaultHttpClientConnectionOperator(
                        _ -> sockets.create(), DefaultSchemePortResolver.INSTANCE, resolver, tls),
                connections);
        manager.setConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                .build());
        HttpClientBuilder client = HttpClientBuilder.create()
                .setConnectionManager(manager)
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setAuthenticationEnabled(user != null)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .setDefaultCredentialsProvider(credentials(proxy, user))
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

    private static ManagedHttpClientConnectionFactory connections() {
        Http1Config http1 = Http1Config.custom()
                .setMaxLineLength(MAX_LINE)
                .setMaxHeaderCount(MAX_FIELDS)
                .setBufferSize(BUFFER)
                .build();
        return ManagedHttpClientConnectionFactory.builder()
                .http1Config(http1)
                .responseParserFactory(new DefaultHttpResponseParserFactory(http1) {
                    @Override
                    public HttpMessageParser<ClassicHttpResponse> create() {
                        return new WholeHeadParser(http1);
                    }
                })
                .build();
    }

    private static BasicCredentialsProvider credentials(@Nullable URI proxy, @Nullable PasswordAuthentication user) {
        BasicCredentialsProvider provider = new BasicCredentialsProvider();
        if (proxy != null && user != null) {
            provider.setCredentials(
                    new AuthScope(host(proxy)),
                    new UsernamePasswordCredentials(user.getUserName(), user.getPassword()));
        }
        return provider;
    }

    private static HttpHost host(URI proxy) {
        return new HttpHost(proxy.getScheme(), proxy.getHost(), proxy.getPort());
    }
}
