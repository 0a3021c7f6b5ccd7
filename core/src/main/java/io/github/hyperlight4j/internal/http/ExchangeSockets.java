package io.github.hyperlight4j.internal.http;

import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one exchange. Closing them ends, at once and from any thread, whatever the client is doing with them:
 * connecting, the TLS handshake, writing or reading. (The client's own ways of cancelling wait for a connect to end.)
 */
final class ExchangeSockets implements DetachedSocketFactory {

    private final List<Socket> sockets = new ArrayList<>();
    private boolean closed;

    /** Not through a SOCKS proxy of the system's properties. */
    @Override
    public synchronized Socket create(@Nullable Proxy proxy) throws IOException {
        if (closed) {
            throw new SocketException("The exchange is over");
        }
        Socket socket = new Socket(Proxy.NO_PROXY);
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    synchronized void close() {
        closed = true;
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed all the same: this is about unsent data.
            }
        }
    }
}
