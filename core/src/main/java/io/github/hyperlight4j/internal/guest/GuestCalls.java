package io.github.hyperlight4j.internal.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.internal.ffi.HostFunction;
import io.github.hyperlight4j.internal.ffi.HostFunctions;
import io.github.hyperlight4j.internal.ffi.HostReply;
import io.github.hyperlight4j.internal.guest.GuestFiles.Entries;
import io.github.hyperlight4j.internal.guest.GuestFiles.Entry;
import io.github.hyperlight4j.internal.guest.GuestFiles.Opened;
import io.github.hyperlight4j.internal.guest.GuestFiles.Status;
import io.github.hyperlight4j.internal.guest.GuestHost.FinishedTool;
import io.github.hyperlight4j.internal.guest.GuestHttp.Response;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The functions that the guest imports, by the names in its WIT world ({@code native/guest/wit}): how each is decoded,
 * answered by a {@link GuestHost}, and encoded. Counts the bytes of the contents that cross the boundary meanwhile. Used by
 * one thread at a time.
 */
public final class GuestCalls implements HostFunctions {

    /** More than any tool's name in UTF-8; a longer one is cut. */
    private static final int LONGEST_TOOL_NAME = 256;

    private static final int LARGEST_ENTROPY = 65536;

    /** The most bytes of a file or of a body in one call. */
    private static final int LARGEST_BLOCK = 1 << 20;

    /** Bytes of a status: its kind, size and time. */
    private static final int STATUS_BYTES = 17;

    /** Each function with the number of its parameters. */
    private enum Function {
        CALL("call", 2),
        BEGIN("begin", 2),
        NEXT("next", 1),
        WRITE("write", 2),
        REALTIME("realtime", 0),
        MONOTONIC("monotonic", 0),
        SLEEP("sleep", 1),
        ENTROPY("bytes", 1),
        STAT("stat", 2),
        STAT_HANDLE("stat-handle", 1),
        LIST("list-directory", 2),
        OPEN("open", 2),
        READ("read", 3),
        WRITE_AT("write-at", 3),
        RESIZE("resize", 2),
        CLOSE("close", 1),
        MAKE_DIRECTORY("make-directory", 1),
        REMOVE("remove", 2),
        RENAME("rename", 2),
        SET_MODIFIED("set-modified", 2),
        READ_LINK("read-link", 1),
        REQUEST("request", 3),
        SEND_BODY("send-body", 2),
        RESPOND("respond", 1),
        RECEIVE_BODY("receive-body", 2),
        FINISH("finish", 1);

        private static final Function[] ALL = values();

        private final String wit;
        private final int parameters;

        Function(String wit, int parameters) {
            this.wit = wit;
            this.parameters = parameters;
        }
    }

    private final GuestHost host;
    private long fromGuest;
    private long toGuest;

    /** @param host answers the calls */
    public GuestCalls(GuestHost host) {
        this.host = host;
    }

    /** Returns the functions, each at the number with which {@link #call} is called for it. */
    public static List<HostFunction> declarations() {
        List<HostFunction> declarations = new ArrayList<>(Function.ALL.length);
        for (Function function : Function.ALL) {
            declarations.add(new HostFunction(wireName(function.wit), function.parameters));
        }
        return declarations;
    }

    /** Returns Hyperlight's name of a function: package and function, without the interface. So they are unique in the WIT. */
    static String wireName(String function) {
        return "r#hyperlight4j::r#sandbox::" + function;
    }

    /** Returns the bytes of output, tool arguments, files and bodies that the guest has sent. */
    public long fromGuest() {
        return fromGuest;
    }

    /** Returns the bytes of tool results, files, bodies and entropy that the guest was given. */
    public long toGuest() {
        return toGuest;
    }

    @Override
    public boolean call(int function, ByteBuffer[] arguments, HostReply reply) throws GuestProtocolException {
        WireWriter written;
        try {
            written = answer(Function.ALL[function], new Arguments(arguments), reply);
        } catch (RunEndedException e) {
            return false;
        } catch (GuestFileException e) {
            written = error(reply, 1).u8(e.code().number());
        } catch (GuestHttpException e) {
            byte[] message = utf8(String.valueOf(e.getMessage()));
            written = error(reply, 1 + sizeOf(message)).u8(e.kind().number()).bytes(message);
        }
        reply.end(written.size());
        return true;
    }

    private WireWriter answer(Function function, Arguments in, HostReply reply)
            throws GuestProtocolException, RunEndedException, GuestFileException, GuestHttpException {
        return switch (function) {
            case CALL -> {
                ToolAnswer answer = host.callTool(in.toolName(), sent(in.utf8()));
                byte[] text = given(answer);
                yield room(reply, 1 + sizeOf(text)).bool(answer.failed()).bytes(text);
            }
            case BEGIN -> room(reply, 4).u32(host.beginTool(in.toolName(), sent(in.utf8())));
            case NEXT -> {
                FinishedTool finished = host.nextTool(in.u64());
                byte[] text = given(finished.answer());
                yield room(reply, 5 + sizeOf(text))
                        .u32(finished.id())
                        .bool(finished.answer().failed())
                        .bytes(text);
            }
            case WRITE -> {
                host.write(in.stream(), sent(in.octets()));
                yield room(reply, 0);
            }
            case REALTIME -> room(reply, 8).u64(host.realtime());
            case MONOTONIC -> room(reply, 8).u64(host.monotonic());
            case SLEEP -> {
                host.sleep(in.u64());
                yield room(reply, 0);
            }
            case ENTROPY -> {
                byte[] random = given(host.entropy(in.count(LARGEST_ENTROPY)));
                yield room(reply, sizeOf(random)).bytes(random);
            }
            case STAT -> status(reply, host.files().stat(in.string(), in.bool()));
            case STAT_HANDLE -> status(reply, host.files().stat(in.u32()));
            case LIST -> entries(reply, host.files().list(in.string(), in.u64()));
            case OPEN -> {
                Opened opened = host.files().open(in.string(), in.u32());
                Status status = opened.status();
                yield ok(reply, 20).u32(opened.handle()).u64(status.size()).u64(status.modified());
            }
            case READ -> block(reply, in.u32(), in.u64(), in.count(LARGEST_BLOCK));
            case WRITE_AT -> {
                GuestFiles files = host.files();
                int handle = in.u32();
                long offset = in.u64();
                ByteBuffer data = in.block();
                int size = data.remaining();
                long end = files.write(handle, offset, data);
                fromGuest += size;
                yield ok(reply, 8).u64(end);
            }
            case RESIZE -> {
                host.files().resize(in.u32(), in.u64());
                yield nothing(reply);
            }
            case CLOSE -> {
                host.files().close(in.u32());
                yield room(reply, 0);
            }
            case MAKE_DIRECTORY -> {
                host.files().makeDirectory(in.string());
                yield nothing(reply);
            }
            case REMOVE -> {
                host.files().remove(in.string(), in.bool());
                yield nothing(reply);
            }
            case RENAME -> {
                host.files().rename(in.string(), in.string());
                yield nothing(reply);
            }
            case SET_MODIFIED -> {
                host.files().setModified(in.string(), in.u64());
                yield nothing(reply);
            }
            case READ_LINK -> {
                byte[] target = utf8(host.files().readLink(in.string()));
                yield ok(reply, sizeOf(target)).bytes(target);
            }
            case REQUEST -> ok(reply, 4).u32(host.http().request(in.string(), in.string(), in.string()));
            case SEND_BODY -> {
                GuestHttp http = host.http();
                int request = in.u32();
                ByteBuffer data = in.block();
                int size = data.remaining();
                http.sendBody(request, data);
                fromGuest += size;
                yield nothing(reply);
            }
            case RESPOND -> {
                Response response = host.http().respond(in.u32());
                byte[] reason = utf8(response.reason());
                byte[] fields = utf8(response.fields());
                yield ok(reply, 4 + sizeOf(reason) + sizeOf(fields))
                        .u32(response.status())
                        .bytes(reason)
                        .bytes(fields);
            }
            case RECEIVE_BODY -> {
                int request = in.u32();
                int most = in.count(LARGEST_BLOCK);
                byte[] received = given(host.http().receiveBody(request, most));
                requireWithin(received.length, most);
                yield ok(reply, sizeOf(received)).bytes(received);
            }
            case FINISH -> {
                host.http().finish(in.u32());
                yield room(reply, 0);
            }
        };
    }

    /** Reads from a file into the record {@code block}: a size, and a list of numbers of eight bytes each. */
    private WireWriter block(HostReply reply, int handle, long offset, int most)
            throws GuestFileException, RunEndedException {
        WireWriter out = ok(reply, 8 + paddedToWords(most));
        // The content comes first, directly to its place: its size is known only then.
        MemorySegment content = out.rest().asSlice(8);
        int read = host.files().read(handle, offset, content.asSlice(0, most));
        requireWithin(read, most);
        int padded = paddedToWords(read);
        content.asSlice(read, padded - read).fill((byte) 0);
        toGuest += read;
        return out.u32(read).u32(padded / 8).skip(padded);
    }

    private static WireWriter entries(HostReply reply, Entries entries) {
        List<byte[]> names = new ArrayList<>(entries.items().size());
        int size = 0;
        for (Entry entry : entries.items()) {
            byte[] name = utf8(entry.name());
            names.add(name);
            size = Math.addExact(size, sizeOf(name) + STATUS_BYTES);
        }
        WireWriter out = ok(reply, Math.addExact(12, size)).u32(names.size());
        for (int i = 0; i < names.size(); i++) {
            put(out.bytes(names.get(i)), entries.items().get(i).status());
        }
        return out.u64(entries.next());
    }

    private static WireWriter status(HostReply reply, Status status) {
        return put(ok(reply, STATUS_BYTES), status);
    }

    private static WireWriter put(WireWriter out, Status status) {
        return out.u8(Objects.checkIndex(status.kind(), GuestFiles.SYMBOLIC_LINK + 1))
                .u64(status.size())
                .u64(status.modified());
    }

    private static WireWriter nothing(HostReply reply) {
        return ok(reply, 8).u64(0);
    }

    private static WireWriter ok(HostReply reply, int size) {
        return room(reply, 1 + size).bool(false);
    }

    private static WireWriter error(HostReply reply, int size) {
        return room(reply, 1 + size).bool(true);
    }

    private static WireWriter room(HostReply reply, int size) {
        return new WireWriter(reply.room(size));
    }

    /** Counts bytes that the guest has sent. */
    private ByteBuffer sent(ByteBuffer bytes) {
        fromGuest += bytes.remaining();
        return bytes;
    }

    /** Counts bytes that the guest is given. */
    private byte[] given(byte[] bytes) {
        toGuest += bytes.length;
        return bytes;
    }

    private byte[] given(ToolAnswer answer) {
        if (!WireReader.isUtf8(ByteBuffer.wrap(answer.utf8()))) {
            throw new IllegalStateException("The answer of a tool is not UTF-8");
        }
        return given(answer.utf8());
    }

    private static void requireWithin(int answered, int asked) {
        if (answered > asked) {
            throw new IllegalStateException(
                    answered + " bytes were answered where at most " + asked + " were asked for");
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    /** Bytes of a string or of a {@code list<u8>}. */
    private static int sizeOf(byte[] content) {
        return Math.addExact(4, content.length);
    }

    private static int paddedToWords(int bytes) {
        return (bytes + 7) & ~7;
    }

    /** The arguments of one call, each of which is a message of its own with one value. Read in their order. */
    private static final class Arguments {

        private final ByteBuffer[] messages;
        private int next;

        Arguments(ByteBuffer[] messages) {
            this.messages = messages;
        }

        private WireReader next() {
            return new WireReader(messages[next++]);
        }

        boolean bool() throws GuestProtocolException {
            WireReader message = next();
            boolean value = message.bool();
            message.end();
            return value;
        }

        int u32() throws GuestProtocolException {
            WireReader message = next();
            int value = message.u32();
            message.end();
            return value;
        }

        long u64() throws GuestProtocolException {
            WireReader message = next();
            long value = message.u64();
            message.end();
            return value;
        }

        String string() throws GuestProtocolException {
            WireReader message = next();
            String value = message.string();
            message.end();
            return value;
        }

        ByteBuffer utf8() throws GuestProtocolException {
            WireReader message = next();
            ByteBuffer value = message.utf8();
            message.end();
            return value;
        }

        ByteBuffer octets() throws GuestProtocolException {
            WireReader message = next();
            ByteBuffer value = message.octets();
            message.end();
            return value;
        }

        /** Standard output or standard error. */
        int stream() throws GuestProtocolException {
            WireReader message = next();
            int stream = message.u8();
            message.end();
            if (stream != 1 && stream != 2) {
                throw new GuestProtocolException("the guest wrote to file " + stream);
            }
            return stream;
        }

        int count(int most) throws GuestProtocolException {
            int count = u32();
            if (Integer.compareUnsigned(count, most) > 0) {
                throw new GuestProtocolException("the guest asked for " + Integer.toUnsignedString(count)
                        + " bytes at once, where at most " + most + " can be had");
            }
            return count;
        }

        ByteBuffer block() throws GuestProtocolException {
            ByteBuffer block = octets();
            if (block.remaining() > LARGEST_BLOCK) {
                throw new GuestProtocolException("the guest sent " + block.remaining()
                        + " bytes at once, where at most " + LARGEST_BLOCK + " can be taken");
            }
            return block;
        }

        String toolName() throws GuestProtocolException {
            ByteBuffer name = utf8();
            byte[] start = new byte[Math.min(name.remaining(), LONGEST_TOOL_NAME)];
            name.get(start);
            return new String(start, UTF_8);
        }
    }
}
