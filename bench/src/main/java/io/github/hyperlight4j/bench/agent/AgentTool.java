package io.github.hyperlight4j.bench.agent;

/** What the model can call. */
interface AgentTool {

    String name();

    String description();

    /** Returns the JSON Schema of its parameters. */
    String parameters();

    /**
     * Calls it.
     *
     * @param arguments a JSON object, as the model wrote it
     * @return what the model reads, also when the call failed
     */
    String call(String arguments);
}
