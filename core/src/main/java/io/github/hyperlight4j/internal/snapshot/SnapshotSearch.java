package io.github.hyperlight4j.internal.snapshot;

import io.github.hyperlight4j.internal.ffi.RuntimeDirectory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Looks for a snapshot on a thread of its own. */
public final class SnapshotSearch {

    private final CompletableFuture<Result> result = new CompletableFuture<>();

    /**
     * What there is.
     *
     * @param key the key of what was looked for
     * @param shipped where it is among those that came with the runtime; {@code null} if it is not there
     * @param own where it is among the user's own; {@code null} if it is not there, or was not looked for because of the
     *     other one
     */
    public record Result(
            SnapshotKey key,
            @Nullable Path shipped,
            @Nullable Path own) {}

    private SnapshotSearch() {}

    /**
     * Begins to look.
     *
     * @param runtime what it is to fit
     * @param folders where to look
     * @return the search
     */
    public static SnapshotSearch begin(RuntimeDirectory runtime, SnapshotFolders folders) {
        SnapshotSearch search = new SnapshotSearch();
        Thread.ofPlatform().name("hyperlight4j-snapshot").daemon().start(() -> {
            try {
                search.result.complete(look(runtime, folders));
            } catch (RuntimeException | Error e) {
                search.result.completeExceptionally(e);
            }
        });
        return search;
    }

    /**
     * Waits for the end.
     *
     * @return what there is
     * @throws io.github.hyperlight4j.HyperlightException if a file of the runtime is missing or cannot be read
     */
    public Result result() {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static Result look(RuntimeDirectory runtime, SnapshotFolders folders) {
        SnapshotKey key = SnapshotKey.of(runtime);
        Path shipped = folders.shipped().find(key);
        SnapshotFolder own = folders.own();
        return new Result(key, shipped, shipped == null && own != null ? own.find(key) : null);
    }
}
