/** The command line. */
module io.github.hyperlight4j.cli {
    requires info.picocli;
    requires io.github.hyperlight4j.core;
    requires static org.jspecify;
    requires tools.jackson.databind;

    opens io.github.hyperlight4j.cli to
            info.picocli;
}
