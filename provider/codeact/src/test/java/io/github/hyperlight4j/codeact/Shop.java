package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.ToolFunction;
import io.github.hyperlight4j.ToolParameter;
import java.util.List;

/** The tools of the tests. */
class Shop {

    enum Order {
        NEWEST,
        OLDEST
    }

    record Item(String name, double price) {}

    @ToolFunction("A user's orders.")
    public List<Item> orders(
            @ToolParameter(value = "The user's id", name = "user_id") long userId,
            @ToolParameter(name = "sort", defaultValue = "NEWEST") Order sort,
            @ToolParameter(value = "At most so many", name = "limit", defaultValue = "10") int limit) {
        return List.of(new Item("lamp", 19.5), new Item("desk", 180.0)).subList(0, Math.min(limit, 2));
    }

    @ToolFunction("The ids of all users.")
    public List<Long> users() {
        return List.of(1L, 2L, 3L);
    }

    /** What must be asked about. */
    static class Till {
        @ToolFunction(value = "Pays money back.", approval = ApprovalMode.ALWAYS_REQUIRE)
        public boolean refund(@ToolParameter(name = "amount") double amount) {
            return amount > 0;
        }
    }
}
