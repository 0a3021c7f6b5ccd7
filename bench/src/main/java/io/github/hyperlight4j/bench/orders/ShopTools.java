package io.github.hyperlight4j.bench.orders;

import io.github.hyperlight4j.ToolFunction;
import io.github.hyperlight4j.ToolParameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shop as tools: small ones, as applications have them, so that the task takes many calls. */
public final class ShopTools {

    private final Shop shop;

    /** @param shop what they know */
    public ShopTools(Shop shop) {
        this.shop = shop;
    }

    @ToolFunction("All users: id, name, region, tier.")
    List<Shop.User> listUsers() {
        return shop.users();
    }

    @ToolFunction("A user's orders: id, product, quantity, unitPriceCents, weightGrams.")
    List<Shop.Order> getOrders(@ToolParameter("The user's id") long userId) {
        return shop.ordersOf(userId);
    }

    @ToolFunction("The discount of a tier, in percent.")
    int getDiscount(@ToolParameter("standard, silver or gold") String tier) {
        return known(shop.discountPercent().get(tier), "tier", tier);
    }

    @ToolFunction("The tax in a region, in percent.")
    int getTaxRate(@ToolParameter("A user's region") String region) {
        return known(shop.taxPercent().get(region), "region", region);
    }

    @ToolFunction("What sending an order costs, in cents.")
    long getShipping(
            @ToolParameter("The order's weight") long weightGrams,
            @ToolParameter("The order's amount after discount, before tax") long amountCents) {
        return shop.shippingCents(weightGrams, amountCents);
    }

    private static int known(@Nullable Integer value, String what, String name) {
        if (value == null) {
            throw new IllegalArgumentException("there is no " + what + " '" + name + "'");
        }
        return value;
    }
}
