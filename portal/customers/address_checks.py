"""Address checks: the customer is asked whether an address still holds, and answers it by a link or on the page."""

import peewee

from portal import audit, store
from portal.customers import memberships
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.errors import Invalid
from portal.fields import Field
from portal.people import policy, task_links

TASK = "addresses.confirm"
ANSWERS = ("right", "wrong")
WORDS = Field("words", "words", longest=500)

policy.allow("addresses.ask", policy.STAFF)
policy.allow("addresses.confirm", policy.BUYERS)


class AddressCheck(store.Model):
    """One question about one address, and its answer: right, or wrong with what is."""

    address = peewee.ForeignKeyField(Address)
    asked_by = peewee.CharField(max_length=200)
    asked_at = store.MomentField()
    answer = peewee.CharField(max_length=10, default="")
    words = peewee.CharField(max_length=500, default="")
    answered_by = peewee.CharField(max_length=200, default="")
    answered_at = store.MomentField(null=True)

    @classmethod
    def visible_to(cls, actor):
        """Query of the questions about the addresses this person may see, each with its address and account."""
        query = cls.select(cls, Address, Account).join(Address).join(Account)
        return query.where(Account.scope(actor))

    @classmethod
    def newest(cls, address):
        """The last question about an address, or None."""
        return cls.select().where(cls.address == address).order_by(cls.id.desc()).first()

    @classmethod
    def open_of(cls, account):
        """{address id: question} of the addresses of an account that are asked about now."""
        rows = cls.select().join(Address).where((Address.account == account) & cls.is_open())
        return {check.address_id: check for check in rows}

    @classmethod
    def is_open(cls):
        """Where-expression of the questions that wait for their answer."""
        return cls.answered_at.is_null()

    def refuse_answered(self, actor=None):
        """Raise Invalid on "state" when it was answered, or the address is used no longer."""
        if self.answered_at or self.address.archived_at:
            raise Invalid(state="address-check-over")

    def settle(self, *, by, decision, words="", now=None):
        """Answer it: "right", or "wrong" with what is right instead, which the account's keepers read.

        Raises Invalid on "decision", "words" (field-needed) and "state" (address-check-over).
        """
        if decision not in ANSWERS:
            raise Invalid(decision="choice-unknown")
        words = WORDS.clean(words or "")
        if decision == "wrong" and not words:
            raise Invalid(words="field-needed")
        account = self.address.account
        event = "address.confirmed" if decision == "right" else "address.doubted"
        with audit.change(by, event, self.address, about=account, now=now) as change:
            self.refuse_answered()
            given = {"answer": decision, "words": words, "answered_by": by.name, "answered_at": change.now}
            still = (AddressCheck.id == self.id) & AddressCheck.is_open()
            change.guard(AddressCheck.update(given).where(still), Invalid(state="address-check-over"))
            change.record("answer", None, decision)
            if decision == "wrong":
                said = {"account": account.number, "account_name": account.name, "by": by.name}
                told = account.staff_for(by)
                change.tell(told, "address_doubted", **said, address=self.address.one_line, words=words)


# An address is asked about once at a time, whoever asks.
AddressCheck.add_index(
    AddressCheck.index(AddressCheck.address, unique=True, where=AddressCheck.is_open(), name="addresscheck_open")
)


def ask(address, *, by, now=None):
    """Ask the people of the account who order whether an address still holds; each gets a link of his own.

    Raises Invalid on "address": address-put-away, address-asked-already, nobody-to-ask.
    """
    account = address.account
    people = memberships.who_may(account, "addresses.confirm")
    if address.archived_at:
        raise Invalid(address="address-put-away")
    if not people:
        raise Invalid(address="nobody-to-ask")
    with (
        store.taken(address="address-asked-already"),
        audit.change(by, "address.asked", address, about=account, now=now) as change,
    ):
        unheard = (AddressCheck.address == address) & (AddressCheck.asked_at <= change.now - task_links.LIFE)
        silent = AddressCheck.update(answer="none", answered_at=change.now).where(unheard, AddressCheck.is_open())
        silent.execute()
        check = AddressCheck.create(address=address, asked_by=by.name, asked_at=change.now)
        change.happened()
        for login in () if by.is_quiet else people:
            link = task_links.issue(change, TASK, login, check, account=account.id)
            said = {"account_name": account.name, "address": address.one_line, "recipient": address.recipient}
            change.tell([login.recipient], "address_to_confirm", url={"link": link.id}, **said)
    return check
