"""The maker of fields that an admin added."""

from portal.values import Actor, Ref
from portal.whole import custom_fields

ADMIN = Actor(Ref("login", 0), name="Ada Lim", role="admin")


def custom_field(noun="account", kind="text", label="Gate code", **given):
    """A field that an admin added; `options` are words, whose keys follow from them."""
    options = [("", {"en": word}) for word in given.pop("options", ())]
    given |= {"options": options} if options else {}
    return custom_fields.make(noun, by=ADMIN, kind=kind, labels={"en": label}, **given)
