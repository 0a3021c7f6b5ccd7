package io.github.hyperlight4j.codeact;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/** The application's listeners. What they throw harms nothing. */
final class Listeners {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.codeact");

    private final List<CodeActListener> inOrder;
    private final List<CodeActListener> reversed;

    Listeners(List<CodeActListener> listeners) {
        inOrder = List.copyOf(listeners);
        reversed = inOrder.reversed();
    }

    boolean isEmpty() {
        return inOrder.isEmpty();
    }

    void started(Consumer<CodeActListener> event) {
        tell(inOrder, event);
    }

    /** What one sets up when something starts is taken down again before that of those who came before it. */
    void ended(Consumer<CodeActListener> event) {
        tell(reversed, event);
    }

    private static void tell(List<CodeActListener> listeners, Consumer<CodeActListener> event) {
        for (CodeActListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                LOG.log(Level.WARNING, "A listener failed", e);
            }
        }
    }
}
