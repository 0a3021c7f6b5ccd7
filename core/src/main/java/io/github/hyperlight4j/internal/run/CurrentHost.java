package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The host of a sandbox: that of what is in progress. Used by the thread that holds the sandbox. */
final class CurrentHost implements GuestHost {

    private @Nullable GuestHost host;

    /** Sets who answers from now on, or {@code null} for nobody. */
    void become(@Nullable GuestHost host) {
        this.host = host;
    }

    private GuestHost host() throws RunEndedException {
        if (host == null) {
            throw new RunEndedException();
        }
        return host;
    }

    @Override
    public ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException {
        return host().callTool(name, arguments);
    }

    @Override
    public void write(int file, ByteBuffer bytes) throws RunEndedException {
        host().write(file, bytes);
    }

    @Override
    public long realtime() throws RunEndedException {
        return host().realtime();
    }

    @Override
    public long monotonic() throws RunEndedException {
        return host().monotonic();
    }

    @Override
    public void sleep(long nanoseconds) throws RunEndedException {
        host().sleep(nanoseconds);
    }

    @Override
    public byte[] entropy(int count) throws RunEndedException {
        return host().entropy(count);
    }

    @Override
    public int beginTool(String name, ByteBuffer arguments) throws RunEndedException {
        return host().beginTool(name, arguments);
    }

    @Override
    public FinishedTool nextTool(long nanoseconds) throws RunEndedException {
        return host().nextTool(nanoseconds);
    }

    @Override
    public GuestFiles files() throws RunEndedException {
        return host().files();
    }

    @Override
    public GuestHttp http() throws RunEndedException {
        return host().http();
    }
}
