package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import java.nio.ByteBuffer;

/** The host of a guest that runs no program: it is being booted and warmed up. */
public final class BootHost implements GuestHost {

    /** No state. */
    public BootHost() {}

    @Override
    public ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public void write(int file, ByteBuffer bytes) {}

    @Override
    public long realtime() {
        return HostResources.realtime();
    }

    @Override
    public long monotonic() {
        return HostResources.monotonic();
    }

    @Override
    public void sleep(long nanoseconds) {}

    @Override
    public byte[] entropy(int count) {
        return HostResources.entropy(count);
    }

    @Override
    public int beginTool(String name, ByteBuffer arguments) throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public FinishedTool nextTool(long nanoseconds) throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public GuestFiles files() throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public GuestHttp http() throws RunEndedException {
        throw new RunEndedException();
    }
}
