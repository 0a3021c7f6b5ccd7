package io.github.hyperlight4j.bench.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tools;
import io.github.hyperlight4j.bench.orders.GrandTotal;
import io.github.hyperlight4j.bench.orders.Shop;
import io.github.hyperlight4j.codeact.HyperlightExecuteCodeTool;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Runs the orders task with direct tools and with CodeAct, and prints what each took. */
public final class Benchmark {

    private static final String INSTRUCTIONS = "You answer questions about a shop. Use your tools; do not guess. Call"
            + " several tools in one turn where their calls do not depend on each other.";

    private static final String QUESTION = """
            What does each user have to pay in all, over all their orders? For an order: the goods' value is the sum of \
            quantity times unit price. Take off the discount of the user's tier (the discount rounded down to a cent), \
            add shipping for the discounted value and the order's weight, then add the tax of the user's region on all \
            of it (the tax rounded down to a cent). Answer with JSON only, a list with one object for each user: \
            {"user_id": ..., "name": ..., "orders": how many, "total_cents": ...}""";

    private static final List<Integer> USERS = List.of(2, 8, 32, 128);
    /** One call a turn makes 750 turns of 128 users; the trend is there with fewer. */
    private static final List<Integer> FEWER_USERS = List.of(2, 8, 32);
    /** The size of the data file, and of the published figures. */
    private static final int DETAILED = 8;

    private static final int PARALLEL = 16;

    private Benchmark() {}

    /** One size of the task, done in each way. */
    private record Compared(int users, AgentLoop.Run direct, AgentLoop.Run code, long callsInCode) {}

    /**
     * Runs the benchmark. The environment's {@code OPENAI_BASE_URL}, {@code OPENAI_API_KEY} and {@code OPENAI_MODEL}
     * name a real model; without the first, it is simulated.
     *
     * @param arguments numbers of users; 2, 8, 32 and 128 if there are none (with a real model: 8)
     * @throws IOException if the model cannot be reached
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        List<Integer> sizes = Arrays.stream(arguments).map(Integer::valueOf).toList();
        try {
            Map<String, String> environment = System.getenv();
            String url = environment.getOrDefault("OPENAI_BASE_URL", "");
            if (url.isEmpty()) {
                run(out, sizes.isEmpty() ? USERS : sizes, new SimulatedModel(PARALLEL, Latency.HOSTED));
                out.println();
                run(out, sizes.isEmpty() ? FEWER_USERS : sizes, new SimulatedModel(1, Latency.HOSTED));
            } else {
                ChatModel model = new OpenAiModel(
                        url,
                        environment.getOrDefault("OPENAI_API_KEY", ""),
                        environment.getOrDefault("OPENAI_MODEL", "gpt-5-mini"));
                run(out, sizes.isEmpty() ? List.of(DETAILED) : sizes, model);
            }
        } catch (HyperlightException e) {
            System.err.println("benchmark: " + e.getMessage());
            System.exit(125);
        }
    }

    /** Compares both ways at each size, and prints. */
    static void run(PrintStream out, List<Integer> sizes, ChatModel model) throws IOException, InterruptedException {
        out.println(model.description());
        // What the first program of a process pays for, an agent's host pays once: it is not part of the task.
        HyperlightExecuteCodeTool.builder().build().execute("");
        Stream.Builder<Compared> all = Stream.builder();
        for (int users : sizes) {
            Compared compared = compare(out, users, model);
            if (users == DETAILED || sizes.size() == 1) {
                detail(out, compared);
            }
            all.add(compared);
        }
        if (sizes.size() > 1) {
            growth(out, all.build().toList());
        }
    }

    private static Compared compare(PrintStream out, int users, ChatModel model)
            throws IOException, InterruptedException {
        Shop shop = Shop.ofSize(users);
        AgentLoop.Run direct = AgentLoop.run(model, INSTRUCTIONS, QUESTION, AgentTool.direct(shop));
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.of(Tools.of(shop)))
                .build();
        LongAdder callsInCode = new LongAdder();
        String instructions = INSTRUCTIONS + "\n" + tool.buildInstructions(false);
        AgentLoop.Run code = AgentLoop.run(model, instructions, QUESTION, List.of(AgentTool.code(tool, callsInCode)));
        check(out, users, "direct tools", direct, shop);
        check(out, users, "CodeAct", code, shop);
        return new Compared(users, direct, code, callsInCode.sum());
    }

    private static void check(PrintStream out, int users, String way, AgentLoop.Run run, Shop shop) {
        if (!isRight(run.answer(), shop)) {
            out.printf("%d users, %s: WRONG ANSWER: %s%n", users, way, run.answer());
        }
    }

    /** Whether an answer is what Java computes. */
    static boolean isRight(String answer, Shop shop) {
        try {
            GrandTotal[] totals = JsonMapper.shared().readValue(answer, GrandTotal[].class);
            return List.of(totals).equals(GrandTotal.compute(shop));
        } catch (JacksonException e) {
            return false;
        }
    }

    private static void detail(PrintStream out, Compared compared) {
        out.printf("%n%-24s %14s %14s %9s%n", compared.users() + " users", "direct tools", "CodeAct", "change");
        line(out, compared, "elapsed, s", "%.2f", run -> run.elapsed().toMillis() / 1e3);
        line(out, compared, "  of it the model", "%.2f", run -> run.model().toMillis() / 1e3);
        line(out, compared, "  of it tools, sandbox", "%.2f", run -> run.tools().toMillis() / 1e3);
        line(out, compared, "model turns", "%.0f", AgentLoop.Run::turns);
        line(out, compared, "calls by the model", "%.0f", AgentLoop.Run::calls);
        out.printf("%-24s %14s %14d%n", "calls by its program", "", compared.callsInCode());
        line(out, compared, "prompt tokens", "%.0f", AgentLoop.Run::promptTokens);
        line(out, compared, "completion tokens", "%.0f", AgentLoop.Run::completionTokens);
        line(out, compared, "tokens", "%.0f", AgentLoop.Run::tokens);
        line(out, compared, "longest prompt", "%.0f", AgentLoop.Run::longestPrompt);
        out.println("(published for a task like this, 8 users, with a real model: elapsed -52 %, tokens -64 %)");
    }

    private static void line(
            PrintStream out, Compared compared, String name, String format, ToDoubleFunction<AgentLoop.Run> value) {
        Function<Double, String> text = number -> String.format(Locale.ROOT, format, number);
        double direct = value.applyAsDouble(compared.direct());
        double code = value.applyAsDouble(compared.code());
        out.printf("%-24s %14s %14s %9s%n", name, text.apply(direct), text.apply(code), change(direct, code));
    }

    private static void growth(PrintStream out, List<Compared> all) {
        out.printf(
                "%n%5s | %9s %9s %8s | %9s %9s %8s | %6s %6s%n",
                "", "elapsed s", "", "", "tokens", "", "", "turns", "");
        out.printf(
                "%5s | %9s %9s %8s | %9s %9s %8s | %6s %6s%n",
                "users", "direct", "CodeAct", "change", "direct", "CodeAct", "change", "direct", "code");
        for (Compared compared : all) {
            AgentLoop.Run direct = compared.direct();
            AgentLoop.Run code = compared.code();
            double directSeconds = direct.elapsed().toMillis() / 1e3;
            double codeSeconds = code.elapsed().toMillis() / 1e3;
            out.printf(
                    Locale.ROOT,
                    "%5d | %9.1f %9.1f %8s | %9d %9d %8s | %6d %6d%n",
                    compared.users(),
                    directSeconds,
                    codeSeconds,
                    change(directSeconds, codeSeconds),
                    direct.tokens(),
                    code.tokens(),
                    change((double) direct.tokens(), (double) code.tokens()),
                    direct.turns(),
                    code.turns());
        }
    }

    private static String change(double direct, double code) {
        return direct == 0 ? "" : String.format(Locale.ROOT, "%+.1f %%", 100 * (code - direct) / direct);
    }
}
