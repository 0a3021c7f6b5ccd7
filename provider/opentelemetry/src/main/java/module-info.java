/** Traces of CodeAct through OpenTelemetry. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // OpenTelemetry's modules have a name and no description yet.
module io.github.hyperlight4j.opentelemetry {
    requires static org.jspecify;
    requires transitive io.github.hyperlight4j.codeact;
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;

    exports io.github.hyperlight4j.opentelemetry;
}
