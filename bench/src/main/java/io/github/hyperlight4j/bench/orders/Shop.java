package io.github.hyperlight4j.bench.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the shop of the orders task knows. Money is in cents.
 *
 * @param users the customers
 * @param orders what they ordered
 * @param discountPercent by tier
 * @param taxPercent by region
 * @param shipping what sending an order costs
 */
public record Shop(
        List<User> users,
        List<Order> orders,
        Map<String, Integer> discountPercent,
        Map<String, Integer> taxPercent,
        Shipping shipping) {

    /**
     * A customer.
     *
     * @param id the number by which orders name them
     * @param name their name
     * @param region where they are taxed
     * @param tier what discount they have
     */
    public record User(long id, String name, String region, String tier) {}

    /**
     * An order of one product.
     *
     * @param id its number
     * @param userId who ordered
     * @param product what
     * @param quantity how many
     * @param unitPriceCents the price of one
     * @param weightGrams the weight of all
     */
    public record Order(long id, long userId, String product, int quantity, long unitPriceCents, long weightGrams) {}

    /**
     * The price of sending an order.
     *
     * @param baseCents for any order
     * @param centsPerKilogram for each kilogram that has begun
     * @param freeAboveCents from this discounted amount on, nothing
     */
    public record Shipping(long baseCents, long centsPerKilogram, long freeAboveCents) {}

    /** Reads {@code orders.json}. */
    public static Shop load() {
        try (InputStream file = Shop.class.getResourceAsStream("orders.json")) {
            return JsonMapper.shared().readValue(Objects.requireNonNull(file, "orders.json"), Shop.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a user's orders. */
    List<Order> ordersOf(long userId) {
        return orders.stream().filter(order -> order.userId() == userId).toList();
    }

    /**
     * Returns what sending an order costs.
     *
     * @param weightGrams its weight
     * @param amountCents its discounted amount
     */
    long shippingCents(long weightGrams, long amountCents) {
        return amountCents >= shipping.freeAboveCents()
                ? 0
                : shipping.baseCents() + shipping.centsPerKilogram() * Math.ceilDiv(weightGrams, 1000);
    }

    /** Returns what a user has to pay in all: the answer that the program in the sandbox has to find. */
    public long grandTotalCents(User user) {
        int discount = Objects.requireNonNull(discountPercent.get(user.tier()));
        int tax = Objects.requireNonNull(taxPercent.get(user.region()));
        long total = 0;
        for (Order order : ordersOf(user.id())) {
            long amount = order.quantity() * order.unitPriceCents() * (100 - discount) / 100;
            total += amount + amount * tax / 100 + shippingCents(order.weightGrams(), amount);
        }
        return total;
    }
}
