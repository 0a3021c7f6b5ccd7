package io.github.hyperlight4j.bench.demo;

import io.github.hyperlight4j.ToolFunction;
import io.github.hyperlight4j.ToolParameter;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A shop's users and orders, and the tools over them. Amounts are in cents. */
final class Shop {

    record User(long id, String name, String region, String tier) {}

    record Item(String product, int quantity, long unitPriceCents, long grams) {}

    record Order(long id, long userId, LocalDate day, List<Item> items) {}

    record Shipping(long baseCents, long centsPerKilogram, long freeFromCents) {}

    private record Data(
            List<User> users,
            Map<String, Integer> discountPercent,
            Map<String, Integer> taxBasisPoints,
            Map<String, Shipping> shipping,
            List<Order> orders) {}

    /** Orders and items as the model sees them: with names that read well in Python. */
    record OrderView(long order_id, String day, List<ItemView> items) {}

    record ItemView(String product, int quantity, long unit_price_cents, long grams) {}

    private final Data data;

    private Shop(Data data) {
        this.data = data;
    }

    /** Returns the shop of the data file. */
    static Shop load() throws IOException {
        try (InputStream in = Shop.class.getResourceAsStream("shop.json")) {
            if (in == null) {
                throw new IOException("shop.json is not on the class path");
            }
            return new Shop(JsonMapper.shared().readValue(in, Data.class));
        }
    }

    @ToolFunction(name = "list_users", value = "All users: id, name, region, tier.")
    List<User> users() {
        return data.users;
    }

    @ToolFunction(
            name = "get_orders",
            value = "A user's orders: order_id, day, items (product, quantity, unit_price_cents, grams).")
    List<OrderView> ordersOf(@ToolParameter(name = "user_id", value = "The user's id") long userId) {
        if (data.users.stream().noneMatch(user -> user.id == userId)) {
            throw new NoSuchElementException("there is no user " + userId);
        }
        return orders(userId).stream().map(Shop::view).toList();
    }

    @ToolFunction(name = "get_discount", value = "The discount of a tier, in percent of the goods' value.")
    int discountPercent(@ToolParameter(name = "tier") String tier) {
        return find(data.discountPercent, tier, "tier");
    }

    @ToolFunction(name = "get_tax_rate", value = "The tax rate of a region, in basis points: 1900 is 19 %.")
    int taxBasisPoints(@ToolParameter(name = "region") String region) {
        return find(data.taxBasisPoints, region, "region");
    }

    @ToolFunction(name = "get_shipping", value = "What shipping an order costs, in cents.")
    long shippingCents(
            @ToolParameter(name = "region") String region,
            @ToolParameter(name = "goods_cents", value = "The goods' value after discount") long goodsCents,
            @ToolParameter(name = "grams", value = "The order's weight") long grams) {
        Shipping shipping = find(data.shipping, region, "region");
        if (goodsCents >= shipping.freeFromCents) {
            return 0;
        }
        return shipping.baseCents + Math.ceilDiv(grams, 1000) * shipping.centsPerKilogram;
    }

    /** Returns a user's orders. */
    List<Order> orders(long userId) {
        return data.orders.stream().filter(order -> order.userId == userId).toList();
    }

    private static OrderView view(Order order) {
        return new OrderView(
                order.id,
                order.day.toString(),
                order.items.stream()
                        .map(item -> new ItemView(item.product, item.quantity, item.unitPriceCents, item.grams))
                        .toList());
    }

    private static <T> T find(Map<String, T> values, String key, String what) {
        @Nullable T value = values.get(key);
        if (value == null) {
            throw new NoSuchElementException("there is no " + what + " '" + key + "'");
        }
        return value;
    }
}
