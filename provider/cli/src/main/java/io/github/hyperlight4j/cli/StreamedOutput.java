package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.Sandbox;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Prints what a program prints, while it runs. */
final class StreamedOutput implements RunListener {

    private final PrintStream out;
    private final PrintStream err;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile @Nullable Sandbox running;

    StreamedOutput(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Sets what is to end when nobody reads any more. */
    void of(Sandbox sandbox) {
        running = sandbox;
    }

    /** Waits until all is printed: a reader may be slower than the program's time, and the process ends after this. */
    void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onStdout(String text) {
        out.print(text);
        Sandbox sandbox = running;
        if (out.checkError() && sandbox != null) {
            sandbox.cancel(); // There is no use in going on.
        }
    }

    @Override
    public void onStderr(String text) {
        err.print(text);
        err.flush();
    }

    @Override
    public void onEnd() {
        end.countDown();
    }
}
