package io.github.hyperlight4j.internal.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.bindings.hl4j_reply_t;
import io.github.hyperlight4j.internal.ffi.HostFunction;
import io.github.hyperlight4j.internal.ffi.HostReply;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles.Entries;
import io.github.hyperlight4j.internal.guest.GuestFiles.Entry;
import io.github.hyperlight4j.internal.guest.GuestFiles.Opened;
import io.github.hyperlight4j.internal.guest.GuestFiles.Status;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The functions that the guest imports, called with the bytes that the native library hands over. */
class GuestCallsTest {

    private static final int CAPACITY = 2 << 20;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment room = arena.allocate(CAPACITY);
    private final MemorySegment reply = hl4j_reply_t.allocate(arena);
    private final Recorder host = new Recorder();
    private final GuestCalls calls = new GuestCalls(host);

    GuestCallsTest() {
        hl4j_reply_t.data(reply, room);
        hl4j_reply_t.capacity(reply, CAPACITY);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    /** The WIT world is the one place where a function is declared; a function that is missing here could not be called. */
    @Test
    void functionsAreThoseOfTheWitWorld() throws IOException {
        String world = Files.readString(Path.of("../native/guest/wit/world.wit"));
        String imports = world.substring(0, world.indexOf("interface executor"));
        Map<String, Integer> declared = new LinkedHashMap<>();
        Matcher function =
                Pattern.compile("(?m)^ {4}([a-z-]+): func\\(([^)]*)\\)").matcher(imports);
        while (function.find()) {
            String parameters = function.group(2);
            declared.put("r#hyperlight4j::r#sandbox::" + function.group(1), parameters.split(":").length - 1);
        }
        Map<String, Integer> answered = new LinkedHashMap<>();
        for (HostFunction answering : GuestCalls.declarations()) {
            answered.put(answering.name(), answering.parameters());
        }
        assertEquals(declared, answered);
        assertFalse(declared.isEmpty());
    }

    @Test
    void toolIsCalled() throws GuestProtocolException {
        host.answer = new ToolAnswer(false, utf8("[1]"));
        assertEquals("00" + "03000000" + hex("[1]"), call("call", string("grün"), string("{\"ü\":1}")));
        host.answer = ToolAnswer.failure("why");
        assertEquals("01" + "03000000" + hex("why"), call("call", string("x".repeat(300)), string("{}")));
        assertEquals(List.of("callTool grün {\"ü\":1}", "callTool " + "x".repeat(256) + " {}"), host.called);
        assertEquals(8 + 2, calls.fromGuest());
        assertEquals(3 + 3, calls.toGuest());
    }

    @Test
    void toolsAreBegunAndAwaited() throws GuestProtocolException {
        assertEquals("07000000", call("begin", string("a"), string("{}")));
        host.answer = ToolAnswer.failure("no");
        assertEquals("07000000" + "01" + "02000000" + hex("no"), call("next", u64(-1)));
        assertEquals(List.of("beginTool a {}", "nextTool -1"), host.called);
    }

    @Test
    void answerOfAToolThatTheGuestCouldNotReadIsAFailureOfTheHost() {
        host.answer = new ToolAnswer(false, new byte[] {(byte) 0xFF});
        assertThrows(IllegalStateException.class, () -> call("call", string("a"), string("{}")));
    }

    @Test
    void outputClockAndEntropyAreAnswered() throws GuestProtocolException {
        assertEquals("", call("write", bytes(1), string("ü\u0080a")));
        assertEquals("0500000000000000", call("realtime"));
        assertEquals("0600000000000000", call("monotonic"));
        assertEquals("", call("sleep", u64(3)));
        assertEquals("02000000" + "0909", call("bytes", u32(2)));
        assertEquals(List.of("write 1 fc8061", "realtime", "monotonic", "sleep 3", "entropy 2"), host.called);
        assertEquals(3, calls.fromGuest());
        assertEquals(2, calls.toGuest());
        assertMalformed("write", bytes(3), string(""));
        assertMalformed("bytes", u32(65537));
        assertMalformed("bytes", u32(-1));
    }

    @Test
    void filesAreAnswered() throws GuestProtocolException {
        String status = "02" + "0300000000000000" + "0400000000000000";
        assertEquals("00" + status, call("stat", string("/a"), bytes(1)));
        assertEquals("00" + status, call("stat-handle", u32(8)));
        assertEquals(
                "00" + "01000000" + "02000000" + hex("ü") + status + "0700000000000000",
                call("list-directory", string("/a"), u64(6)));
        assertEquals("00" + "ffffffff" + status.substring(2), call("open", string("/a"), u32(32)));
        assertEquals("00" + "0900000000000000", call("write-at", u32(1), u64(-1), string("ÿb")));
        String nothing = "00" + "0000000000000000";
        assertEquals(nothing, call("resize", u32(1), u64(2)));
        assertEquals("", call("close", u32(1)));
        assertEquals(nothing, call("make-directory", string("/a")));
        assertEquals(nothing, call("remove", string("/a"), bytes(0)));
        assertEquals(nothing, call("rename", string("/a"), string("/b")));
        assertEquals(nothing, call("set-modified", string("/a"), u64(1)));
        assertEquals("00" + "02000000" + hex("to"), call("read-link", string("/a")));
        assertEquals(
                List.of(
                        "stat /a true",
                        "stat 8",
                        "list /a 6",
                        "open /a 32",
                        "write 1 -1 ff62",
                        "resize 1 2",
                        "close 1",
                        "makeDirectory /a",
                        "remove /a false",
                        "rename /a /b",
                        "setModified /a 1",
                        "readLink /a"),
                host.called);
        assertEquals(2, calls.fromGuest());
    }

    @Test
    void blockIsFilledUpToWholeNumbers() throws GuestProtocolException {
        for (int size : new int[] {0, 1, 7, 8, 9, 1 << 20}) {
            room.fill((byte) 0xEE);
            host.content = new byte[size];
            Arrays.fill(host.content, (byte) 7);
            call("read", u32(1), u64(0), u32(1 << 20));
            int words = (size + 7) / 8;
            ByteBuffer block =
                    room.asSlice(0, hl4j_reply_t.len(reply)).asByteBuffer().order(ByteOrder.nativeOrder());
            assertEquals(9 + words * 8, block.limit());
            assertEquals(0, block.get());
            assertEquals(size, block.getInt());
            assertEquals(words, block.getInt());
            for (int i = 0; i < words * 8; i++) {
                assertEquals(i < size ? 7 : 0, block.get());
            }
        }
        assertEquals(0 + 1 + 7 + 8 + 9 + (1 << 20), calls.toGuest());
        assertMalformed("read", u32(1), u64(0), u32((1 << 20) + 1));
    }

    @Test
    void requestsAreAnswered() throws GuestProtocolException {
        assertEquals("00" + "07000000", call("request", string("GET"), string("http://a"), string("A: b\r\n")));
        assertEquals("00" + "0000000000000000", call("send-body", u32(7), string("é")));
        assertEquals("00" + "c8000000" + "02000000" + hex("OK") + "03000000" + hex("F:\n"), call("respond", u32(7)));
        host.content = new byte[] {1, 2, 3};
        assertEquals("00" + "03000000" + "010203", call("receive-body", u32(7), u32(3)));
        assertEquals("", call("finish", u32(7)));
        assertEquals(
                List.of("request GET http://a A: b\r\n", "sendBody 7 e9", "respond 7", "receiveBody 7 3", "finish 7"),
                host.called);
        assertEquals(1, calls.fromGuest());
        assertEquals(3, calls.toGuest());
        assertThrows(IllegalStateException.class, () -> call("receive-body", u32(7), u32(2)));
        assertMalformed("receive-body", u32(7), u32((1 << 20) + 1));
    }

    @Test
    void failuresOfFilesAndRequestsAreTheProgramsToHandle() throws GuestProtocolException {
        host.failure = new GuestFileException(Code.NO_ENTRY);
        assertEquals("01" + "14", call("stat", string("/a"), bytes(1)));
        assertEquals("01" + "14", call("read", u32(1), u64(0), u32(100)));
        host.failure = GuestHttpException.timedOut("slow");
        assertEquals("01" + "02" + "04000000" + hex("slow"), call("respond", u32(7)));
        assertEquals(0, calls.toGuest());
    }

    @Test
    void runThatIsOverStopsTheGuest() throws GuestProtocolException {
        GuestCalls boot = new GuestCalls(new GuestHost() {});
        for (String function : List.of("call", "next", "stat", "finish")) {
            assertFalse(boot.call(index(function), arguments(function), new HostReply(reply)), function);
        }
        for (String function : List.of("write", "realtime", "monotonic", "sleep", "bytes")) {
            assertTrue(boot.call(index(function), arguments(function), new HostReply(reply)), function);
        }
    }

    @Test
    void blocksThatAreTooLargeAreRefused() {
        assertMalformed("write-at", u32(1), u64(0), string("x".repeat((1 << 20) + 1)));
        assertMalformed("send-body", u32(1), string("ÿ".repeat((1 << 20) + 1)));
        assertEquals(List.of(), host.called);
    }

    /** Whatever the guest sends as a parameter is decoded and answered, or refused; none of it is a failure of the host. */
    @Test
    void noArgumentsAreAnythingButAnsweredOrRefused() throws GuestProtocolException {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            HostFunction function =
                    GuestCalls.declarations().get(i % GuestCalls.declarations().size());
            ByteBuffer[] arguments = arguments(function);
            for (int j = 0; j < arguments.length; j++) {
                if (random.nextInt(2) == 0) {
                    arguments[j] = changed(arguments[j], random);
                }
            }
            try {
                assertTrue(calls.call(index(function.name()), arguments, new HostReply(reply)));
            } catch (GuestProtocolException e) {
                refused++;
            }
            host.called.clear();
        }
        assertTrue(refused > 1000 && refused < 199_000, () -> "hits both ways");
    }

    private static ByteBuffer changed(ByteBuffer argument, Random random) {
        byte[] bytes = new byte[Math.max(0, argument.remaining() + random.nextInt(5) - 2)];
        argument.get(bytes, 0, Math.min(bytes.length, argument.remaining()));
        for (int changes = random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return ByteBuffer.wrap(bytes);
    }

    private void assertMalformed(String function, ByteBuffer... arguments) {
        assertThrows(GuestProtocolException.class, () -> call(function, arguments));
    }

    /** Calls a function and returns its reply in hexadecimal digits. */
    private String call(String function, ByteBuffer... arguments) throws GuestProtocolException {
        assertTrue(calls.call(index(function), arguments, new HostReply(reply)));
        MemorySegment written = room.asSlice(0, hl4j_reply_t.len(reply));
        return HexFormat.of().formatHex(written.toArray(ValueLayout.JAVA_BYTE));
    }

    private static int index(String function) {
        List<HostFunction> declared = GuestCalls.declarations();
        return IntStream.range(0, declared.size())
                .filter(i -> declared.get(i).name().equals(function)
                        || declared.get(i).name().equals(GuestCalls.wireName(function)))
                .findFirst()
                .orElseThrow();
    }

    private static ByteBuffer[] arguments(String function) {
        return arguments(GuestCalls.declarations().get(index(function)));
    }

    /** Arguments that fit. */
    private static ByteBuffer[] arguments(HostFunction function) {
        String name = function.name().substring(GuestCalls.wireName("").length());
        return switch (name) {
            case "realtime", "monotonic" -> new ByteBuffer[0];
            case "next", "sleep" -> new ByteBuffer[] {u64(1)};
            case "write" -> new ByteBuffer[] {bytes(2), string("ü")};
            case "bytes", "stat-handle", "close", "respond", "finish" -> new ByteBuffer[] {u32(1)};
            case "stat", "remove" -> new ByteBuffer[] {string("/ä"), bytes(0)};
            case "list-directory", "set-modified" -> new ByteBuffer[] {string("/ä"), u64(0)};
            case "open" -> new ByteBuffer[] {string("/ä"), u32(1)};
            case "read" -> new ByteBuffer[] {u32(1), u64(2), u32(3)};
            case "write-at" -> new ByteBuffer[] {u32(1), u64(2), string("ü")};
            case "resize" -> new ByteBuffer[] {u32(1), u64(2)};
            case "make-directory", "read-link" -> new ByteBuffer[] {string("/ä")};
            case "call", "begin", "rename" -> new ByteBuffer[] {string("/ä"), string("{}")};
            case "request" -> new ByteBuffer[] {string("GET"), string("http://a"), string("")};
            case "send-body" -> new ByteBuffer[] {u32(1), string("ü")};
            case "receive-body" -> new ByteBuffer[] {u32(1), u32(2)};
            default -> throw new AssertionError(name);
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(utf8(text));
    }

    private static ByteBuffer string(String text) {
        byte[] content = utf8(text);
        return buffer(4 + content.length).putInt(content.length).put(content).flip();
    }

    private static ByteBuffer u32(int value) {
        return buffer(4).putInt(value).flip();
    }

    private static ByteBuffer u64(long value) {
        return buffer(8).putLong(value).flip();
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = buffer(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    /** A host that records its calls, and answers each of the files' and of the network's with a value of the type. */
    private static final class Recorder implements GuestHost {

        final List<String> called = new ArrayList<>();
        ToolAnswer answer = new ToolAnswer(false, new byte[0]);
        byte[] content = {};

        @Nullable
        Exception failure;

        @Override
        public ToolAnswer callTool(String name, ByteBuffer arguments) {
            called.add("callTool " + name + " " + UTF_8.decode(arguments));
            return answer;
        }

        @Override
        public void write(int file, ByteBuffer bytes) {
            called.add("write " + file + " " + hex(bytes));
        }

        @Override
        public long realtime() {
            called.add("realtime");
            return 5;
        }

        @Override
        public long monotonic() {
            called.add("monotonic");
            return 6;
        }

        @Override
        public void sleep(long nanoseconds) {
            called.add("sleep " + nanoseconds);
        }

        @Override
        public byte[] entropy(int count) {
            called.add("entropy " + count);
            return HexFormat.of().parseHex("09".repeat(count));
        }

        @Override
        public int beginTool(String name, ByteBuffer arguments) {
            called.add("beginTool " + name + " " + UTF_8.decode(arguments));
            return 7;
        }

        @Override
        public FinishedTool nextTool(long nanoseconds) {
            called.add("nextTool " + nanoseconds);
            return new FinishedTool(7, answer);
        }

        @Override
        public GuestFiles files() {
            return recording(GuestFiles.class);
        }

        @Override
        public GuestHttp http() {
            return recording(GuestHttp.class);
        }

        private <T> T recording(Class<T> type) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (_, method, given) -> {
                        StringBuilder call = new StringBuilder(method.getName());
                        for (Object argument : given) {
                            call.append(' ').append(argument instanceof ByteBuffer bytes ? hex(bytes) : argument);
                        }
                        if (failure != null) {
                            throw failure;
                        }
                        Status status = new Status(GuestFiles.SYMBOLIC_LINK, 3, 4);
                        if (method.getName().equals("read")) {
                            MemorySegment into = (MemorySegment) given[2];
                            int size = (int) Math.min(content.length, into.byteSize());
                            MemorySegment.copy(content, 0, into, ValueLayout.JAVA_BYTE, 0, size);
                            return size;
                        }
                        called.add(call.toString());
                        return switch (method.getName()) {
                            case "stat" -> status;
                            case "list" -> new Entries(List.of(new Entry("ü", status)), 7);
                            case "open" -> new Opened(-1, status);
                            case "write" -> 9L;
                            case "readLink" -> "to";
                            case "request" -> 7;
                            case "respond" -> new GuestHttp.Response(200, "OK", "F:\n");
                            case "receiveBody" -> content;
                            default -> null;
                        };
                    }));
        }

        private static String hex(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return HexFormat.of().formatHex(copy);
        }
    }
}
