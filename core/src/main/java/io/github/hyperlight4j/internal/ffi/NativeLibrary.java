package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.bindings.hl4j_h;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Loads the native library: once in a process, for good. */
public final class NativeLibrary {

    private static @Nullable Path loaded;

    private NativeLibrary() {}

    /**
     * Loads the library, unless that was done before. Its initializers run in this process: the caller has checked that
     * no other user could put it there.
     *
     * @param library the library's file
     * @throws HyperlightException if it cannot be loaded, or another one is loaded already
     */
    public static synchronized void load(Path library) {
        if (loaded != null) {
            requireSame(loaded, library);
            return;
        }
        try {
            Path real = library.toRealPath();
            requireAbiVersion(real);
            bind(real);
            loaded = real;
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY, "The native library " + library + " cannot be loaded: " + e.getMessage(), e);
        } catch (IllegalCallerException | ExceptionInInitializerError | NoClassDefFoundError e) {
            if (isAccessDenied(e)) {
                throw accessDenied(e);
            }
            throw e;
        }
    }

    /** Makes its symbols visible to the generated bindings, which must be of the same class loader as this class. */
    @SuppressWarnings("restricted")
    private static void bind(Path library) {
        System.load(library.toString());
        hl4j_h.hl4j_abi_version();
    }

    /**
     * Asks the library for its version before it becomes the one that the bindings see: what System.load has loaded
     * cannot be unloaded, and a wrong one would stay in the way of the right one.
     */
    @SuppressWarnings("restricted")
    private static void requireAbiVersion(Path library) {
        SymbolLookup lookup;
        try {
            lookup = SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY,
                    "The native library " + library + " cannot be loaded: it is damaged or for another platform than "
                            + System.getProperty("os.name") + " on " + System.getProperty("os.arch"),
                    e);
        }
        MemorySegment function = lookup.find("hl4j_abi_version")
                .orElseThrow(() -> new HyperlightException(
                        Code.NATIVE_LIBRARY, library + " is not hyperlight4j's native library: it has no version"));
        int found;
        try {
            found = (int) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT))
                    .invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        int expected = hl4j_h.HL4J_ABI_VERSION();
        if (found != expected) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY,
                    "The native library " + library + " does not fit these classes: its ABI version is " + found
                            + ", and theirs " + expected + "; build both from the same source");
        }
    }

    /**
     * {@return random bytes of the operating system} Loads no classes, unlike the JDK's random source. The library must have
     * been loaded.
     *
     * @param count how many
     * @throws NativeException if there are none
     */
    public static byte[] random(int count) throws NativeException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(count);
            NativeCalls.check(hl4j_h.hl4j_random(bytes, count));
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void requireSame(Path loaded, Path library) {
        try {
            if (!Files.isSameFile(loaded, library) && Files.mismatch(loaded, library) >= 0) {
                throw new HyperlightException(
                        Code.NATIVE_LIBRARY,
                        "This process has loaded the native library " + loaded + " and cannot load another: "
                                + library);
            }
        } catch (IOException e) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY, "The native library " + library + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isAccessDenied(Throwable e) {
        // Once a class could not be initialized, later uses of it have the first reason in the cause's text only.
        return e instanceof IllegalCallerException
                || String.valueOf(e.getCause()).contains(IllegalCallerException.class.getSimpleName());
    }

    /**
     * {@return the exception for a JVM that refuses a call of native code}
     *
     * @param e the refusal
     */
    public static HyperlightException accessDenied(Throwable e) {
        String modules = Stream.of(NativeLibrary.class.getModule(), hl4j_h.class.getModule())
                .map(module -> module.isNamed() ? module.getName() : "ALL-UNNAMED")
                .distinct()
                .collect(Collectors.joining(","));
        return new HyperlightException(
                Code.NATIVE_ACCESS,
                "This JVM does not let hyperlight4j call native code: start it with --enable-native-access=" + modules,
                e);
    }
}
