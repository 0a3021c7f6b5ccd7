/** CodeAct for agents: the {@code execute_code} tool, and the provider that gives it to each run of an agent. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // OpenTelemetry's modules are; they are optional.
module io.github.hyperlight4j.codeact {
    requires static transitive org.jspecify;
    requires transitive io.github.hyperlight4j.core;
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires tools.jackson.databind;

    exports io.github.hyperlight4j.codeact;
    exports io.github.hyperlight4j.codeact.opentelemetry;
}
