/** CodeAct for agents: the {@code execute_code} tool, and the provider that gives it to each run of an agent. */
module io.github.hyperlight4j.codeact {
    requires static transitive org.jspecify;
    requires transitive io.github.hyperlight4j.core;
    requires tools.jackson.core;

    exports io.github.hyperlight4j.codeact;
}
