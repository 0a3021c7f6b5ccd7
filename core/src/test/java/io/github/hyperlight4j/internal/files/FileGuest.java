package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/** The file functions as a guest calls them, in a form in which tests are easy to read. */
final class FileGuest implements AutoCloseable {

    static final int READ = GuestFiles.OPEN_READ;
    static final int WRITE = GuestFiles.OPEN_WRITE;
    static final int CREATE = GuestFiles.OPEN_CREATE;
    static final int EXCLUSIVE = GuestFiles.OPEN_EXCLUSIVE;
    static final int TRUNCATE = GuestFiles.OPEN_TRUNCATE;
    static final int NO_FOLLOW = GuestFiles.OPEN_NO_FOLLOW;

    final SandboxFiles files;

    private FileGuest(SandboxFiles files) {
        this.files = files;
    }

    static FileGuest mounting(@Nullable Path workspace, FileMount... mounts) {
        return until(() -> {}, workspace, mounts);
    }

    /** A guest whose run ends when the check says so. */
    static FileGuest until(StopCheck stop, @Nullable Path workspace, FileMount... mounts) {
        return new FileGuest(new SandboxFiles(Mounts.of(workspace, List.of(mounts)), Limits.defaults(), stop));
    }

    static FileGuest of(Mounts mounts) {
        return new FileGuest(new SandboxFiles(mounts, Limits.defaults(), () -> {}));
    }

    static FileGuest with(Limits limits) {
        return on(HostAccount.ofProcess(), limits);
    }

    static FileGuest on(HostAccount account, Limits limits) {
        return on(account, limits, SandboxFiles.MOST_ENTRIES, SandboxFiles.MOST_OPEN);
    }

    static FileGuest with(Limits limits, int mostEntries, int mostOpen) {
        return on(HostAccount.ofProcess(), limits, mostEntries, mostOpen);
    }

    static FileGuest on(HostAccount account, Limits limits, int mostEntries, int mostOpen) {
        return new FileGuest(new SandboxFiles(Mounts.NONE, limits, mostEntries, mostOpen, account, () -> {}));
    }

    /** Limits of files, in bytes. */
    static Limits limits(int outputFiles, long outputFileSize, long outputSize, long temporarySize) {
        return Limits.builder()
                .outputFiles(outputFiles)
                .outputFileSize(ByteSize.ofBytes(outputFileSize))
                .outputSize(ByteSize.ofBytes(outputSize))
                .temporarySize(ByteSize.ofBytes(temporarySize))
                .build();
    }

    /** Fails unless the call gives the guest that error. */
    static void assertFails(Code code, Executable call) {
        assertEquals(code, assertThrows(GuestFileException.class, call).code());
    }

    int open(String path, int flags) throws Exception {
        return files.open(path, flags).handle();
    }

    byte[] read(int handle, long offset, int count) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(Math.max(count, 1)).asSlice(0, count);
            int read = files.read(handle, offset, into);
            return into.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** All that a file holds, read as a program does: to the end, in pieces. */
    byte[] read(String path) throws Exception {
        int handle = open(path, READ);
        try {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] piece;
            do {
                piece = read(handle, all.size(), 100_000);
                all.writeBytes(piece);
            } while (piece.length > 0);
            return all.toByteArray();
        } finally {
            files.close(handle);
        }
    }

    String text(String path) throws Exception {
        return new String(read(path), UTF_8);
    }

    long write(int handle, long offset, byte[] bytes) throws Exception {
        return files.write(handle, offset, ByteBuffer.wrap(bytes));
    }

    void write(String path, byte[] bytes) throws Exception {
        int handle = open(path, WRITE | CREATE | TRUNCATE);
        try {
            write(handle, 0, bytes);
        } finally {
            files.close(handle);
        }
    }

    void write(String path, String text) throws Exception {
        write(path, text.getBytes(UTF_8));
    }

    /** The whole list of a directory, part by part. */
    List<GuestFiles.Entry> list(String path) throws Exception {
        List<GuestFiles.Entry> all = new ArrayList<>();
        long next = 0;
        do {
            GuestFiles.Entries part = files.list(path, next);
            all.addAll(part.items());
            next = part.next();
        } while (next != 0);
        return all;
    }

    List<String> names(String path) throws Exception {
        return list(path).stream().map(GuestFiles.Entry::name).sorted().toList();
    }

    int kind(String path, boolean follow) throws Exception {
        return files.stat(path, follow).kind();
    }

    @Override
    public void close() {
        files.close();
    }
}
