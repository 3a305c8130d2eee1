"""Merged records: what was put together leads on to the one that stayed, and stands in its story."""

from portal.values import Ref


class Mergeable:
    """A noun whose records can be merged: columns `merged_into` (id of the one that stayed) and `absorbed` (ids)."""

    @property
    def refs(self):
        """Refs of this record and of all that were merged into it: whose story is told together."""
        kind = self.ref.kind
        return [self.ref, *(Ref(kind, int(number)) for number in self.absorbed.split())]

    @classmethod
    def standing(cls):
        """Where-expression of the records that were not merged into another one."""
        return cls.merged_into.is_null()

    @classmethod
    def led_to(cls, number, actor):
        """The record that stands today for one with this readable number that was merged, None when there is none."""
        row = cls.get_or_none(cls.by_number(number))
        for _ in range(20):  # a merge into what was merged later
            if row is None or row.merged_into is None:
                break
            row = cls.get_or_none(cls.id == row.merged_into)
        return row and cls.visible_to(actor).where(cls.id == row.id).first()
