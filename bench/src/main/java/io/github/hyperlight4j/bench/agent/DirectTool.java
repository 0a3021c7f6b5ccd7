package io.github.hyperlight4j.bench.agent;

import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.Tools;
import io.github.hyperlight4j.bench.orders.Shop;
import java.util.List;
import java.util.NoSuchElementException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tool on the model's own list: each call is a call by the model.
 *
 * @param tool what the model is told
 * @param shop what answers
 */
record DirectTool(Tool tool, Shop shop) implements AgentTool {

    /** Returns a shop's tools. */
    static List<AgentTool> of(Shop shop) {
        return Tools.of(shop).stream()
                .<AgentTool>map(tool -> new DirectTool(tool, shop))
                .toList();
    }

    @Override
    public String name() {
        return tool.name();
    }

    @Override
    public String description() {
        return tool.description();
    }

    @Override
    public String parameters() {
        return tool.parameters();
    }

    @Override
    public String call(String arguments) {
        JsonMapper json = JsonMapper.shared();
        try {
            return json.writeValueAsString(shop.call(tool.name(), json.readTree(arguments)));
        } catch (NoSuchElementException | JacksonException e) {
            return "Error: " + e.getMessage();
        }
    }
}
