package io.github.hyperlight4j.cli;

/** An action that runs when a signal (Ctrl-C, or that of {@code kill}) ends the process, before the process ends. */
final class Interruption implements AutoCloseable {

    private final Thread hook;
    private volatile boolean happened;

    private Interruption(Runnable action) {
        hook = new Thread(
                () -> {
                    happened = true;
                    action.run();
                },
                "hyperlight4j-interrupted");
    }

    /** Has an action run if the process ends before this is closed. The process waits for it. */
    static Interruption handle(Runnable action) {
        Interruption interruption = new Interruption(action);
        try {
            Runtime.getRuntime().addShutdownHook(interruption.hook);
        } catch (IllegalStateException e) {
            interruption.happened = true; // The process is ending already.
        }
        return interruption;
    }

    boolean happened() {
        return happened;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            happened = true; // The process is ending, and the action runs.
        }
    }
}
