package io.github.hyperlight4j.internal.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Owns an object of the native library. Closing deletes it; using it afterwards, or closing it while it is in use, is
 * an
 * {@link IllegalStateException} rather than a crash.
 */
abstract class NativeObject implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final MemorySegment pointer;

    @SuppressWarnings("restricted") // The pointer came from the library, and delete is its own destructor.
    NativeObject(MemorySegment pointer, Consumer<MemorySegment> delete) {
        this.pointer = pointer.reinterpret(arena, delete);
    }

    final MemorySegment pointer() {
        return pointer;
    }

    /** Deletes the object; a second time does nothing. One that failed, because the object was in use, can be repeated. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
