package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.RunListener;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/** Prints the output of a program while it runs. */
final class StreamedOutput implements RunListener {

    private final PrintStream out;
    private final PrintStream err;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Runnable cancel = () -> {};

    StreamedOutput(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Sets what ends the program when its output has no reader any more. */
    void onBrokenPipe(Runnable cancel) {
        this.cancel = cancel;
    }

    /** Waits until all output is printed: its reader may be slower than the program, and the process ends after this. */
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
        if (out.checkError()) {
            cancel.run();
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
