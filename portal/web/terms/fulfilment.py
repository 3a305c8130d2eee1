"""Words of what is kept, shipped, waited for and cancelled: stock, shipments, back-orders."""

from portal.web.terms.marks import N_

MESSAGES = {
    "stock-reserved": N_(
        "%(reserved)s of them are kept for orders. Write %(least)s or more, or ship or cancel those."
    ),
    "ship-too-many": N_("Up to %(most)s of %(name)s are still to go."),
    "nothing-to-ship": N_("Write how many of at least one line leave now. What is not on the shelf has to wait."),
    "shipped-meanwhile": N_("Somebody else moved these goods in the meantime, so nothing was changed. Look again."),
    "shipment-invoiced": N_("These pieces are on an invoice. Write a credit note first."),
    "shipment-not-in-state": N_("Delivery %(number)s has moved on in the meantime, so nothing was changed."),
    "link-not-https": N_("Write an address that begins with https://"),
    "cancel-too-many": N_("Up to %(most)s of %(name)s can still be cancelled."),
    "lines-to-cancel": N_("Write how many of at least one line should not come."),
    "order-invoiced": N_("Some of this is on an invoice already. Write a credit note first."),
    "nothing-waits": N_("Nothing of this order waits for goods any more."),
    "delivery-unread": N_("Some lines cannot be received; they stand below. The others wait until all can be read."),
}

LABELS = {
    ("product", "reserved"): N_("Kept for orders"),
    ("product", "free"): N_("Free"),
    ("product", "waiting"): N_("Waited for"),
    ("product", "low_at"): N_("Low from"),
    ("product", "allows_backorder"): N_("May be ordered while the shelf is empty"),
    ("product", "expected_on"): N_("Expected on"),
    ("product", "quantity"): N_("Quantity"),
    ("order", "cancelled_minor"): N_("Cancelled pieces"),
    ("order", "shipment"): N_("Delivery"),
    ("order", "received_by"): N_("Received by"),
    ("order", "tracking_number"): N_("Tracking number"),
    ("order", "tracking_url"): N_("Link to follow it"),
    ("order", "carrier"): N_("Carrier"),
    ("shipment", "number"): N_("Number"),
    ("shipment", "state"): N_("State"),
    ("shipment", "order"): N_("Order"),
    ("shipment", "account"): N_("Account"),
    ("shipment", "account_name"): N_("Account"),
    ("shipment", "branch_name"): N_("Branch"),
    ("shipment", "carrier"): N_("Carrier"),
    ("shipment", "tracking_number"): N_("Tracking number"),
    ("shipment", "tracking_url"): N_("Link to follow it"),
    ("shipment", "note"): N_("Note to the customer"),
    ("shipment", "by_name"): N_("Sent by"),
    ("shipment", "shipped_at"): N_("Left on"),
    ("shipment", "delivered_at"): N_("Delivered"),
    ("shipment", "received_by"): N_("Received by"),
}

WORDS = {
    ("order", "state", "part_shipped"): N_("Part shipped"),
    ("shipment", "state", "sent"): N_("On its way"),
    ("shipment", "state", "ready"): N_("Ready to be picked up"),
    ("shipment", "state", "delivered"): N_("Delivered"),
    ("shipment", "state", "undone"): N_("Undone"),
    ("stock_movement", "reason", "shipped"): N_("Shipped"),
    ("stock_movement", "reason", "unshipped"): N_("Shipment undone"),
    ("stock_movement", "reason", "received"): N_("Came in"),
    ("stock_movement", "reason", "allocated"): N_("Given to a waiting order"),
    ("stock_movement", "reason", "returned"): N_("Came back"),
}

EVENTS = {
    "order.part_shipped": N_("A part was shipped"),
    "order.part_delivered": N_("A part was delivered"),
    "order.unshipped": N_("Shipment undone"),
    "order.tracked": N_("Tracking changed"),
    "order.part_cancelled": N_("A part was cancelled"),
    "order.goods_in": N_("Goods came in for it"),
    "order.promised": N_("Another day was promised"),
    "product.received": N_("Goods came in"),
    "product.planned": N_("Plan of the shelf changed"),
}
