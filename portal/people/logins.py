"""Logins: who may sign in at which face, with which proof. A login knows no account."""

import peewee

from portal import store, values

KINDS = ("staff", "customer")


class Login(store.Versioned):
    """A person's sign-in at one face. `epoch` rises when sign-in data changes: older sessions and links are dead."""

    SECRET = frozenset({"password_hash"})

    kind = peewee.CharField(max_length=10)
    email = peewee.CharField(max_length=320)
    email_key = peewee.CharField(max_length=320)
    name = peewee.CharField(max_length=200)
    password_hash = peewee.CharField(max_length=200, null=True)
    epoch = peewee.IntegerField(default=1)
    language = peewee.CharField(max_length=8, default="en")
    is_active = peewee.BooleanField(default=True)
    verified_at = store.MomentField(null=True)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("kind", "email_key"), True),)

    @property
    def recipient(self):
        """This person as somebody to be told."""
        return values.Recipient(self.ref, self.name, self.email, self.language)
