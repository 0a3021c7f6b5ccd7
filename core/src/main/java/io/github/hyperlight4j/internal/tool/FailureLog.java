package io.github.hyperlight4j.internal.tool;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/** The application's trace of tools that failed: so many a minute for each configuration, since a program can call them at will. */
final class FailureLog {

    private static final int MOST = 20;
    private static final long PERIOD = TimeUnit.MINUTES.toNanos(1);

    /** Characters of an exception: its message may be what a program sent. */
    private static final int LONGEST = 32 * 1024;

    private final System.Logger logger;

    // Below: guarded by this.
    private long start = System.nanoTime();
    private int count;

    FailureLog(System.Logger logger) {
        this.logger = logger;
    }

    void log(String tool, Throwable cause) {
        if (cause instanceof InterruptedException) {
            logger.log(Level.DEBUG, "Tool '" + tool + "' was cancelled", cause);
            return;
        }
        int suppressed;
        int number;
        synchronized (this) {
            long now = System.nanoTime();
            suppressed = 0;
            if (now - start > PERIOD) {
                suppressed = Math.max(0, count - MOST);
                start = now;
                count = 0;
            }
            count++;
            number = count;
        }
        if (suppressed > 0) {
            logger.log(Level.WARNING, suppressed + " further failures of tools were not logged");
        }
        if (number <= MOST) {
            write(tool, cause);
        }
        if (number == MOST) {
            logger.log(
                    Level.WARNING, "Further failures of tools of this configuration are not logged for up to a minute");
        }
    }

    private void write(String tool, Throwable cause) {
        String message = "Tool '" + tool + "' failed";
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        if (trace.getBuffer().length() <= LONGEST) {
            logger.log(Level.WARNING, message, cause);
        } else {
            logger.log(Level.WARNING, message + ": " + trace.getBuffer().substring(0, LONGEST) + "...");
        }
    }
}
