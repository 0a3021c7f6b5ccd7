package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The guest: an interpreter, compiled for the micro-VM. It is only used when it is what was built. That takes a while
 * to check, so it is checked while it boots.
 */
public final class GuestImage {

    private final Path path;
    private final FutureTask<@Nullable Void> check;

    private GuestImage(Path path, FutureTask<@Nullable Void> check) {
        this.path = path;
        this.check = check;
    }

    /**
     * Finds the guest image and begins to check it against its digest.
     *
     * @param runtime where it is
     * @return the image
     * @throws HyperlightException if it is missing, or has no digest
     */
    public static GuestImage find(RuntimeDirectory runtime) {
        Path path = runtime.guestImage();
        if (!Files.isRegularFile(path)) {
            throw new HyperlightException(Code.GUEST_IMAGE, "The guest image is missing: " + path);
        }
        String expected = expected(runtime);
        FutureTask<@Nullable Void> check = new FutureTask<>(() -> check(path, expected), null);
        Thread.ofPlatform().name("hyperlight4j-digest").daemon().start(check);
        return new GuestImage(path, check);
    }

    /** Returns the image's file. */
    public Path path() {
        return path;
    }

    /**
     * Waits for the check.
     *
     * @throws HyperlightException if the image is damaged
     */
    public void requireIntact() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    check.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof HyperlightException damage
                            ? damage
                            : new HyperlightException(Code.INTERNAL, "Checking the guest image failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void check(Path image, String expected) {
        String found = digest(image);
        if (!found.equals(expected)) {
            throw new HyperlightException(
                    Code.GUEST_IMAGE,
                    "The guest image " + image + " is damaged: its SHA-256 is " + found + ", and should be "
                            + expected);
        }
    }

    private static String expected(RuntimeDirectory runtime) {
        Path file = runtime.guestImageDigest();
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new HyperlightException(Code.GUEST_IMAGE, "The guest image's digest is missing: " + file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (!text.matches("[0-9a-f]{64}")) {
            throw new HyperlightException(
                    Code.GUEST_IMAGE, "The guest image's digest is damaged: " + file + " does not hold 64 hex digits");
        }
        return text;
    }

    private static String digest(Path image) {
        try (InputStream in = Files.newInputStream(image)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw unreadable(image, e);
        } catch (NoSuchAlgorithmException e) {
            throw new HyperlightException(Code.INTERNAL, "This Java has no SHA-256", e);
        }
    }

    private static HyperlightException unreadable(Path file, IOException e) {
        return new HyperlightException(Code.GUEST_IMAGE, "The guest image cannot be read: " + file + ": " + e, e);
    }
}
