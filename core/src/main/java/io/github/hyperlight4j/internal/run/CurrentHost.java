package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.ffi.GuestFiles;
import io.github.hyperlight4j.internal.ffi.GuestHost;
import io.github.hyperlight4j.internal.ffi.GuestHttp;
import io.github.hyperlight4j.internal.ffi.RunEndedException;
import io.github.hyperlight4j.internal.tool.ToolAnswer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The host of a sandbox: the run that is in progress. Used by the thread that holds the sandbox. */
final class CurrentHost implements GuestHost {

    private @Nullable Run run;

    /** Sets the run that answers from now on, or {@code null} for none. */
    void become(@Nullable Run run) {
        this.run = run;
    }

    private Run run() throws RunEndedException {
        if (run == null) {
            throw new RunEndedException();
        }
        return run;
    }

    @Override
    public ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException {
        return run().callTool(name, arguments);
    }

    @Override
    public void write(int file, ByteBuffer bytes) throws RunEndedException {
        run().write(file, bytes);
    }

    @Override
    public long realtime() throws RunEndedException {
        return run().realtime();
    }

    @Override
    public long monotonic() throws RunEndedException {
        return run().monotonic();
    }

    @Override
    public void sleep(long nanoseconds) throws RunEndedException {
        run().sleep(nanoseconds);
    }

    @Override
    public byte[] entropy(int count) throws RunEndedException {
        return run().entropy(count);
    }

    @Override
    public int beginTool(String name, ByteBuffer arguments) throws RunEndedException {
        return run().beginTool(name, arguments);
    }

    @Override
    public FinishedTool nextTool(long nanoseconds) throws RunEndedException {
        return run().nextTool(nanoseconds);
    }

    @Override
    public GuestFiles files() throws RunEndedException {
        return run().files();
    }

    @Override
    public GuestHttp http() throws RunEndedException {
        return run().http();
    }
}
