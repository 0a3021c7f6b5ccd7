package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A server that says whatever a test wants it to. */
public final class RawServer implements AutoCloseable {

    /** What the server does after it has read a request's head. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(String head, InputStream in, OutputStream out) throws Exception;
    }

    private final ServerSocket server;
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    /** Counted down when a client has hung up on the server. */
    public final CountDownLatch hungUp = new CountDownLatch(1);

    private RawServer(ServerSocket server) {
        this.server = server;
    }

    public static RawServer saying(String response) throws IOException {
        return start((_, _, out) -> out.write(response.getBytes(ISO_8859_1)));
    }

    public static RawServer start(Behaviour behaviour) throws IOException {
        return start("127.0.0.1", behaviour);
    }

    public static RawServer start(String address, Behaviour behaviour) throws IOException {
        return start(new ServerSocket(0, 50, InetAddress.ofLiteral(address)), behaviour);
    }

    public static RawServer start(ServerSocket socket, Behaviour behaviour) {
        RawServer server = new RawServer(socket);
        Thread.ofVirtual().start(() -> server.accept(behaviour));
        return server;
    }

    private void accept(Behaviour behaviour) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket, behaviour));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket, Behaviour behaviour) {
        try (socket) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    hungUp.countDown();
                    return;
                }
                head.append((char) next);
            }
            heads.add(head.toString());
            behaviour.answer(head.toString(), socket.getInputStream(), socket.getOutputStream());
            socket.getOutputStream().flush();
        } catch (IOException e) {
            hungUp.countDown();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The next request's head. */
    public String head() throws InterruptedException {
        return heads.take();
    }

    public int requests() {
        return heads.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
