package io.github.hyperlight4j.bench.agent;

import io.github.hyperlight4j.bench.agent.Message.Call;
import io.github.hyperlight4j.bench.orders.GrandTotal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that can do the orders task and nothing else. It has only the conversation to go by, as any model: it reads
 * what the tools gave back, and decides on the next calls, the program or the answer. It makes no mistakes and does sums
 * without writing them down, which flatters the direct tools: there a real model has to.
 */
final class SimulatedModel implements ChatModel {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final int callsPerTurn;
    private final Latency latency;
    private final String program;
    private final Tokens tokens = new Tokens();

    /**
     * @param callsPerTurn the most calls of tools that it makes in one turn
     * @param latency how long it takes
     * @throws IOException if the program that it writes is missing
     */
    SimulatedModel(int callsPerTurn, Latency latency) throws IOException {
        this.callsPerTurn = callsPerTurn;
        this.latency = latency;
        this.program = GrandTotal.program();
    }

    @Override
    public Turn turn(List<Message> conversation, List<AgentTool> tools) {
        boolean writesCode = tools.stream().anyMatch(tool -> tool.name().equals("execute_code"));
        Message.Reply reply = writesCode ? withCode(conversation) : withTools(conversation);
        long read = tokens.prompt(conversation, tools);
        long written = tokens.completion(reply);
        return new Turn(reply, read, written, latency.of(read, written));
    }

    @Override
    public String description() {
        return "SIMULATED model: decisions by rule, tokens counted (o200k_base), its time computed as " + latency
                + "; at most " + callsPerTurn + (callsPerTurn == 1 ? " tool call" : " tool calls") + " in one turn";
    }

    /** Writes the program; then gives what it printed as the answer. */
    private Message.Reply withCode(List<Message> conversation) {
        if (conversation.getLast() instanceof Message.ToolResult printed) {
            return new Message.Reply(printed.text().strip(), List.of());
        }
        String arguments = JSON.writeValueAsString(JSON.createObjectNode().put("code", program));
        return new Message.Reply("", List.of(new Call("call_1", "execute_code", arguments)));
    }

    /** Makes the calls whose arguments are known and whose results are not; then adds up. */
    private Message.Reply withTools(List<Message> conversation) {
        Notes notes = new Notes(conversation);
        ArrayNode answer = JSON.createArrayNode();
        @Nullable JsonNode users = notes.call("list_users", JSON.createObjectNode());
        if (users != null) {
            for (JsonNode user : users) {
                notes.call("get_orders", JSON.createObjectNode().put("user_id", id(user)));
            }
            for (JsonNode user : users) {
                notes.call("get_discount", JSON.createObjectNode().put("tier", text(user, "tier")));
                notes.call("get_tax_rate", JSON.createObjectNode().put("region", text(user, "region")));
            }
            for (JsonNode user : users) {
                answer.add(grandTotal(notes, user));
            }
        }
        return notes.missing.isEmpty()
                ? new Message.Reply(JSON.writeValueAsString(answer), List.of())
                : new Message.Reply(
                        "", notes.missing.stream().limit(callsPerTurn).toList());
    }

    private static ObjectNode grandTotal(Notes notes, JsonNode user) {
        @Nullable
        JsonNode orders = notes.call("get_orders", JSON.createObjectNode().put("user_id", id(user)));
        @Nullable
        JsonNode discount = notes.call("get_discount", JSON.createObjectNode().put("tier", text(user, "tier")));
        @Nullable
        JsonNode tax = notes.call("get_tax_rate", JSON.createObjectNode().put("region", text(user, "region")));
        long total = 0;
        if (orders != null && discount != null && tax != null) {
            for (JsonNode order : orders) {
                long goods = sum(order, "unit_price_cents");
                goods -= goods * discount.asLong() / 100;
                ObjectNode parcel = JSON.createObjectNode()
                        .put("region", text(user, "region"))
                        .put("goods_cents", goods)
                        .put("grams", sum(order, "grams"));
                @Nullable JsonNode shipping = notes.call("get_shipping", parcel);
                long net = goods + (shipping == null ? 0 : shipping.asLong());
                total += net + net * tax.asLong() / 10_000;
            }
        }
        return JSON.createObjectNode()
                .put("user_id", id(user))
                .put("name", text(user, "name"))
                .put("orders", orders == null ? 0 : orders.size())
                .put("total_cents", total);
    }

    private static long sum(JsonNode order, String what) {
        long sum = 0;
        for (JsonNode item : order.required("items")) {
            sum += item.required("quantity").asLong() * item.required(what).asLong();
        }
        return sum;
    }

    private static long id(JsonNode user) {
        return user.required("id").asLong();
    }

    private static String text(JsonNode user, String what) {
        return user.required(what).asString();
    }

    /** What the conversation says: which call gave which result. */
    private static final class Notes {

        private final Map<String, String> results = new HashMap<>();
        private final Set<String> wanted = new HashSet<>();
        private final List<Call> missing = new ArrayList<>();

        Notes(List<Message> conversation) {
            Map<String, Call> calls = new HashMap<>();
            for (Message message : conversation) {
                switch (message) {
                    case Message.Reply reply -> reply.calls().forEach(call -> calls.put(call.id(), call));
                    case Message.ToolResult result -> {
                        @Nullable Call call = calls.get(result.call());
                        if (call != null) {
                            results.put(call.tool() + call.arguments(), result.text());
                        }
                    }
                    case Message.Instructions instructions -> {}
                    case Message.Question question -> {}
                }
            }
        }

        /** Returns the result of a call, or {@code null} if it has to be made first. */
        @Nullable
        JsonNode call(String tool, ObjectNode arguments) {
            String json = JSON.writeValueAsString(arguments);
            @Nullable String result = results.get(tool + json);
            if (result != null) {
                return JSON.readTree(result);
            }
            if (wanted.add(tool + json)) {
                missing.add(new Call("call_" + (results.size() + missing.size() + 1), tool, json));
            }
            return null;
        }
    }
}
