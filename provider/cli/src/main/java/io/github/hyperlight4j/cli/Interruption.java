package io.github.hyperlight4j.cli;

/** What is done when a signal (Ctrl-C, or what {@code kill} sends) ends the process in the middle of something. */
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

    /** Has an action run before the process ends, if that happens before this is closed. The process waits for it. */
    static Interruption handle(Runnable action) {
        Interruption interruption = new Interruption(action);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
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
