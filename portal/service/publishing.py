"""Publishing articles as revisions, who has acknowledged a playbook, and whether an answer helped."""

import peewee

from portal import audit, store
from portal.errors import Invalid
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.service.articles import Article, ArticleRevision, ArticleText, said_in


class Acknowledgement(store.Model):
    """An employee has read a revision of a playbook and works by it."""

    article = peewee.ForeignKeyField(Article)
    employee = peewee.ForeignKeyField(Employee)
    revision = peewee.IntegerField()
    at = store.MomentField()

    class Meta:
        indexes = ((("article", "employee", "revision"), True),)


class ArticleRating(store.Model):
    """Whether an article helped one customer; the last answer counts."""

    article = peewee.ForeignKeyField(Article)
    login = peewee.ForeignKeyField(Login)
    helped = peewee.BooleanField()
    words = peewee.TextField(default="")
    at = store.MomentField()

    class Meta:
        indexes = ((("article", "login"), True),)


def unpublished(article):
    """Languages in which more was written than readers see."""
    written = {
        text.language: (text.title, text.body) for text in ArticleText.select().where(ArticleText.article == article)
    }
    read = {text.language: (text.title, text.body) for text in said_in(article)}
    return [code for code, text in written.items() if read.get(code) != text]


def publish(article, *, by, version=None, now=None):
    """Show readers what is written, as the next revision; of a playbook to be acknowledged all staff are told.

    Raises Stale, Invalid(state=article-nothing-new).
    """
    with audit.change(by, "article.published", article, now=now) as change:
        if article.state == "published" and not unpublished(article):
            raise Invalid(state="article-nothing-new")
        number = article.revision + 1
        change.update(article, version=version, state="published", revision=number, published_at=change.now)
        for text in ArticleText.select().where(ArticleText.article == article):
            change.create(
                ArticleRevision, article=article, number=number, language=text.language, title=text.title,
                body=text.body, published_by=by.name, published_at=change.now,
            )  # fmt: skip
        article.index()
        if article.must_acknowledge:
            staff = Employee.select(Employee, Login).join(Login).where(Employee.is_active)
            told = [colleague.recipient for colleague in staff if colleague.login.ref != by.ref]
            change.tell(told, "playbook_published", article=article.number, title=article.title, by=by.name)
    return article


def acknowledge(article, *, by, now=None):
    """Note that this employee has read the present revision. Twice is once. Raises Invalid(state)."""
    if not (article.must_acknowledge and article.state == "published"):
        raise Invalid(state="article-not-published")
    if not is_acknowledged(article, by):
        with (
            store.taken(state="changed-meanwhile"),
            audit.change(by, "article.acknowledged", article, now=now) as change,
        ):
            row = {"article": article, "employee": by.employee, "revision": article.revision, "at": change.now}
            change.create(Acknowledgement, **row)
    return article


def is_acknowledged(article, actor):
    """Whether this person has acknowledged what it says now."""
    mine = (Acknowledgement.article == article) & (Acknowledgement.employee == actor.employee)
    return Acknowledgement.select().where(mine & (Acknowledgement.revision == article.revision)).exists()


def readers(article):
    """[(employee, moment of acknowledging or None)] of everybody who works here, those who have not first."""
    mine = (Acknowledgement.article == article) & (Acknowledgement.revision == article.revision)
    done = {row.employee_id: row.at for row in Acknowledgement.select().where(mine)}
    staff = Employee.select().where(Employee.is_active).order_by(Employee.name)
    return sorted(((one, done.get(one.id)) for one in staff), key=lambda pair: pair[1] is not None)


def to_acknowledge(actor):
    """Query of the playbooks this employee has not acknowledged in their present revision, oldest first."""
    mine = (Acknowledgement.article == Article.id) & (Acknowledgement.employee == actor.employee)
    done = peewee.fn.EXISTS(
        Acknowledgement.select(Acknowledgement.id).where(mine & (Acknowledgement.revision == Article.revision))
    )
    waiting = (Article.state == "published") & Article.must_acknowledge & (Article.audience == "staff")
    return Article.select().where(waiting & ~done).order_by(Article.id)


def rate(article, *, by, helped, now=None):
    """Keep whether it helped, "yes" or "no"; who answers again has changed their mind, and counts once.

    Raises Invalid(helped).
    """
    if helped not in ("yes", "no"):
        raise Invalid(helped="choice-unknown")
    helped = helped == "yes"
    with store.taken(helped="changed-meanwhile"), audit.change(by, "article.rated", article, now=now) as change:
        mine = (ArticleRating.article == article) & (ArticleRating.login == by.ref.id)
        before = ArticleRating.get_or_none(mine)
        if before is not None and before.helped == helped:
            return article
        if before is None:
            change.create(ArticleRating, article=article, login=by.ref.id, helped=helped, at=change.now)
        else:
            turned = ArticleRating.update(helped=helped, at=change.now).where(mine & (ArticleRating.helped != helped))
            change.guard(turned, Invalid(helped="changed-meanwhile"))
            change.record("helped", before.helped, helped)
        was = 0 if before is None else 1
        counts = {"helped": 1 if helped else -was, "not_helped": -was if helped else 1}
        raised = Article.update({name: getattr(Article, name) + by for name, by in counts.items()})
        change.guard(raised.where(Article.id == article.id), Invalid(helped="changed-meanwhile"))
    return article
