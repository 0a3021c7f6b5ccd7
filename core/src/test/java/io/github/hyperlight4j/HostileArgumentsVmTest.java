package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.hyperlight4j.testing.ChildJvm;
import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A program that fills the heap with its tools' arguments, in a JVM of 512 MiB, and what others get meanwhile and later. */
@RequiresVm
class HostileArgumentsVmTest {

    @Test
    void othersGetTheirToolsAndDeadlinesHold() throws Exception {
        assertEquals(
                List.of(
                        "names True",
                        "objects True",
                        "wrong True",
                        "long True",
                        "unique None",
                        "while another holds its memory: 3",
                        "endless: TimedOut",
                        "afterwards: 3",
                        "endless: TimedOut"),
                ChildJvm.run(
                        Attacked.class,
                        List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED"),
                        List.of()));
    }

    /** Runs the attacks, and prints what came of them. */
    static final class Attacked {

        private static final String ATTACKS = """
                def attempt(name, **arguments):
                    try:
                        return call_tool(name, **arguments)
                    except RuntimeError as e:
                        return 'does not take these arguments' in str(e)

                def at_once(name, arguments, count):
                    ends = call_tools([(name, arguments)] * count, return_exceptions=True)
                    return all(e is None or 'does not take these arguments' in str(e) for e in ends)

                print('names', all([attempt('any', **{str(i) + 'x' * 1_000_000: 1}) for i in range(30)]))
                print('objects', at_once('any', {'a': [{}] * 120_000}, 16))
                print('wrong', at_once('typed', {'a': [{}] * 99_000}, 16))
                print('long', attempt('named', **{'n' * 1000: [[]] * 99_000}))
                texts = ['']
                while len(texts) < 28_000:
                    texts = [text + end for text in texts for end in ('Aa', 'BB')]
                print('unique', attempt('unique', a=texts[:28_000]))
                """;

        private static final String HOLD = "call_tools([('hold', {'a': [{}] * 99_000})] * 16)";

        public static void main(String[] arguments) throws Exception {
            CountDownLatch held = new CountDownLatch(1);
            SandboxConfig hostile = SandboxConfig.builder()
                    .tool(tool("any", "{}"))
                    .tool(tool("typed", "{\"items\": {\"type\": \"integer\"}}"))
                    .tool(tool("unique", "{\"uniqueItems\": true}"))
                    .tool(Tool.builder("named")
                            .parameters(
                                    "{\"type\": \"object\", \"additionalProperties\": {\"items\": {\"type\": \"integer\"}}}")
                            .handler(_ -> null)
                            .build())
                    .tool(Tool.builder("hold")
                            .parameters("{\"type\": \"object\"}")
                            .handler(_ -> {
                                held.countDown();
                                Thread.sleep(Duration.ofDays(1));
                                return null;
                            })
                            .build())
                    .limits(Limits.builder().wallTime(Duration.ofMinutes(15)).build())
                    .build();
            SandboxConfig other = SandboxConfig.builder()
                    .tool(Tool.builder("sum")
                            .parameters("{\"type\": \"object\"}")
                            .handler(given -> given.get("values", long[].class).length)
                            .build())
                    .limits(Limits.builder().wallTime(Duration.ofMinutes(5)).build())
                    .build();
            try (Sandbox sandbox = Sandbox.of(hostile)) {
                System.out.print(sandbox.run(ATTACKS).stdout());
                Thread holding = Thread.ofPlatform().start(() -> sandbox.run(HOLD));
                held.await();
                use(other, "while another holds its memory");
                sandbox.cancel();
                holding.join();
            }
            use(other, "afterwards");
        }

        private static void use(SandboxConfig config, String when) {
            try (Sandbox sandbox = Sandbox.of(config)) {
                RunResult result = sandbox.run("print(call_tool('sum', values=[1, 2, 3]))");
                System.out.print(when + ": " + result.stdout() + result.stderr());
            }
            Limits second = Limits.builder().wallTime(Duration.ofSeconds(1)).build();
            try (Sandbox sandbox =
                    Sandbox.of(SandboxConfig.builder().limits(second).build())) {
                RunResult result = sandbox.run("while True: pass");
                System.out.println("endless: " + result.outcome().getClass().getSimpleName());
            }
        }

        private static Tool tool(String name, String schemaOfA) {
            return Tool.builder(name)
                    .parameters("{\"type\": \"object\", \"properties\": {\"a\": " + schemaOfA + "}}")
                    .handler(_ -> null)
                    .build();
        }
    }
}
