"""Lists of what has tags: the filter, the column, and what is done to many rows at once."""

from flask_babel import gettext, lazy_gettext

from portal.customers import tags
from portal.web import speech
from portal.web.list_deeds import Deed
from portal.web.list_filters import ANY, NONE, Filter, parts

EVERY = "tag.all"


class TagFilter(Filter):
    """`tag=vip,school` has one of them, `tag.all=vip,school` both; `none` and `any`."""

    kind = "pick"

    def __init__(self, model):
        self.model, self.noun = model, model._meta.table_name
        self.name, self.keys = "tag", ("tag", EVERY)

    @property
    def label(self):
        return speech.term(self.noun, "tag")

    def narrow(self, query, asked, actor):
        for key in self.keys:
            text = asked.get(key)
            if text in (NONE, ANY):
                query = query.where(tags.untagged(self.model) if text == NONE else ~tags.untagged(self.model))
            elif text:
                query = query.where(tags.having(self.model, parts(text), every=key == EVERY))
        return query

    def words(self, asked, actor):
        said = [self._said(asked[key]) for key in self.keys if key in asked]
        return speech.wording().list_words(said)

    def _said(self, text):
        names = {tag.folded: tag.name for tag in tags.offered()}
        fixed = {NONE: gettext("none"), ANY: gettext("any")}
        return fixed.get(text) or ", ".join(names.get(part, part) for part in parts(text))

    def control(self, asked, actor):
        value = asked.get("tag", "")
        options = [("", gettext("any tag")), *((tag.folded, tag.name) for tag in tags.offered())]
        known = value in {option for option, _ in options}
        made = {"kind": self.kind, "name": self.name, "id": "f-tag", "label": self.label, "value": value}
        return made | {"options": options if known else [*options, (value, self._said(value))]}


def filter_of(model):
    """{"tag": the filter} for the `filters` of a list."""
    return {"tag": TagFilter(model)}


def deeds(may):
    """A tag put on many rows, and taken from them."""
    word = lazy_gettext("Tag")
    put, take = lazy_gettext("Put a tag on them"), lazy_gettext("Take a tag from them")
    return (
        Deed("tag", may, lambda row, by, value: tags.put(row, by=by, tag=value), "tag", put, "words", word),
        Deed("untag", may, lambda row, by, value: tags.take(row, by=by, tag=value), "tag", take, "words", word),
    )
