"""Where mails stand on the timeline of their account: each one is an interaction of the kind "email"."""

from portal.activity.interactions import Interaction
from portal.service import mail_text
from portal.values import Ref

SHOWN = 2000  # letters of what is new in a mail that stand on the timeline; the rest in its conversation


def place_of(mail):
    """Where the event of a mail belongs: on the timeline it stands as the interaction, so the event is told there."""
    return Ref("interaction", mail.interaction) if mail.interaction else mail.ref


def stand(mail, conversation, contacts, *, by, now):
    """Put a mail on the timeline of its account, inside its change; returns the id there, None without an account."""
    account = conversation.concerns
    if account is None:
        return None
    people = {contact.id for contact in contacts if contact is not None and contact.account_id == account.id}
    made = Interaction.log(
        account, by=by, kind="email", at=mail.at, direction="out" if mail.is_ours else "in", subject=mail.subject,
        text=mail_text.new_words(mail.text)[:SHOWN], contacts=sorted(people), about=conversation.about_ref, now=now,
    )  # fmt: skip
    return made.id
