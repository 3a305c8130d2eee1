"""Words of price lists, agreed prices, discounts and approvals."""

from portal.web.terms.marks import N_

MESSAGES = {
    # price lists
    "account-unknown": N_("We know no account with this number. Look it up in the accounts."),
    "group-unknown": N_("This group is not there any more. Please choose another one."),
    "group-in-use": N_("Accounts or price lists still use this group. Move them first."),
    "target-twice": N_("Choose either an account or a group. Without both the list is for everybody."),
    "price-list-overlaps": N_(
        "“%(name)s” (%(number)s) holds for the same customers from %(from)s until %(until)s. End that one first, or"
        " choose other days."
    ),
    "list-ended": N_("This list has ended already."),
    # items
    "item-unknown": N_("We know no product with this code and no category of this name."),
    "item-twice": N_("This stands here twice. Keep one of them."),
    "price-malformed": N_("Write an amount like 108.50, or a discount with the sign of per cent behind it."),
    "price-negative": N_("A price cannot be below nothing. For a discount put the sign of per cent behind it."),
    "price-absurd": N_("This is more than %(times)s times the list price. Please look at it again."),
    "discount-over-all": N_("A discount cannot take off more than all of the price."),
    "price-under-cost": N_("This is less than the product costs us."),
    "price-over-list": N_("This is more than the list price."),
    # agreed prices
    "agreed-overlaps": N_("For some of these days another price is agreed: %(price)s. Change or end that one first."),
    "agreed-too-low": N_("You may agree on up to %(percent)s per cent off the list price. Ask a manager for more."),
    "day-passed": N_("Choose a day from today on. What was ordered before stays as it was."),
    # discounts and approvals
    "approval-not-needed": N_("You may give these discounts yourself. Go on and review the order."),
    "approval-own": N_("Nobody answers his own question. Another manager or an admin has to."),
    "approval-above-yours": N_("You may give up to %(percent)s per cent yourself. An admin has to decide this one."),
    "approval-approved-by": N_("%(name)s was first and has approved it already."),
    "approval-declined-by": N_("%(name)s was first and has declined it already."),
    "approval-gone": N_("This question was taken back: the order has changed since."),
    # why a price is what it is
    "price-agreed": N_("agreed"),
    "price-account": N_("on your price list"),
    "price-group": N_("for your group"),
    "price-everybody": N_("special price"),
    "price-discount": N_("discount"),
}

LABELS = {
    ("noun", "price_list"): N_("Price lists"),
    ("noun", "approval"): N_("Approvals"),
    ("noun", "account_group"): N_("Groups"),
    ("account", "group"): N_("Group"),
    ("account_group", "name"): N_("Name"),
    ("account_group", "number"): N_("Number"),
    ("price_list", "number"): N_("Number"),
    ("price_list", "name"): N_("Name"),
    ("price_list", "account"): N_("Account"),
    ("price_list", "group"): N_("Group"),
    ("price_list", "currency"): N_("Currency"),
    ("price_list", "valid_from"): N_("From"),
    ("price_list", "valid_to"): N_("Until"),
    ("price_list", "is_agreed"): N_("Agreed prices"),
    ("price_list", "items"): N_("Prices"),
    ("price_list", "price"): N_("Agreed price"),
    ("price_list", "copied_from"): N_("Copied from"),
    ("approval", "number"): N_("Number"),
    ("approval", "state"): N_("State"),
    ("approval", "order"): N_("Order"),
    ("approval", "account"): N_("Account"),
    ("approval", "asked_by"): N_("Asked by"),
    ("approval", "asked_at"): N_("Asked"),
    ("approval", "reason"): N_("Why?"),
    ("approval", "highest_bp"): N_("Highest discount"),
    ("approval", "currency"): N_("Currency"),
    ("approval", "net_minor"): N_("Goods"),
    ("approval", "off_minor"): N_("Given away"),
    ("approval", "cost_minor"): N_("Cost"),
    ("approval", "decided_by"): N_("Decided by"),
    ("approval", "decided_at"): N_("Decided"),
    ("approval", "answer"): N_("Answer"),
    ("discount_limit", "basis_points"): N_("Highest discount"),
    ("discount_limit", "role"): N_("Role"),
    ("discount_limit", "employee"): N_("Employee"),
    ("order", "discount_approval"): N_("Discount"),
}

WORDS = {
    ("approval", "state", "asked"): N_("Waits for an answer"),
    ("approval", "state", "approved"): N_("Approved"),
    ("approval", "state", "declined"): N_("Declined"),
    ("approval", "state", "withdrawn"): N_("Taken back"),
    ("order", "discount_approval", "asked"): N_("asked"),
    ("order", "discount_approval", "approved"): N_("approved"),
    ("order", "discount_approval", "declined"): N_("declined"),
    ("order", "discount_approval", "withdrawn"): N_("taken back"),
    ("price_list", "target", "account"): N_("one account"),
    ("price_list", "target", "group"): N_("a group"),
    ("price_list", "target", "everybody"): N_("everybody"),
}

EVENTS = {
    "account.regrouped": N_("Group of the account changed"),
    "account_group.added": N_("Group added"),
    "account_group.renamed": N_("Group renamed"),
    "account_group.removed": N_("Group removed"),
    "price_list.opened": N_("Price list begun"),
    "price_list.changed": N_("Price list changed"),
    "price_list.priced": N_("Prices of a list changed"),
    "price_list.copied": N_("Price list copied"),
    "price_list.ended": N_("Price list ended"),
    "price.agreed": N_("Price agreed"),
    "price.renewed": N_("Agreed price changed"),
    "price.ended": N_("Agreed price ended"),
    "discount_limit.set": N_("Discount limit set"),
    "discount_limit.removed": N_("Discount limit removed"),
    "order.discount_asked": N_("Discount asked for"),
    "order.discount_approved": N_("Discount approved"),
    "order.discount_declined": N_("Discount declined"),
    "order.discount_withdrawn": N_("Question about the discount taken back"),
}
