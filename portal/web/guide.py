"""Help for customers: its chapters in plain words, and the pages that each of them explains.

A page names its chapter here, and shows the first paragraph of it under "About this page".
"""

from typing import NamedTuple

from portal.web.terms.marks import N_


class Chapter(NamedTuple):
    """A part of the help page: its title, its paragraphs, and the pages (views of the customer face) it is about."""

    title: str
    paragraphs: tuple
    pages: tuple = ()


CHAPTERS = {
    "home": Chapter(
        N_("Home"),
        (
            N_(
                "What needs you stands first: messages, goods that are ready, orders that were begun. Below "
                "it are the newest orders, and whom to ask."
            ),
            N_("News of the shop stands here once. What you pressed away is kept under Help, News of the shop."),
        ),
        ("home",),
    ),
    "order": Chapter(
        N_("Order"),
        (
            N_(
                "Choose Order, write how many you need of each thing, and review. The next page shows every "
                "price, tax and delivery fee before anything is sent. Nothing is ordered until you press "
                "Place order."
            ),
            N_(
                "What you bought before stands on one sheet, what is due first on top, with how many you took last "
                "and how often you take it. Find shows only what fits, and what else the catalogue has; what you "
                "typed stays."
            ),
            N_(
                "Do you have a list in a spreadsheet or a message? Paste it: a code or a name and how many on each "
                "line. What we cannot read stays in its field with the reason; the rest is on your order."
            ),
            N_(
                "To have the same again, open an earlier order and choose Order this again, or only some of its "
                "lines. What is not sold any more is said there, with what we sell instead."
            ),
        ),
        ("order_pad", "order_fill", "order_review"),
    ),
    "lists": Chapter(
        N_("Your lists"),
        (
            N_(
                "Give what you buy together a name: from an earlier order, from the pad or from a product’s page. "
                "Order it then with one press, all of it or a part; the list stays as it is."
            ),
            N_(
                "A list is yours alone until you share it with your colleagues. When two change it at once, the "
                "second one sees what the first has saved before anything is lost."
            ),
        ),
        ("shopping_list_list", "shopping_list_show", "shopping_list_new", "shopping_list_change"),
    ),
    "suggestions": Chapter(
        N_("Suggested orders"),
        (
            N_(
                "When you want it, we write to you some days before you usually order again, with your usual "
                "quantities at today’s prices. One press orders it; you can also change it, skip it or end the "
                "letters. Nothing is ordered by itself."
            ),
        ),
        ("suggestion_switch", "suggestion_show"),
    ),
    "wishes": Chapter(
        N_("What you did not find"),
        (
            N_(
                "Ask us for it in your own words, with how many and until when if you know. We write to you when we "
                "have it, when we will get it, or when we do not carry it."
            ),
            N_(
                "We also count what was looked for in vain, by its words and for your account, never by person, to "
                "find out what we should carry."
            ),
        ),
        ("wish_list",),
    ),
    "prices": Chapter(
        N_("Your prices"),
        (
            N_(
                "Each price is your own: what is agreed with you, what your group pays, or the list price. "
                "Beside it stands why, and from how many on it gets cheaper. An order keeps the prices it "
                "was placed with."
            ),
        ),
        ("product_list", "product_show"),
    ),
    "letters": Chapter(
        N_("Answering a letter with one press"),
        (
            N_(
                "Some letters ask one thing: is this address right, shall this order go out? Their link does "
                "just that, without signing in, and only when you press the button on its page. It holds for "
                "some days and works once."
            ),
        ),
    ),
    "orders": Chapter(
        N_("Follow or cancel an order"),
        (
            N_(
                "My orders shows where each one is. You can cancel one yourself until we have confirmed it; "
                "after that, call your person here and we see what can still be done."
            ),
        ),
        ("order_list", "order_show"),
    ),
    "parts": Chapter(
        N_("When an order comes in parts"),
        (
            N_(
                "What is not on our shelf may follow later: the order says how many come on which day, and "
                "we write to you when that day moves, when the goods are here, and when they leave. The "
                "delivery fee is asked once."
            ),
            N_(
                "What has left stands in the order with its delivery note and, when the carrier has one, a "
                "link to follow it. What waits at a branch stands on Home with the hours when somebody is "
                "there."
            ),
        ),
    ),
    "invoices": Chapter(
        N_("Pay an invoice"),
        (
            N_(
                "Each invoice says how to pay it. Scan its QR code with your bank’s app: amount and number "
                "fill themselves in. Without the app, transfer the amount and write the number of the "
                "invoice as reference."
            ),
            N_(
                "Invoices shows what is open first, then all of them. The statement of account shows every "
                "invoice and payment of the days you choose, and how old it is what is owed. When you have "
                "paid, say so on the invoice, and we look for it."
            ),
            N_(
                "When an invoice is past its day we write to you, first as a small reminder. Is something "
                "not right with it, or do you need more time? Tell us, and we stop writing while we look at "
                "it together."
            ),
            N_("Download PDF gives you orders, invoices and statements on paper, in the language of the page."),
        ),
        ("invoice_list", "invoice_show", "statement_show"),
    ),
    "returns": Chapter(
        N_("Send something back"),
        (
            N_(
                "Open the order it came with and choose Send something back. Write how many and why; a photo "
                "helps. We answer, you send the goods, and you get credit or the same again."
            ),
            N_("What has not been sent yet is not returned but cancelled, in the same form."),
        ),
        ("return_list", "return_ask", "return_show"),
    ),
    "warranties": Chapter(
        N_("Warranties"),
        (
            N_(
                "Under Account you find your warranties: what you own, until when it is covered, and its papers. "
                "What we deliver stands there by itself; what you have from elsewhere you register with a photo "
                "of the receipt. We write to you 30 days before a warranty ends, and the last days can go into "
                "your calendar."
            ),
            N_(
                "When you sell a thing or give it away, hand it over there: the new owner accepts by a letter, "
                "and the warranty goes along. Your receipts and photos do not."
            ),
        ),
        ("warranty_list", "warranty_new", "warranty_show", "warranty_offered"),
    ),
    "claims": Chapter(
        N_("When something breaks"),
        (
            N_(
                "Open the thing in your warranties, say what is wrong, add a photo, and send it: we answer within "
                "three working days. You can ask after the end of the warranty too; then we first say what it "
                "would cost."
            ),
            N_(
                "The code on the label leads to the same form for whoever has the thing in hand, without signing "
                "in: write its serial number and your e-mail, and we send a link."
            ),
        ),
        ("claim_list", "claim_new", "claim_show", "claim_begin", "claim_ask", "claim_form"),
    ),
    "guest-orders": Chapter(
        N_("Ordered before you had an account"),
        (
            N_(
                "A form on our site or behind a code in the shop needs no account. What you send counts once you "
                "press the button in the letter we write to your address. Nothing is ordered by it: we call you "
                "first."
            ),
            N_(
                "Sign in later with the same address, and Home offers what you sent: take it over, and it lies among "
                "your orders as a draft."
            ),
        ),
        ("guest_order_list",),
    ),
    "details": Chapter(
        N_("Change your details"),
        (
            N_(
                "Choose Account. What you change counts at once. Everybody it concerns gets a message that "
                "says what it was before and what it is now, so that nobody can change it unseen."
            ),
            N_(
                "A new e-mail address counts when you have opened the letter we send to it. Earlier orders "
                "keep the name and address they were made with."
            ),
        ),
        ("account_show", "address_list", "address_show"),
    ),
    "requests": Chapter(
        N_("What we look at before it changes"),
        (
            N_(
                "Some details, such as the legal name or the tax number, we look at first. Change them where they "
                "stand, as any other: saving makes a request. Everything stays as it is until we have answered, and "
                "you can withdraw it until then."
            ),
            N_(
                "Sometimes we need a paper that shows it. Add a photo or a PDF to the form, or bring it later on the "
                "page of the request. A request can name the day from which it shall hold."
            ),
        ),
        ("request_list", "request_show"),
    ),
    "moving": Chapter(
        N_("When you move"),
        (
            N_(
                "Under Your addresses choose We move, and say from which day on and where to. Until that day "
                "everything goes to the old address, from then on to the new one."
            ),
            N_(
                "Open orders that would go to the old address are listed there: send each to the new one, or leave "
                "it. Invoices and other papers that are written never change."
            ),
        ),
        ("move_ask", "move_show"),
    ),
    "talks": Chapter(
        N_("What we talked about"),
        (
            N_(
                "Calls, visits and meetings that we share with you stand under Account, What we talked about. One "
                "that is still to come stands on the first page too, with the link to join and a file for your "
                "calendar."
            ),
            N_("Where we ask how it was, answer by one press in the letter, or there."),
        ),
        ("talk_list", "talk_show"),
    ),
    "questions": Chapter(
        N_("Ask us"),
        (
            N_(
                "On an order, an invoice or a product choose Ask about this; anything else you ask under Account, "
                "Your questions. Write what happened; a photo helps. We say by when you get an answer."
            ),
            N_(
                "The answer comes by mail and stands there. Reply on the page, or by the link in the letter, which "
                "needs no sign-in. Is it solved, close it and say how it was; is it not, write, and it is open again."
            ),
            N_(
                "Everybody of your account can read a question, unless you keep it private: then only you, those who "
                "manage the account, and we do."
            ),
        ),
        ("case_list", "case_new", "case_show"),
    ),
    "notices": Chapter(
        N_("What we tell you"),
        (
            N_(
                "For each kind of message you choose whether it comes by mail, stands under Messages, or "
                "neither. What is owed is told in one of the two; what is about signing in and safety is "
                "always told."
            ),
            N_(
                "Mail can come at once, or together once a day or once a week, and not at night: it waits "
                "until your quiet hours are over. Each letter has a link that stops its kind."
            ),
        ),
        ("inbox", "notice_show", "notices"),
    ),
    "people": Chapter(
        N_("Colleagues who may sign in"),
        (
            N_(
                "Whoever manages the account invites colleagues by mail, says what each may do, and takes "
                "the access away at once. Everybody concerned is told."
            ),
            N_(
                "Somebody may look, order, or manage. Whoever orders may have an amount up to which he orders "
                "alone, and the right to approve what colleagues order above theirs. Whoever manages has no "
                "limit and always approves."
            ),
        ),
        ("people_list",),
    ),
    "approval": Chapter(
        N_("Orders that a colleague approves"),
        (
            N_(
                "An order above its buyer’s amount is not placed: it waits for a colleague who may approve "
                "it. Nothing is kept for it meanwhile; prices and stock are looked up again when it is "
                "approved, and what changed is shown."
            ),
            N_(
                "Whoever approves can lower how many, or decline with a word why; then it is the buyer’s "
                "draft again. The buyer can take it back. The letter holds a link that answers without "
                "signing in."
            ),
        ),
        ("requisition_show", "requisition_decide"),
    ),
    "data": Chapter(
        N_("What we know about you"),
        (
            N_(
                "Under Account stands every detail we keep, where it came from, who changed it and who of "
                "the shop looked at it. You can take all of it along as a page, as tables or as JSON."
            ),
            N_(
                "News, suggestions and working out what you may want happen only with your yes, which you "
                "can take back at any time. Ask us to correct or delete something: you get an answer "
                "within 30 days."
            ),
            N_(
                "Do you not want calls, visits or any word from us at all? Say so on the page of what you agreed "
                "to; everybody here sees it where they might call. There you also say what interests you, and "
                "which day and hour suit you best."
            ),
            N_(
                "When you ask for help, somebody of the shop may look at your pages as you see them, for "
                "half an hour. You are told at once, nothing can be changed that way, and your sign-in and "
                "messages are not shown."
            ),
        ),
        (
            "data_show",
            "consent_show",
            "consent_choose",
            "reaching_choose",
            "preferences_choose",
            "look_list",
            "data_request_list",
            "data_request_ask",
        ),
    ),
    "signing-in": Chapter(
        N_("Signing in"),
        (
            N_(
                "Use your e-mail address and password, or let us send you a link and use no password at all. "
                "Links work once and for half an hour; when one has run out, its page offers a new one."
            ),
        ),
        ("security", "sign_in", "link_sent", "recover"),
    ),
    "not-me": Chapter(
        N_("If something changed that was not you"),
        (
            N_(
                "Every letter about a change in your name holds a link, “This was not me”, for 72 hours. It "
                "takes the change back and all that was done in your name since, signs everybody out, and "
                "stops ordering until you have named one of your invoices or spoken to us. It works even "
                "when your e-mail address and your password are others by now."
            ),
            N_("No such letter? Sign out everywhere under Sign-in and safety, and call us."),
        ),
        ("ordering_stop",),
    ),
}
OF_PAGE = {page: key for key, chapter in CHAPTERS.items() for page in chapter.pages}
