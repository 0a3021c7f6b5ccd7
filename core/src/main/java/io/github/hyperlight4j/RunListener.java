package io.github.hyperlight4j;

/**
 * Hears of a program's output while it runs. Called on the thread that is in {@link Sandbox#run(String)}, so the
 * program waits meanwhile, and its time goes on. What a listener throws is logged and otherwise ignored.
 *
 * <p>It gets the same text as the result: what the limits allow, and the mark where they cut.
 */
public interface RunListener {

    /**
     * Called when the program has written to standard output; by default does nothing.
     *
     * @param text what it wrote, usually whole lines
     */
    default void onStdout(String text) {}

    /**
     * Called when the program has written to standard error; by default does nothing.
     *
     * @param text what it wrote, usually whole lines
     */
    default void onStderr(String text) {}
}
