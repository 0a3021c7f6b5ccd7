package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
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
 * The system calls of Linux that resolve a path below an open directory: in the kernel, in one step, so that nothing can
 * change between a check and its use. Has its own buffers, so it is for one thread at a time. Reads structs through byte
 * buffers, because a process may make few calls and variable handles are slow until they are compiled.
 */
final class LinuxFiles {

    /** The architectures whose system calls are known, with the numbers that differ between them. */
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
    private static final long RESOLVE_NO_XDEV = 0x01;
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

    /** The size of statfs(2)'s struct on both architectures; {@code f_type} is its first number. */
    private static final long STATFS_SIZE = 120;

    // The struct linux_dirent64.
    private static final int D_RECLEN = 16;
    private static final int D_TYPE = 18;
    private static final int D_NAME = 19;
    private static final int DT_UNKNOWN = 0;
    private static final int DT_DIR = 4;
    private static final int DT_REG = 8;
    private static final int DT_LNK = 10;

    /**
     * How often a call is repeated that a signal interrupted, or during which a directory on the path was moved. Bounded,
     * because a run that is being stopped gets signals until it stops.
     */
    private static final int ATTEMPTS = 100;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Functions of the C library. */
    private record Functions(
            Architecture architecture,
            MethodHandle openat2,
            MethodHandle getdents64,
            MethodHandle statx,
            MethodHandle fstatfs,
            MethodHandle pread,
            MethodHandle readlinkat,
            MethodHandle close) {}

    private static @Nullable Functions functions;

    private final Functions call = functions();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment state = arena.allocate(STATE);
    private final MemorySegment openHow = arena.allocate(24, 8);
    private final MemorySegment statx = arena.allocate(STATX_SIZE, 8);
    private final MemorySegment statfs = arena.allocate(STATFS_SIZE, 8);
    private final ByteBuffer statxFields = statx.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment path = arena.allocate(GuestPath.LONGEST + 1);
    private final MemorySegment empty = arena.allocate(1);
    private final MemorySegment buffer = arena.allocate(32 << 10, 8);

    /** @throws HyperlightException if this host has no such system calls */
    LinuxFiles() {}

    /**
     * {@return the system calls, after a trial}
     *
     * @throws HyperlightException if this host has no such system calls
     */
    static LinuxFiles requireSupported() {
        LinuxFiles files = new LinuxFiles();
        try {
            files.close(files.openDirectory("/".getBytes(UTF_8)));
            return files;
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
                function("fstatfs", FunctionDescriptor.of(small, small, pointer)),
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
     * A path below an open directory.
     *
     * @param directory the open directory
     * @param name the path's bytes
     * @param crosses whether the path may lead into file systems that are mounted below the directory
     */
    @SuppressWarnings("ArrayRecordComponent") // Made here, and not changed.
    record Place(int directory, byte[] name, boolean crosses) {}

    /**
     * Opens a directory for paths to be resolved below it.
     *
     * @param absolute a path of the application's, without links in it
     */
    int openDirectory(byte[] absolute) throws GuestFileException {
        return requireServed(openat2(AT_FDCWD, absolute, O_PATH | call.architecture.directory, RESOLVE_NO_SYMLINKS));
    }

    /** Returns whether a path of the application's, without links in it, is in a pseudo file system. */
    boolean isInPseudoFileSystem(byte[] absolute) throws GuestFileException {
        int file = openat2(AT_FDCWD, absolute, O_PATH, RESOLVE_NO_SYMLINKS);
        try {
            return PseudoFileSystems.contain(fileSystemType(file));
        } finally {
            close(file);
        }
    }

    /** Opens a path to learn what it names, without touching that: a device, for instance, is not opened. */
    int locate(Place place, boolean follow) throws GuestFileException {
        return openBelow(place, O_PATH | (follow ? 0 : call.architecture.noFollow));
    }

    /** Opens a file to read it. Never waits: not for a FIFO's other end either. */
    int openToRead(Place place, boolean follow) throws GuestFileException {
        return openBelow(place, O_NONBLOCK | O_NOCTTY | (follow ? 0 : call.architecture.noFollow));
    }

    /** Opens a directory to list it. */
    int openToList(Place place) throws GuestFileException {
        return openBelow(place, O_NONBLOCK | call.architecture.directory);
    }

    /**
     * The file system of an open directory is known to be served, and the kernel keeps a path in it. So its type is looked
     * at only where the path may leave it.
     */
    private int openBelow(Place place, int flags) throws GuestFileException {
        long resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
        if (place.crosses) {
            return requireServed(openat2(place.directory, place.name, flags, resolve));
        }
        return openat2(place.directory, place.name, flags, resolve | RESOLVE_NO_XDEV);
    }

    /** Returns the descriptor; closes it and fails if what it stands for is in a pseudo file system. */
    private int requireServed(int file) throws GuestFileException {
        boolean served = false;
        try {
            served = !PseudoFileSystems.contain(fileSystemType(file));
        } finally {
            if (!served) {
                close(file);
            }
        }
        if (!served) {
            throw new GuestFileException(Code.ACCESS);
        }
        return file;
    }

    private long fileSystemType(int file) throws GuestFileException {
        int result;
        try {
            result = (int) call.fstatfs.invokeExact(state, file, statfs);
        } catch (Throwable e) {
            throw cannotHappen(e);
        }
        if (result < 0) {
            throw Errno.exception(errno());
        }
        return statfs.get(ValueLayout.JAVA_LONG, 0);
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
            if ((errno != Errno.EINTR && errno != Errno.EAGAIN) || attempt == ATTEMPTS) {
                throw Errno.exception(errno);
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

    /** Returns the status of a directory's entry. Follows no link. */
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
            throw Errno.exception(errno());
        }
        return new HostStatus(
                Short.toUnsignedInt(statxFields.getShort(STX_MODE)),
                statxFields.getLong(STX_SIZE),
                nanoseconds(statxFields.getLong(STX_MTIME_SECONDS), statxFields.getInt(STX_MTIME_NANOSECONDS)));
    }

    /** Converts a time; one outside the guest's range becomes the nearest inside it. */
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
            if (errno != Errno.EINTR || attempt == ATTEMPTS) {
                throw Errno.exception(errno);
            }
        }
    }

    /** {@return the target of a link that was located without following it} */
    byte[] readLink(int link) throws GuestFileException {
        long result;
        try {
            result = (long) call.readlinkat.invokeExact(state, link, empty, buffer, buffer.byteSize());
        } catch (Throwable e) {
            throw cannotHappen(e);
        }
        if (result < 0) {
            throw Errno.exception(errno());
        }
        return buffer.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * {@return more names of files, directories and links that an open directory holds; {@code null} at its end} Special
     * files are left out where the file system tells their type, which saves a system call for each.
     */
    @Nullable
    List<byte[]> names(int directory) throws GuestFileException {
        byte[] list = buffer.asSlice(0, getdents64(directory)).toArray(ValueLayout.JAVA_BYTE);
        return list.length == 0 ? null : names(list);
    }

    /** Reads structs linux_dirent64. The kernel's are whole; a struct that does not fit ends the list. */
    static List<byte[]> names(byte[] list) {
        ByteBuffer fields = ByteBuffer.wrap(list).order(ByteOrder.nativeOrder());
        List<byte[]> names = new ArrayList<>();
        for (int at = 0; at + D_NAME < list.length; ) {
            int next = at + Short.toUnsignedInt(fields.getShort(at + D_RECLEN));
            if (next <= at + D_NAME || next > list.length) {
                break;
            }
            int end = at + D_NAME;
            while (end < next && list[end] != 0) {
                end++;
            }
            byte[] name = Arrays.copyOfRange(list, at + D_NAME, end);
            boolean visible = switch (list[at + D_TYPE]) {
                case DT_UNKNOWN, DT_DIR, DT_REG, DT_LNK -> true;
                default -> false;
            };
            if (visible && !isSelfOrParent(name)) {
                names.add(name);
            }
            at = next;
        }
        return names;
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
            throw Errno.exception(errno());
        }
        return result;
    }

    /** Closes a descriptor. On Linux it is closed whatever close(2) answers. */
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

    /** Rethrows what a method handle threw. The functions themselves throw nothing. */
    private static AssertionError cannotHappen(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> new AssertionError(e);
        };
    }
}
