package io.github.hyperlight4j.bench.orders;

import io.github.hyperlight4j.ToolFunction;
import io.github.hyperlight4j.ToolParameter;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A shop's users and orders, and the tools over them. Amounts are in cents. */
public final class Shop {

    private static final String FIRST_NAMES =
            "Amina Bruno Chiara Dmitri Elif Farid Greta Hiroshi Ines Jonas Kofi Leila";
    private static final String LAST_NAMES =
            "Abe Bauer Costa Dubois Eriksen Fischer Garcia Haddad Ivanova Jansen Kaya Lind Mensah";

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

    /**
     * Returns the shop of the data file.
     *
     * @throws IOException if the file is missing
     */
    public static Shop load() throws IOException {
        try (InputStream in = Shop.class.getResourceAsStream("shop.json")) {
            if (in == null) {
                throw new IOException("shop.json is not on the class path");
            }
            return new Shop(JsonMapper.shared().readValue(in, Data.class));
        }
    }

    /**
     * Returns a shop with so many users: those of the data file and, beyond them, generated ones, the same every time. A
     * user has about five orders.
     *
     * @param users at least one
     * @throws IOException if the file is missing
     */
    public static Shop ofSize(int users) throws IOException {
        Data file = load().data;
        Random random = new Random(users);
        List<User> all = new ArrayList<>(file.users.subList(0, Math.min(users, file.users.size())));
        List<Order> orders = new ArrayList<>(
                file.orders.stream().filter(order -> order.userId <= all.size()).toList());
        List<Item> items =
                file.orders.stream().flatMap(order -> order.items.stream()).toList();
        for (long id = all.size() + 1L; id <= users; id++) {
            all.add(new User(
                    id,
                    pick(List.of(FIRST_NAMES.split(" ")), random) + " " + pick(List.of(LAST_NAMES.split(" ")), random)
                            + " " + id,
                    pick(List.copyOf(new TreeSet<>(file.taxBasisPoints.keySet())), random),
                    pick(List.copyOf(new TreeSet<>(file.discountPercent.keySet())), random)));
            for (int count = random.nextInt(2, 9); count > 0; count--) {
                List<Item> bought = random.ints(random.nextInt(1, 5), 0, items.size())
                        .mapToObj(items::get)
                        .toList();
                orders.add(new Order(
                        2000L + orders.size(), id, LocalDate.of(2026, 1, 1).plusDays(random.nextInt(240)), bought));
            }
        }
        return new Shop(new Data(all, file.discountPercent, file.taxBasisPoints, file.shipping, orders));
    }

    private static <T> T pick(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
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

    /**
     * Calls a tool by its name, for an agent that calls them one by one.
     *
     * @param tool the name of one
     * @param arguments an object with what it takes
     * @return its result
     */
    public Object call(String tool, JsonNode arguments) {
        return switch (tool) {
            case "list_users" -> users();
            case "get_orders" -> ordersOf(arguments.required("user_id").asLong());
            case "get_discount" -> discountPercent(arguments.required("tier").asString());
            case "get_tax_rate" -> taxBasisPoints(arguments.required("region").asString());
            case "get_shipping" ->
                shippingCents(
                        arguments.required("region").asString(),
                        arguments.required("goods_cents").asLong(),
                        arguments.required("grams").asLong());
            default -> throw new NoSuchElementException("there is no tool '" + tool + "'");
        };
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
