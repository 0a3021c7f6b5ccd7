package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.tool.ParameterSchema;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads of tools and listeners carry nothing from one caller, or one configuration, to another. */
@Timeout(30)
class ToolThreadsTest {

    private static final InheritableThreadLocal<String> CALLER = new InheritableThreadLocal<>();
    private static final ThreadLocal<String> LEFT = new ThreadLocal<>();

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @Test
    void toolsAndListenersSeeNoCallersContext() throws Exception {
        ToolThreads threads = new ToolThreads();
        ClassLoader own = ToolThreads.class.getClassLoader();
        for (String caller : List.of("A", "B", "C")) {
            FutureTask<Void> run = new FutureTask<>(() -> {
                CALLER.set(caller);
                Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0], null));
                runWithListener(threads, own);
                return null;
            });
            Thread.ofPlatform().start(run);
            run.get();
        }
        assertEquals(Collections.nCopies(6, "null true"), seen);
    }

    @SuppressWarnings("ReferenceEquality") // The very loader.
    private void runWithListener(ToolThreads threads, ClassLoader own) throws RunEndedException {
        Runnable look =
                () -> seen.add(CALLER.get() + " " + (Thread.currentThread().getContextClassLoader() == own));
        ToolDefinition tool = new ToolDefinition("look", ParameterSchema.none(), _ -> {
            look.run();
            return null;
        });
        RunListener listener = new RunListener() {
            @Override
            public void onStdout(String text) {
                look.run();
            }
        };
        Run run = new Run(Settings.of(threads, Limits.defaults(), listener, tool));
        run.write(1, ByteBuffer.wrap("x".getBytes(UTF_8)));
        run.callTool("look", ByteBuffer.wrap("{}".getBytes(UTF_8)));
        run.finish(new Outcome.Completed(0));
    }

    @Test
    void whatAToolLeavesInAThreadLocalIsNotSeenByAnotherConfiguration() throws RunEndedException {
        ToolDefinition leave = new ToolDefinition("t", ParameterSchema.none(), _ -> {
            LEFT.set("secret");
            return null;
        });
        String[] found = new String[1];
        ToolDefinition look = new ToolDefinition("t", ParameterSchema.none(), _ -> {
            found[0] = LEFT.get();
            return null;
        });
        ToolThreads threads = new ToolThreads();
        ToolThreads derived = threads.derive();
        for (int i = 0; i < 50; i++) {
            callIn(threads, leave);
            callIn(derived, look);
            assertNull(found[0]);
        }
    }

    private static void callIn(ToolThreads threads, ToolDefinition tool) throws RunEndedException {
        Run run = new Run(Settings.of(threads, Limits.defaults(), tool));
        run.callTool("t", ByteBuffer.wrap("{}".getBytes(UTF_8)));
        run.finish(new Outcome.Completed(0));
    }
}
