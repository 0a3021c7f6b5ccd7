package io.github.hyperlight4j.internal.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.internal.ffi.HostFunctions;
import io.github.hyperlight4j.internal.ffi.HostReply;
import io.github.hyperlight4j.internal.ffi.HostUpcall;
import io.github.hyperlight4j.internal.ffi.NativeErrorCode;
import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.ffi.SandboxHandle;
import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.files.SandboxFiles;
import io.github.hyperlight4j.internal.snapshot.RuntimeDirectory;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The programs in {@code native/guest/tests}, which test the guest from inside: each is run in a clean micro-VM and passes
 * when it ends with exit code 0. Files are served by {@link SandboxFiles}; tools and HTTP answer as the programs expect.
 */
@RequiresVm
class GuestProgramsVmTest {

    private static final Limits LIMITS = Limits.builder()
            .outputFileSize(ByteSize.ofMebibytes(8))
            .temporarySize(ByteSize.ofMebibytes(8))
            .build();

    private static final long MEMORY = LIMITS.memory().bytes();

    @TempDir
    private static Path workspace;

    private static SnapshotHandle clean;

    @BeforeAll
    static void boot() throws IOException, NativeException {
        Files.writeString(workspace.resolve("data.csv"), "name,value\none,1\ntwo,2\n");
        Files.writeString(
                workspace.resolve("from_mount.py"), "VALUE = 7\ndef fail():\n    raise KeyError('in a mount')\n");
        Files.write(workspace.resolve("bytes"), Http.large());
        Files.createSymbolicLink(workspace.resolve("link"), Path.of("data.csv"));
        Path many = Files.createDirectory(workspace.resolve("many"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(many.resolve("%02d".formatted(i)), "x".repeat(i));
        }
        RuntimeDirectory runtime = RuntimeDirectory.find(null);
        NativeLibrary.load(runtime.library());
        try (HostUpcall upcall = new HostUpcall(GuestCalls.declarations())) {
            upcall.answerWith(new GuestCalls(new GuestHost() {}));
            try (SandboxHandle sandbox = SandboxHandle.boot(runtime.intactGuestImage(), upcall)) {
                clean = sandbox.snapshot();
            }
        }
    }

    @AfterAll
    static void free() {
        clean.close();
    }

    static Stream<String> programs() throws IOException {
        try (Stream<Path> programs = Files.list(Path.of("../native/guest/tests"))) {
            return programs
                    .map(program -> program.getFileName().toString())
                    .filter(name -> name.endsWith(".py"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void programEndsWell(String program) throws Exception {
        byte[] source = Files.readAllBytes(Path.of("../native/guest/tests", program));
        try (Host host = new Host();
                HostUpcall upcall = new HostUpcall(GuestCalls.declarations())) {
            upcall.answerWith(host);
            try (SandboxHandle sandbox = SandboxHandle.of(clean, upcall)) {
                GuestOutcome outcome = GuestExecutor.run(sandbox, source, false, MEMORY);
                assertEquals(0, outcome.exitCode(), () -> outcome.traceback() + host.written());
            } catch (NativeException e) {
                e.addSuppressed(upcall.takeFailure());
                throw e;
            }
        }
    }

    /** Whatever is thrown in an upcall: it is kept for the caller, the guest is stopped, and the next run is none the worse. */
    @Test
    void failureToAnswerStopsTheGuestAndIsKept() throws Exception {
        Throwable[] failures = {
            new GuestProtocolException("malformed"), new StackOverflowError(), new OutOfMemoryError(), new IOException()
        };
        try (HostUpcall upcall = new HostUpcall(GuestCalls.declarations());
                SandboxHandle sandbox = SandboxHandle.of(clean, upcall)) {
            for (Throwable failure : failures) {
                upcall.answerWith((_, _, _) -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) failure;
                });
                NativeException stopped = assertThrows(
                        NativeException.class,
                        () -> GuestExecutor.run(sandbox, "print(1)\nwhile True: pass".getBytes(UTF_8), false, MEMORY));
                assertEquals(NativeErrorCode.CANCELLED, stopped.code());
                assertSame(failure, upcall.takeFailure());
                assertNull(upcall.takeFailure());
                sandbox.restore(clean);
            }
            upcall.answerWith(null);
            assertThrows(
                    NativeException.class, () -> GuestExecutor.run(sandbox, "print(1)".getBytes(UTF_8), false, MEMORY));
            assertNull(upcall.takeFailure());
            sandbox.restore(clean);
            upcall.answerWith(new GuestCalls(new GuestHost() {}));
            assertEquals(
                    0,
                    GuestExecutor.run(sandbox, "print(1)".getBytes(UTF_8), false, MEMORY)
                            .exitCode());
        }
    }

    /**
     * The host. Its tools: {@code echo} answers its arguments, {@code calls} how often the guest has called the host,
     * {@code left_open} how many files and requests were not ended; any other fails. Of the calls that were begun, the last
     * ends first.
     */
    private static final class Host implements GuestHost, HostFunctions, AutoCloseable {

        private final GuestCalls decoding = new GuestCalls(this);
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private final Deque<Begun> begun = new ArrayDeque<>();
        private final SandboxFiles files = new SandboxFiles(Mounts.of(workspace, List.of()), LIMITS, () -> {});
        private final GuestFiles countedFiles = counted(GuestFiles.class, files, "open", "close");
        private final GuestHttp http = counted(GuestHttp.class, new Http(), "request", "finish");
        private int calls;
        private int leftOpen;

        private record Begun(int number, String name, String arguments) {}

        @Override
        public boolean call(int function, ByteBuffer[] arguments, HostReply reply) throws Exception {
            calls++;
            return decoding.call(function, arguments, reply);
        }

        @Override
        public ToolAnswer callTool(String name, ByteBuffer arguments) {
            return tool(name, UTF_8.decode(arguments).toString());
        }

        @Override
        public int beginTool(String name, ByteBuffer arguments) {
            begun.push(new Begun(calls, name, UTF_8.decode(arguments).toString()));
            return calls;
        }

        @Override
        public FinishedTool nextTool(long nanoseconds) {
            Begun last = begun.poll();
            return last == null
                    ? new FinishedTool(0, new ToolAnswer(false, new byte[0]))
                    : new FinishedTool(last.number, tool(last.name, last.arguments));
        }

        private ToolAnswer tool(String name, String arguments) {
            return switch (name) {
                case "echo" -> new ToolAnswer(false, arguments.getBytes(UTF_8));
                case "calls" -> new ToolAnswer(false, Integer.toString(calls).getBytes(UTF_8));
                case "left_open" ->
                    new ToolAnswer(false, Integer.toString(leftOpen).getBytes(UTF_8));
                default -> ToolAnswer.failure("no tool " + name);
            };
        }

        @Override
        public void write(int file, ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            output.writeBytes(copy);
        }

        String written() {
            return output.toString(UTF_8);
        }

        @Override
        public GuestFiles files() {
            return countedFiles;
        }

        @Override
        public GuestHttp http() {
            return http;
        }

        /** Counts what a function opens and another closes. */
        private <T> T counted(Class<T> type, T counting, String opening, String closing) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (_, method, given) -> {
                        try {
                            Object answer = method.invoke(counting, given);
                            leftOpen += method.getName().equals(opening)
                                            && !Integer.valueOf(0).equals(answer)
                                    ? 1
                                    : 0;
                            leftOpen -= method.getName().equals(closing) ? 1 : 0;
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        @Override
        public void close() {
            files.close();
        }
    }

    /**
     * A network where the URL tells the result: {@code unlisted}, {@code refused}, {@code slow} and {@code broken} are hosts,
     * {@code /large}, {@code /404} and {@code /redirect} are paths; everything else answers the request itself.
     */
    private static final class Http implements GuestHttp {

        private final Map<Integer, Request> requests = new HashMap<>();
        private int last;

        private static final class Request {
            private final String method;
            private final String url;
            private final String fields;
            private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
            private ByteBuffer answer = ByteBuffer.allocate(0);

            Request(String method, String url, String fields) {
                this.method = method;
                this.url = url;
                this.fields = fields;
            }
        }

        static byte[] large() {
            byte[] large = new byte[3 << 20];
            for (int i = 0; i < large.length; i++) {
                large[i] = (byte) ((i * 7) >> 3);
            }
            return large;
        }

        @Override
        public int request(String method, String url, String fields) throws GuestHttpException {
            if (method.equals("CONNECT")) { // Asks only whether a request to that host and port is allowed.
                if (url.startsWith("unlisted:")) {
                    throw GuestHttpException.refused(url + " is not allowed");
                }
                return 0;
            }
            if (url.contains("//refused")) {
                throw GuestHttpException.refused(url + " is not allowed");
            }
            requests.put(++last, new Request(method, url, fields));
            return last;
        }

        @Override
        public void sendBody(int number, ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            requests.get(number).sent.writeBytes(copy);
        }

        @Override
        public Response respond(int number) throws GuestHttpException {
            Request request = requests.get(number);
            if (request.url.contains("//slow")) {
                throw GuestHttpException.timedOut("it took too long");
            }
            if (request.url.contains("//broken")) {
                throw GuestHttpException.failed("the connection broke");
            }
            String head = request.method + " " + request.url + "\r\n" + request.fields + "\r\n";
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.writeBytes(head.getBytes(UTF_8));
            answer.writeBytes(request.sent.toByteArray());
            byte[] body = request.url.endsWith("/large") ? large() : answer.toByteArray();
            request.answer = ByteBuffer.wrap(request.method.equals("HEAD") ? new byte[0] : body);
            String fields = "Content-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n";
            if (request.url.endsWith("/404")) {
                return new Response(404, "Not Found", fields);
            }
            return request.url.endsWith("/redirect")
                    ? new Response(302, "Found", fields + "Location: /landed\r\n")
                    : new Response(200, "OK", fields);
        }

        @Override
        public byte[] receiveBody(int number, int count) {
            ByteBuffer answer = requests.get(number).answer;
            byte[] part = new byte[Math.min(Math.min(answer.remaining(), count), 100_000)];
            answer.get(part);
            return part;
        }

        @Override
        public void finish(int number) {
            requests.remove(number);
        }
    }
}
