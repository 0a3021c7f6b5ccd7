package io.github.hyperlight4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code hyperlight4j}: runs Python in a micro-VM. */
@Command(
        name = "hyperlight4j",
        description = "Runs Python in a Hyperlight micro-VM.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        subcommands = {RunCommand.class, WarmCommand.class, DoctorCommand.class})
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
        return new CommandLine(main, new CommandFactory(out, err))
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setParameterExceptionHandler((e, args) -> {
                    err.println("hyperlight4j: " + e.getMessage());
                    err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, commandLine, parsed) -> main.report(err, e))
                .execute(arguments);
    }

    private int report(PrintStream err, Exception e) {
        err.println("hyperlight4j: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        if (verbose) {
            e.printStackTrace(err);
        }
        return e instanceof BadProgramException ? ExitCode.USAGE : ExitCode.SANDBOX_FAILED;
    }

    /** What a program prints is UTF-8, whatever the locale. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, UTF_8);
    }

    /** Gives the commands the streams. */
    private record CommandFactory(PrintStream out, PrintStream err) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == RunCommand.class) {
                return type.cast(new RunCommand(out, err));
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
