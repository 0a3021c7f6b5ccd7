"""What each user has to pay in all: written as a model would, against the tools' descriptions. Amounts are in cents."""

import json

users = call_tool("list_users")
discounts = {tier: call_tool("get_discount", tier=tier) for tier in {user["tier"] for user in users}}
taxes = {region: call_tool("get_tax_rate", region=region) for region in {user["region"] for user in users}}

totals = []
for user in users:
    total = 0
    orders = call_tool("get_orders", user_id=user["id"])
    for order in orders:
        goods = sum(item["quantity"] * item["unit_price_cents"] for item in order["items"])
        grams = sum(item["quantity"] * item["grams"] for item in order["items"])
        goods -= goods * discounts[user["tier"]] // 100
        shipping = call_tool("get_shipping", region=user["region"], goods_cents=goods, grams=grams)
        net = goods + shipping
        total += net + net * taxes[user["region"]] // 10_000
    totals.append({"user_id": user["id"], "name": user["name"], "orders": len(orders), "total_cents": total})

print(json.dumps(totals))
