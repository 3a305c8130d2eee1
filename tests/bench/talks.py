"""Interactions by the million: three of every contact, and a thousand more of the customer who is measured."""

from datetime import timedelta

from portal.activity.interactions import INSIDE, Interaction, InteractionPerson
from tests.bench.filling import fill, moment, numbered, word

EACH, MORE = 3, 1_000
KINDS = "call visit letter email call message call note"
LINES = "usual prices delivery samples thanks payment season"


class Talks:
    """The statements that make them for a Shop, spread over its days; one in 200 is to come, every fifth shared."""

    def __init__(self, shop, days):
        self.shop, self.days = shop, days
        self.each = shop.customers * EACH
        self.last = (self.each + min(shop.customers, MORE)) // 5 * 5

    def make(self):
        """Interactions, then their people: a contact, and one of us."""
        last, account = self.last, self.of("i")
        told = {"kind": word(KINDS, "i"), "subject": word(LINES, "i"), "is_shared": "i % 5 = 0", "minutes": "i % 50"}
        told |= {"state": "CASE WHEN i % 200 = 0 THEN 'planned' ELSE 'done' END", "owner": self.shop.owner(account)}
        fill(Interaction, last, account=account, at=self.at("i"), created_at=self.shop.at("1"), **told)
        fill(InteractionPerson, last, interaction="i", contact=account, at=self.at("i"))
        number = f"(i - {last})"
        ours = {"interaction": number, "employee": self.shop.owner(self.of(number)), "at": self.at(number)}
        fill(InteractionPerson, 2 * last, last + 1, **ours)

    def of(self, number):
        """Whose account, and whose contact, an interaction is of."""
        each = f"({number} - 1) % {self.shop.customers} + 1"
        return f"(CASE WHEN {number} <= {self.each} THEN {each} ELSE {self.shop.carol} END)"

    def at(self, number):
        """When it was, or is to be within thirty days: spread evenly over the days, Carol's own as well."""
        each, regular = (self.days * 86400 / count for count in (self.last, self.last - self.each))
        step = f"(CASE WHEN {number} <= {self.each} THEN {each:.6f} ELSE {regular:.6f} END)"
        ago = moment(f"({self.last} - {number}) * {step}", self.shop.now)
        ahead = moment(f"{number} % 1800 * 1440", self.shop.now + timedelta(days=30))
        return f"(CASE WHEN {number} % 200 = 0 THEN {ahead} ELSE {ago} END)"

    def words(self, number):
        """What the search finds it by."""
        return [numbered("ia", number), word(LINES, number)]

    def right(self, number):
        """The right under which it is found."""
        return f"CASE WHEN {number} % 5 = 0 THEN '' ELSE '{INSIDE}' END"
