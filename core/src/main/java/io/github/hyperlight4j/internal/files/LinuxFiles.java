package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of Linux with which a path is resolved below an open directory: by the kernel, in one step, so that
 * nobody can change what was checked. Has buffers of its own: for one thread at a time. Reads structs through byte buffers,
 * for a process may make few calls, and variable handles are slow until they are compiled.
 */
final class LinuxFiles {

    /** In which the kernel's numbers differ. */
    private enum Architecture {
        X86_64(217, 0x10000, 0x20000),
        AARCH64(61, 0x4000, 0x8000);

        final long getdents64;
        final int directory;
        final int noFollow;

        Architecture(long getdents64, int directory, int noFollow) {
            this.getdents64 = getdents64;
            this.directory = directory;
            this.noFollow = noFollow;
        }

        static @Nullable Architecture ofThisHost() {
            return switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
                case "amd64", "x86_64" -> X86_64;
                case "aarch64" -> AARCH64;
                default -> null;
            };
        }
    }

    // Flags of open(2) and openat2(2), the same on both architectures.
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    private static final long RESOLVE_NO_MAGICLINKS = 0x02;
    private static final long RESOLVE_NO_SYMLINKS = 0x04;
    private static final long RESOLVE_BENEATH = 0x08;
    private static final long OPENAT2 = 437;
    private static final int AT_FDCWD = -100;

    // Flags and the struct of statx(2).
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_TYPE_SIZE_MTIME = 0x001 | 0x200 | 0x040;
    private static final long STATX_SIZE = 256;
    private static final int STX_MODE = 28;
    private static final int STX_SIZE = 40;
    private static final int STX_MTIME_SECONDS = 112;
    private static final int STX_MTIME_NANOSECONDS = 120;
    private static final int S_IFMT = 0xF000;
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFLNK = 0xA000;

    // The struct linux_dirent64.
    private static final int D_RECLEN = 16;
    private static final int D_NAME = 19;

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int ENXIO = 6;
    private static final int EAGAIN = 11;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int EXDEV = 18;
    private static final int ENODEV = 19;
    private static final int ENOTDIR = 20;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENAMETOOLONG = 36;
    private static final int ENOSYS = 38;
    private static final int ELOOP = 40;
    private static final int ESTALE = 116;

    /**
     * How often a call is made again that a signal interrupted, or during which a directory on the path was moved. Not
     * for ever: whoever stops a run sends signals until it stops.
     */
    private static final int ATTEMPTS = 100;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** The functions of the C library that are used here. */
    private record Functions(
            Architecture architecture,
            MethodHandle openat2,
            MethodHandle getdents64,
            MethodHandle statx,
            MethodHandle pread,
            MethodHandle readlinkat,
            MethodHandle close) {}

    private static @Nullable Functions functions;

    private final Functions call = functions();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment state = arena.allocate(STATE);
    private final MemorySegment openHow = arena.allocate(24, 8);
    private final MemorySegment statx = arena.allocate(STATX_SIZE, 8);
    private final ByteBuffer statxFields = statx.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment path = arena.allocate(GuestPath.LONGEST + 1);
    private final MemorySegment empty = arena.allocate(1);
    private final MemorySegment buffer = arena.allocate(32 << 10, 8);

    /** @throws HyperlightException if this host has no such system calls */
    LinuxFiles() {}

    /** @throws HyperlightException if this host has no such system calls */
    static void requireSupported() {
        LinuxFiles files = new LinuxFiles();
        try {
            files.close(files.openDirectory("/".getBytes(UTF_8)));
        } catch (GuestFileException e) {
            throw unsupported("openat2, Linux 5.6, is missing or forbidden here (" + e.code() + ")", e);
        }
    }

    private static HyperlightException unsupported(String reason, @Nullable Throwable cause) {
        return new HyperlightException(
                HyperlightException.Code.UNSUPPORTED_HOST,
                "Files cannot be mounted, for this host cannot confine access to them: " + reason,
                cause);
    }

    private static synchronized Functions functions() {
        Functions found = functions;
        if (found == null) {
            Architecture architecture = Architecture.ofThisHost();
            if (!System.getProperty("os.name").equals("Linux") || architecture == null) {
                throw unsupported(
                        "it is " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                                + ", and not Linux on x86-64 or AArch64",
                        null);
            }
            try {
                found = link(architecture);
            } catch (IllegalCallerException e) {
                throw NativeLibrary.accessDenied(e);
            }
            functions = found;
        }
        return found;
    }

    private static Functions link(Architecture architecture) {
        ValueLayout number = ValueLayout.JAVA_LONG;
        ValueLayout small = ValueLayout.JAVA_INT;
        ValueLayout pointer = ValueLayout.ADDRESS;
        FunctionDescriptor openat2 = FunctionDescriptor.of(number, number, number, pointer, pointer, number);
        FunctionDescriptor getdents64 = FunctionDescriptor.of(number, number, number, pointer, number);
        return new Functions(
                architecture,
                function("syscall", openat2, Linker.Option.firstVariadicArg(1)),
                function("syscall", getdents64, Linker.Option.firstVariadicArg(1)),
                function("statx", FunctionDescriptor.of(small, small, pointer, small, small, pointer)),
                function("pread", FunctionDescriptor.of(number, small, pointer, number, number)),
                function("readlinkat", FunctionDescriptor.of(number, small, pointer, pointer, number)),
                function("close", FunctionDescriptor.of(small, small)));
    }

    @SuppressWarnings("restricted") // These are the C library's own signatures.
    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup()
                .find(name)
                .orElseThrow(() -> unsupported("its C library has no function " + name, null));
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return linker.downcallHandle(address, descriptor, all);
    }

    /**
     * What a file on the host is.
     *
     * @param mode its {@code st_mode}
     * @param size in bytes
     * @param modified in nanoseconds since the Unix epoch
     */
    record HostStatus(int mode, long size, long modified) {

        boolean isDirectory() {
            return (mode & S_IFMT) == S_IFDIR;
        }

        boolean isFile() {
            return (mode & S_IFMT) == S_IFREG;
        }

        boolean isLink() {
            return (mode & S_IFMT) == S_IFLNK;
        }

        /** {@return the status that a program sees; nothing else than files, directories and links has one} */
        GuestFiles.Status forGuest() throws GuestFileException {
            if (isFile()) {
                return new GuestFiles.Status(GuestFiles.FILE, size, modified);
            } else if (isDirectory()) {
                return new GuestFiles.Status(GuestFiles.DIRECTORY, 0, modified);
            } else if (isLink()) {
                return new GuestFiles.Status(GuestFiles.SYMBOLIC_LINK, size, modified);
            }
            throw new GuestFileException(Code.ACCESS);
        }
    }

    /** Names a directory by an absolute path without links in it. The application gave it. */
    int openDirectory(byte[] absolute) throws GuestFileException {
        return openat2(AT_FDCWD, absolute, O_PATH | call.architecture.directory, RESOLVE_NO_SYMLINKS);
    }

    /** Names what is at a path below a directory, whatever that is, without opening it. */
    int locate(int directory, byte[] below, boolean follow) throws GuestFileException {
        int noFollow = follow ? 0 : call.architecture.noFollow;
        return openat2(directory, below, O_PATH | noFollow, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    }

    /** Opens what is at a path below a directory to read it, and never waits: not for a FIFO's other end either. */
    int openToRead(int directory, byte[] below, boolean follow) throws GuestFileException {
        int noFollow = follow ? 0 : call.architecture.noFollow;
        return openat2(directory, below, O_NONBLOCK | O_NOCTTY | noFollow, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    }

    /** Opens a directory below another to list it. */
    int openToList(int directory, byte[] below) throws GuestFileException {
        return openat2(
                directory, below, O_NONBLOCK | call.architecture.directory, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    }

    private int openat2(int directory, byte[] name, int flags, long resolve) throws GuestFileException {
        openHow.set(ValueLayout.JAVA_LONG, 0, flags | O_CLOEXEC);
        openHow.set(ValueLayout.JAVA_LONG, 16, resolve);
        setPath(name);
        for (int attempt = 1; ; attempt++) {
            long result;
            try {
                result = (long)
                        call.openat2.invokeExact(state, OPENAT2, (long) directory, path, openHow, openHow.byteSize());
            } catch (Throwable e) {
                throw cannotHappen(e);
            }
            if (result >= 0) {
                return (int) result;
            }
            int errno = errno();
            if ((errno != EINTR && errno != EAGAIN) || attempt == ATTEMPTS) {
                throw error(errno);
            }
        }
    }

    private void setPath(byte[] name) throws GuestFileException {
        if (name.length > GuestPath.LONGEST) {
            throw new GuestFileException(Code.NAME_TOO_LONG);
        }
        byte[] terminated = Arrays.copyOf(name, name.length + 1);
        MemorySegment.copy(terminated, 0, path, ValueLayout.JAVA_BYTE, 0, terminated.length);
    }

    HostStatus status(int file) throws GuestFileException {
        return statx(file, empty, AT_EMPTY_PATH);
    }

    /** The status of what a directory holds by that name; a link is not followed. */
    HostStatus status(int directory, byte[] name) throws GuestFileException {
        setPath(name);
        return statx(directory, path, AT_SYMLINK_NOFOLLOW);
    }

    private HostStatus statx(int directory, MemorySegment name, int flags) throws GuestFileException {
        int result;
        try {
            result = (int) call.statx.invokeExact(
                    state, directory, name, flags | AT_NO_AUTOMOUNT, STATX_TYPE_SIZE_MTIME, statx);
        } catch (Throwable e) {
            throw cannotHappen(e);
        }
        if (result < 0) {
            throw error(errno());
        }
        return new HostStatus(
                Short.toUnsignedInt(statxFields.getShort(STX_MODE)),
                statxFields.getLong(STX_SIZE),
                nanoseconds(statxFields.getLong(STX_MTIME_SECONDS), statxFields.getInt(STX_MTIME_NANOSECONDS)));
    }

    /** A time that the guest's number cannot hold becomes the nearest that it can. */
    private static long nanoseconds(long seconds, int nanoseconds) {
        return Math.clamp(seconds, 0, Long.MAX_VALUE / 1_000_000_000 - 1) * 1_000_000_000 + nanoseconds;
    }

    int read(int file, long offset, MemorySegment into) throws GuestFileException {
        for (int attempt = 1; ; attempt++) {
            long result;
            try {
                result = (long) call.pread.invokeExact(state, file, into, into.byteSize(), offset);
            } catch (Throwable e) {
                throw cannotHappen(e);
            }
            if (result >= 0) {
                return (int) result;
            }
            int errno = errno();
            if (errno != EINTR || attempt == ATTEMPTS) {
                throw error(errno);
            }
        }
    }

    /** {@return what a link that was located without being followed says} */
    byte[] readLink(int link) throws GuestFileException {
        long result;
        try {
            result = (long) call.readlinkat.invokeExact(state, link, empty, buffer, buffer.byteSize());
        } catch (Throwable e) {
            throw cannotHappen(e);
        }
        if (result < 0) {
            throw error(errno());
        }
        return buffer.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE);
    }

    /** {@return more names that an open directory holds; none at its end} */
    List<byte[]> names(int directory) throws GuestFileException {
        while (true) {
            byte[] list = buffer.asSlice(0, getdents64(directory)).toArray(ValueLayout.JAVA_BYTE);
            ByteBuffer fields = ByteBuffer.wrap(list).order(ByteOrder.nativeOrder());
            List<byte[]> names = new ArrayList<>();
            for (int at = 0; at < list.length; ) {
                int begin = at + D_NAME;
                int end = begin;
                while (list[end] != 0) {
                    end++;
                }
                byte[] name = Arrays.copyOfRange(list, begin, end);
                if (!isSelfOrParent(name)) {
                    names.add(name);
                }
                at += Short.toUnsignedInt(fields.getShort(at + D_RECLEN));
            }
            if (list.length == 0 || !names.isEmpty()) {
                return names;
            }
        }
    }

    private static boolean isSelfOrParent(byte[] name) {
        return (name.length == 1 || name.length == 2) && name[0] == '.' && name[name.length - 1] == '.';
    }

    private long getdents64(int directory) throws GuestFileException {
        long result;
        try {
            result = (long) call.getdents64.invokeExact(
                    state, call.architecture.getdents64, (long) directory, buffer, buffer.byteSize());
        } catch (Throwable e) {
            throw cannotHappen(e);
        }
        if (result < 0) {
            throw error(errno());
        }
        return result;
    }

    /** On Linux a descriptor is closed whatever close(2) answers. */
    void close(int file) {
        try {
            int ignored = (int) call.close.invokeExact(state, file);
        } catch (Throwable e) {
            throw cannotHappen(e);
        }
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    /** None of the functions throws by itself. */
    private static AssertionError cannotHappen(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> new AssertionError(e);
        };
    }

    private static GuestFileException error(int errno) {
        return new GuestFileException(
                switch (errno) {
                    // A path that leads out, a device that nobody serves, or a FIFO.
                    case EACCES, EXDEV, ENXIO, ENODEV -> Code.ACCESS;
                    case EPERM -> Code.NOT_PERMITTED;
                    case ENOENT, ESTALE -> Code.NO_ENTRY;
                    case EAGAIN, EBUSY -> Code.BUSY;
                    case ENOTDIR -> Code.NOT_DIRECTORY;
                    case EISDIR -> Code.IS_DIRECTORY;
                    case EINVAL -> Code.INVALID;
                    case ENFILE, EMFILE -> Code.QUOTA;
                    case ENAMETOOLONG -> Code.NAME_TOO_LONG;
                    case ELOOP -> Code.LOOP;
                    case ENOSYS -> Code.UNSUPPORTED;
                    default -> Code.IO;
                });
    }
}
