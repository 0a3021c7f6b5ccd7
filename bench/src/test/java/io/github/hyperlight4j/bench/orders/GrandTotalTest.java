package io.github.hyperlight4j.bench.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.Tools;
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class GrandTotalTest {

    @Test
    void dataFileHasUsersWithOrdersAndEverythingTheyReferTo() throws IOException {
        Shop shop = Shop.load();
        List<GrandTotal> totals = GrandTotal.compute(shop);
        assertEquals(8, totals.size());
        assertEquals(40, totals.stream().mapToInt(GrandTotal::orders).sum());
        assertThrows(NoSuchElementException.class, () -> shop.ordersOf(99));
        assertThrows(NoSuchElementException.class, () -> shop.taxBasisPoints("atlantis"));
    }

    @Test
    void toolsHaveTheNamesThatTheProgramUses() throws IOException {
        assertEquals(
                List.of("get_discount", "get_orders", "get_shipping", "get_tax_rate", "list_users"),
                Tools.of(Shop.load()).stream().map(Tool::name).toList());
    }
}
