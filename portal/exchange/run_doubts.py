"""What speaks against taking a row as it is: no right to it, edited here meanwhile, or likely here already."""

from portal.alike.weighing import LIKELY
from portal.audit import Entry, EntryValue
from portal.customers import likeness
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.exchange.importing import Seen
from portal.exchange.importing_rows import Named, Problem
from portal.people import policy
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.store import among

BY_HAND = {"email", "role", "team", "is_active"}  # of colleagues who sign in
ALIKE = {Account: ("email", "phone", "tax_number"), Contact: ("email", "phone")}
MOST_LIKELY = 5


class Doubts:
    """Looks into the decided rows of one file, batch by batch, with the eyes of the person who brought it."""

    def __init__(self, kind, by):
        self.kind, self.model, self.by = kind, kind.model, by
        self.alike = Seen()

    def look_into(self, rows, found, decisions):
        """Refuse or doubt rows; `found` takes the Problems."""
        self.refuse(rows, found, decisions)
        self._doubt_edited([row for row in rows if row.outcome == "changed"])
        if self.model in ALIKE:
            created = [row for row in rows if row.outcome == "created"]
            self._doubt_twins(created)
            self.employers = self._employers(created)
            self._doubt_known([row for row in created if row.outcome == "created"])

    def refuse(self, rows, found, decisions):
        """Refuse what this person may not write."""
        self.found, self.decisions = found, decisions
        self._refuse_foreign([row for row in rows if row.outcome in ("created", "changed", "touched")])
        self._refuse_names([row for row in rows if row.outcome in ("created", "changed")])

    def _doubt(self, row, column, value, problem, **params):
        row.outcome = "doubtful"
        self.found.append(Problem(row.line, column, str(value), problem, params))

    def _column(self, row, field):
        return row.case.columns.get(field, field) if row.case else field

    # Rights

    def _refuse_foreign(self, rows):
        """Rows of accounts that this person does not see, and colleagues who sign in, are not changed from here."""
        concerned = {id(row): self._accounts_of(row) for row in rows}
        wanted = set().union(*concerned.values()) if concerned else set()
        if wanted:
            seen = Account.select(Account.id).where(among(Account.id, wanted) & Account.scope(self.by))
            seen = {account for (account,) in seen.tuples()}
            for row in rows:
                if not concerned[id(row)] <= seen:
                    self.decisions.refuse(row, self.decisions.map.keys[0], row.key, "import-row-foreign")
        if self.model is Employee:
            for row in rows:
                if row.record is not None and row.record.login_id and BY_HAND & row.differences.keys():
                    self.decisions.refuse(row, self._column(row, "email"), "", "import-signs-in")

    def _accounts_of(self, row):
        if self.model is Account:
            return {row.record.id} if row.record is not None else set()
        if "account" not in self.model._meta.fields:
            return set()
        accounts = {row.columns.get("account"), row.record.account_id if row.record is not None else None}
        return accounts - {None}

    def _refuse_names(self, rows):
        """A team that is not here yet is made by whoever may make teams."""
        if policy.may(self.by, "teams.manage"):
            return
        named = [(row, name, value) for row in rows for name, value in row.columns.items()
                 if isinstance(value, Named) and value.model is Team]  # fmt: skip
        if named:
            known = Team.select(Team.name).where(among(Team.name, {value.name for _, _, value in named}))
            known = {name for (name,) in known.tuples()}
            for row, name, value in named:
                if value.name not in known:
                    self.decisions.refuse(row, self._column(row, name), value.name, "team-unknown")

    # Edited here

    def _doubt_edited(self, rows):
        """A value that somebody changed here since it came is not overwritten unasked."""
        rows = [row for row in rows if (known := row.known.get(row.key)) and known.marks and row.differences]
        if not rows:
            return
        refs = {str(row.record.ref): row for row in rows}
        names = {name for row in rows for name in row.differences}
        query = Entry.select(Entry.subject, EntryValue.field, Entry.event, Entry.actor_name, Entry.at).join(
            EntryValue, on=(EntryValue.entry == Entry.id)
        )
        query = query.where(among(Entry.subject, refs) & among(EntryValue.field, names)).order_by(Entry.id)
        last = {(subject, field): rest for subject, field, *rest in query.tuples()}
        for (subject, field), (event, name, at) in last.items():
            row = refs[subject]
            if field in row.differences and not event.startswith("import."):
                self._doubt(row, self._column(row, field), row.differences[field], "import-edited-here",
                            field=field, name=name, at=at.isoformat())  # fmt: skip

    # Here already

    def _doubt_twins(self, rows):
        """Two rows of one file that look like the same: the same name with the same address or number."""
        for row in rows:
            marks = [f"{row.columns.get('folded')}\x1f{row.columns[name]}" for name in ALIKE[self.model]
                     if row.columns.get(name)]  # fmt: skip
            lines = {self.alike.line_of(mark, row.line) for mark in marks} - {row.line}
            if lines:
                self._doubt(row, self._column(row, "name"), row.columns["name"], "import-alike-line", line=min(lines))

    def _doubt_known(self, rows):
        """Records that a new row is likely to be, by whatever they have in common."""
        found = likeness.like_many(self.kind.noun, [self._details(row) for row in rows], self.by) if rows else []
        for row, likely in zip(rows, found, strict=True):
            likely = [one for one in likely if one.score >= LIKELY]
            seen = [one for one in likely if one.record is not None][:MOST_LIKELY]
            row.likely = [[one.record.id, round(one.score, 2)] for one in seen]
            if likely:
                problem = "import-likely-here" if row.likely else "import-likely-elsewhere"
                self._doubt(row, self._column(row, "name"), row.columns["name"], problem)

    def _employers(self, rows):
        """{account: its name} of the accounts of some contacts."""
        ids = {row.columns["account"] for row in rows if "account" in row.columns}
        return dict(Account.select(Account.id, Account.name).where(among(Account.id, ids)).tuples()) if ids else {}

    def _details(self, row):
        """The row as likeness reads it: its own fields, and the name of the account that its contact works at."""
        return row.columns | {"employer": self.employers.get(row.columns.get("account"), "")}
