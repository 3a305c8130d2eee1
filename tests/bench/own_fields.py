"""Own fields of the bench: twenty on contacts; each contact has a number, every second one a text."""

from portal.custom import CustomField, CustomStamp, CustomValue
from tests.bench.filling import fill, text, word

FIELDS = 20
WORDS = "light medium dark green decaf"


def make(shop):
    """Texts are every third field, numbers the others; values stand in the first of each."""
    roles = """'["admin","manager","rep"]'"""
    labels = f"""'{{"en":"Own ' || {text("i")} || '"}}'"""
    words = {"noun": "'contact'", "key": f"'own_' || {text('i')}", "labels": labels}
    kind = {"kind": "CASE WHEN i % 3 = 1 THEN 'text' ELSE 'decimal' END", "rank": "i", "section": "'More'"}
    blank = {"helps": "'{}'", "options": "'[]'", "shown_for": "'[]'", "work": "'{}'"}
    fill(CustomField, FIELDS, readers=roles, writers=roles, **words, **kind, **blank)
    fill(CustomStamp, 1, number="1")
    half = shop.customers // 2
    said = word(WORDS, "i / 7")
    fill(CustomValue, half, field="1", record="i * 2", text=said, folded=said)
    record = f"(i - {half})"
    fill(CustomValue, half + shop.customers, half + 1, field="2", record=record, number=f"{record} % 1000")
