package io.github.hyperlight4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code hyperlight4j}, which runs Python in a micro-VM. */
@Command(
        name = "hyperlight4j",
        description = "Runs Python in a Hyperlight micro-VM.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        subcommands = {RunCommand.class, WarmCommand.class, DoctorCommand.class, HelpCommand.class})
public final class Main {

    @Option(names = "--verbose", description = "Show the stack trace of an error.", scope = ScopeType.INHERIT)
    private boolean verbose;

    private Main() {}

    /**
     * Runs the command line and ends the JVM with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        int exitCode = run(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /** Runs the command line, and returns its exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        Main main = new Main();
        // What comes after -- is the program's, whatever it looks like.
        List<String> all = Arrays.asList(arguments);
        int end = all.indexOf("--");
        List<String> own = end < 0 ? all : all.subList(0, end);
        List<String> programs = end < 0 ? List.of() : all.subList(end + 1, all.size());
        return new CommandLine(main, new CommandFactory(out, err, programs))
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setParameterExceptionHandler((e, args) -> {
                    err.println("hyperlight4j: " + describe(e));
                    err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, commandLine, parsed) -> main.report(err, e))
                .setExecutionStrategy(parsed -> {
                    if (end >= 0 && !isRun(parsed)) {
                        throw new ParameterException(
                                parsed.commandSpec().commandLine(), "Only run takes arguments for a program, after --");
                    }
                    return new CommandLine.RunLast().execute(parsed);
                })
                .execute(own.toArray(String[]::new));
    }

    private static boolean isRun(CommandLine.ParseResult parsed) {
        return parsed.hasSubcommand() && parsed.subcommand().commandSpec().userObject() instanceof RunCommand;
    }

    /** Says what is wrong and, where a word is like another, what would be right. */
    private static String describe(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(e.getMessage());
        }
        String first = unmatched.getUnmatched().getFirst();
        boolean isCommand = e.getCommandLine().getParent() == null && !unmatched.isUnknownOption();
        String message = isCommand ? "Unknown command '" + first + "'" : String.valueOf(e.getMessage());
        List<String> suggestions = unmatched.getSuggestions();
        if (!suggestions.isEmpty()) {
            return message + ". Did you mean: " + String.join(", ", suggestions) + "?";
        }
        boolean isArgument =
                e.getCommandLine().getCommandSpec().userObject() instanceof RunCommand && !unmatched.isUnknownOption();
        return isArgument ? message + ". Arguments of the program come after --" : message;
    }

    private int report(PrintStream err, Exception e) {
        err.println("hyperlight4j: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        if (verbose) {
            e.printStackTrace(err);
        }
        return e instanceof BadProgramException ? ExitCode.USAGE : ExitCode.SANDBOX_FAILED;
    }

    /** Makes a stream that is UTF-8 whatever the locale, as a program's output is. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, UTF_8);
    }

    /** Gives the commands the streams. */
    private record CommandFactory(PrintStream out, PrintStream err, List<String> programArguments)
            implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == RunCommand.class) {
                return type.cast(new RunCommand(out, err, programArguments));
            }
            if (type == WarmCommand.class) {
                return type.cast(new WarmCommand(out));
            }
            if (type == DoctorCommand.class) {
                return type.cast(new DoctorCommand(out));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            @Nullable String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"hyperlight4j " + (version == null ? "(development)" : version)};
        }
    }
}
