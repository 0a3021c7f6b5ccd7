package io.github.hyperlight4j.internal.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of one exchange. Closing them ends, at once and from any thread, whatever the client is doing with them:
 * connecting, the TLS handshake, writing or reading. (The client's own ways of cancelling wait for a connect to end.)
 *
 * <p>What they receive is counted here, where a server hides nothing: TLS records, interim responses, chunks and their
 * extensions included.
 */
final class ExchangeSockets {

    private final ByteBudget budget;
    private final List<Socket> sockets = new ArrayList<>();
    private boolean closed;

    /** @param budget the bytes that may be received */
    ExchangeSockets(ByteBudget budget) {
        this.budget = budget;
    }

    /** The run has received as many bytes as it may. */
    static final class BudgetExceededException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;
    }

    synchronized Socket create() throws IOException {
        if (closed) {
            throw new SocketException("The exchange is over");
        }
        Socket socket = new CountedSocket(budget);
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

    private static final class CountedSocket extends Socket {

        private final ByteBudget budget;

        CountedSocket(ByteBudget budget) {
            super(Proxy.NO_PROXY); // Not through a SOCKS proxy of the system's properties.
            this.budget = budget;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int octet = super.read();
                    count(octet < 0 ? 0 : 1);
                    return octet;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int read = super.read(bytes, offset, length);
                    count(Math.max(read, 0));
                    return read;
                }
            };
        }

        private void count(int bytes) throws IOException {
            if (!budget.take(bytes)) {
                throw new BudgetExceededException();
            }
        }
    }
}
