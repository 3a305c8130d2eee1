"""Reminders as they will read: each tone in each language, with an invented invoice."""

from datetime import timedelta

from portal import values
from portal.sales.reminder_rules import TONES
from portal.values import Recipient, Ref
from portal.web import mail, speech

LANGUAGES = ("en", "fil", "th")
EXAMPLE = (("INV-2026-000041", 1_250_000), ("INV-2026-000047", 364_050))


def sample(level, days, language):
    """The letter of a tone as a customer of this language would get it so many days after the due date."""
    settings = speech.settings()
    today = values.shop_day()
    currency = settings.shop_currency
    lines = [
        {
            "number": number,
            "due_on": (today - timedelta(days=late)).isoformat(),
            "days": late,
            "open": {"minor": minor, "currency": currency},
        }
        for (number, minor), late in zip(EXAMPLE, (days, max(1, days - 2)), strict=True)
    ]
    sums = [{"minor": sum(minor for _, minor in EXAMPLE), "currency": currency}]
    params = {"account": {"name": "Panaderya Dolor", "number": "1"}, "invoices": lines, "sums": sums}
    to = Recipient(Ref("login", 0), "Dolor", language=language)
    return mail.render(f"reminder_{TONES[level]}", params, to, mail.Shop.of(settings))


def samples(plan):
    """[(rule, [(language, Letter)])] of the three tones."""
    return [
        (rule, [(language, sample(rule.level, rule.days, language)) for language in LANGUAGES]) for rule in plan.rules
    ]
