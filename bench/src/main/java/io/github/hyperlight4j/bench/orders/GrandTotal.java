package io.github.hyperlight4j.bench.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What a user has to pay in all.
 *
 * @param user_id the user
 * @param name the user's name
 * @param orders how many orders that is for
 * @param total_cents the amount, in cents
 */
public record GrandTotal(long user_id, String name, int orders, long total_cents) {

    /**
     * Computes them in Java.
     *
     * @param shop the users and orders
     */
    public static List<GrandTotal> compute(Shop shop) {
        return shop.users().stream().map(user -> compute(shop, user)).toList();
    }

    /**
     * Returns the Python program that computes them, as a model writes it.
     *
     * @throws IOException if the file is missing
     */
    public static String program() throws IOException {
        try (InputStream in = GrandTotal.class.getResourceAsStream("grand_totals.py")) {
            if (in == null) {
                throw new IOException("grand_totals.py is not on the class path");
            }
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static GrandTotal compute(Shop shop, Shop.User user) {
        List<Shop.Order> orders = shop.orders(user.id());
        long total =
                orders.stream().mapToLong(order -> total(shop, user, order)).sum();
        return new GrandTotal(user.id(), user.name(), orders.size(), total);
    }

    private static long total(Shop shop, Shop.User user, Shop.Order order) {
        long goods = order.items().stream()
                .mapToLong(item -> item.quantity() * item.unitPriceCents())
                .sum();
        long grams = order.items().stream()
                .mapToLong(item -> item.quantity() * item.grams())
                .sum();
        long discounted = goods - goods * shop.discountPercent(user.tier()) / 100;
        long net = discounted + shop.shippingCents(user.region(), discounted, grams);
        return net + net * shop.taxBasisPoints(user.region()) / 10_000;
    }
}
