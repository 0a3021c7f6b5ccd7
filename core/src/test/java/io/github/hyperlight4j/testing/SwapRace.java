package io.github.hyperlight4j.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Swaps a directory for a symbolic link and back, again and again, on a thread of its own. */
public final class SwapRace {

    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    /**
     * Begins.
     *
     * @param directory what a path leads to in between
     * @param parked where it is meanwhile
     * @param link what takes its place
     */
    public SwapRace(Path directory, Path parked, Path link) {
        thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!ended.get()) {
                    Files.move(directory, parked);
                    Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
                    Files.move(directory, link, StandardCopyOption.ATOMIC_MOVE);
                    Files.move(parked, directory);
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
    }

    /**
     * Ends, with the directory in its place.
     *
     * @throws InterruptedException if interrupted
     */
    public void end() throws InterruptedException {
        ended.set(true);
        thread.join();
    }

    /** Returns why it ended by itself; {@code null} if it did not. */
    public @Nullable Throwable failure() {
        return failure.get();
    }
}
