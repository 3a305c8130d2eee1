"""Articles: answers that staff write for customers, and playbooks for staff, in languages and revisions."""

import peewee

from portal import audit, search, store, values
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.sales.catalogue import Product

AUDIENCES = ("everybody", "customers", "staff")
STATES = ("draft", "published", "retired")
KIND_OF = {"draft": "wait", "published": "done", "retired": "closed"}  # how each state is drawn
LANGUAGES = ("en", "fil", "th")
LONGEST_BODY = 40_000
MOST_PRODUCTS = 50
STAFF_ONLY = "articles.see_all"  # the right under which drafts and playbooks stand in the search

policy.allow("articles.read", policy.EVERYONE)
policy.allow("articles.rate", policy.CUSTOMERS)
policy.allow(STAFF_ONLY, policy.STAFF)
policy.allow("articles.write", policy.STAFF)
policy.allow("articles.publish", policy.MANAGERS)
policy.allow("articles.acknowledge", policy.STAFF)

FIELDS = Table(
    "article",
    Field("number", read=EVERYONE | {"anonymous"}, sort=True),
    Field("title", "text", EVERYONE | {"anonymous"}, STAFF, sort=True, longest=200, is_required=True),
    Field("body", "words", EVERYONE | {"anonymous"}, STAFF, listed=False, longest=LONGEST_BODY, is_required=True),
    Field("audience", "choice", STAFF, STAFF, filter=True, choices=AUDIENCES, is_required=True),
    Field("state", "choice", STAFF, filter=True, choices=STATES),
    Field("language", "choice", STAFF, STAFF, filter=True, choices=LANGUAGES, is_required=True),
    Field("revision", "number", EVERYONE | {"anonymous"}),
    Field("must_acknowledge", "yes", STAFF, STAFF, filter=True),
    Field("products", "words", STAFF, STAFF, listed=False, longest=2000),
    Field("owner", "link", STAFF, filter=True),
    Field("published_at", "moment", EVERYONE | {"anonymous"}, sort=True),
    Field("helped", "number", STAFF),
    Field("not_helped", "number", STAFF),
)


class Article(store.Versioned):
    """One answer; `title` is that of its first language, `revision` the one people read (0: never published)."""

    NUMBER = "KB-{:04d}"

    title = peewee.CharField(max_length=200)
    audience = peewee.CharField(max_length=12, default="customers")
    state = peewee.CharField(max_length=12, default="draft")
    language = peewee.CharField(max_length=8, default="en")
    revision = peewee.IntegerField(default=0)
    must_acknowledge = peewee.BooleanField(default=False)
    owner = peewee.ForeignKeyField(Employee, null=True)
    helped = peewee.IntegerField(default=0)
    not_helped = peewee.IntegerField(default=0)
    created_at = store.MomentField(default=values.now)
    published_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("state", "id"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the articles a person may read: all for staff, to others what is published for them."""
        if actor.is_staff or actor.is_system:
            return cls.select()
        readers = ("everybody", "customers") if actor.is_customer else ("everybody",)
        return cls.select().where((cls.state == "published") & cls.audience.in_(readers))

    @property
    def kind(self):
        """How the state is drawn: wait, done, closed."""
        return KIND_OF[self.state]

    @property
    def is_playbook(self):
        return self.audience == "staff"

    @property
    def texts(self):
        """{language: ArticleText} as they are being written, the first language first."""
        rows = {text.language: text for text in ArticleText.select().where(ArticleText.article == self)}
        return {code: rows[code] for code in (self.language, *LANGUAGES) if code in rows}

    @property
    def products(self):
        """The codes of its products, one on a line, as they are typed."""
        return "\n".join(product.code for product in self.goods)

    @property
    def goods(self):
        """The products it is about, by name; one query."""
        about = ArticleProduct.select(ArticleProduct.product).where(ArticleProduct.article == self)
        return list(Product.select().where(Product.id.in_(about)).order_by(Product.folded))

    @classmethod
    def write(cls, *, by, title, body, audience, language="en", products="", must_acknowledge=False, now=None):
        """A new draft, of its writer. `products` are codes, one on a line. Raises Invalid by field."""
        given = {"title": title, "body": body, "audience": audience, "language": language}
        fields = FIELDS.clean(given | {"must_acknowledge": must_acknowledge})
        rows = _products(products)
        body = fields.pop("body")
        with audit.change(by, "article.written", now=now) as change:
            made = change.create(cls, **_sound(fields), owner=by.employee, created_at=change.now)
            change.create(ArticleText, article=made, language=language, title=fields["title"], body=body)
            made._stand_by(change, rows)
            made.index()
        return made

    def edit(self, *, by, audience, products="", must_acknowledge=False, version=None, now=None):
        """Change for whom it is and what it is about, which holds at once. Raises Invalid by field, Stale."""
        fields = FIELDS.clean({"audience": audience, "must_acknowledge": must_acknowledge})
        rows = _products(products)
        with audit.change(by, "article.edited", self, now=now) as change:
            change.update(self, version=version, **_sound(fields))
            self._stand_by(change, rows)
            self.index()
        return self

    def say(self, *, by, language, title, body, version=0, now=None):
        """Write what it says in one language; readers see it when it is published.

        `version` is that of the text the form was opened over, 0 for a language it had not been written in.
        Raises Invalid by field, Stale when a colleague wrote in it meanwhile.
        """
        given = FIELDS.clean({"language": language, "title": title, "body": body})
        text = ArticleText.get_or_none((ArticleText.article == self) & (ArticleText.language == language))
        with audit.change(by, "article.said", self, now=now) as change:
            if text is None:
                with store.taken(body="changed-meanwhile"):
                    change.create(ArticleText, article=self, **given)
            else:
                change.update(text, version=version, title=given["title"], body=given["body"])
            if language == self.language:
                change.update(self, title=given["title"])
            self.index()
        return self

    def retire(self, *, by, now=None):
        """Nobody but staff finds it any more; publishing brings it back. Raises Invalid(state)."""
        with audit.change(by, "article.retired", self, now=now) as change:
            change.guard(
                Article.update(state="retired", version=Article.version + 1).where(
                    (Article.id == self.id) & (Article.state == "published")
                ),
                Invalid(state="article-not-published"),
            )
            change.record("state", "published", "retired")
            self.state = "retired"
            self.index()
        return self

    def _stand_by(self, change, rows):
        """Be about exactly these products."""
        old = {product.id: product.code for product in self.goods}
        new = {product.id: product.code for product in rows}
        for link in ArticleProduct.select().where(ArticleProduct.article == self):
            if link.product_id not in new:
                change.delete(link)
        for product in new.keys() - old.keys():
            change.create(ArticleProduct, article=self, product=product)
        if old.keys() != new.keys() and old:
            change.record("products", ", ".join(old.values()), ", ".join(new.values()))

    # How it is found

    def index(self):
        """Put it into the search: for staff as it is being written, for customers as it was published."""
        search.drop(self.ref)
        written = ArticleText.select().where(ArticleText.article == self)
        search.put(self.ref, [self.number, *_words(written)], right=STAFF_ONLY)
        if self.state == "published" and not self.is_playbook:
            search.put(self.ref, _words(said_in(self)))

    @classmethod
    def search_entries(cls, after, most):
        """The next articles as the search index holds them, for its rebuilding."""
        found = []
        for article in cls.select().where(cls.id > after).order_by(cls.id).limit(most):
            written = ArticleText.select().where(ArticleText.article == article)
            found.append(search.Entry(article.id, [article.number, *_words(written)], right=STAFF_ONLY))
            if article.state == "published" and not article.is_playbook:
                found.append(search.Entry(article.id, _words(said_in(article))))
        return found


class ArticleText(store.Versioned):
    """What an article says in one language, as it is being written."""

    article = peewee.ForeignKeyField(Article)
    language = peewee.CharField(max_length=8)
    title = peewee.CharField(max_length=200)
    body = peewee.TextField()

    class Meta:
        indexes = ((("article", "language"), True),)


class ArticleRevision(store.Model):
    """What an article said in one language when it was published: readers are shown the newest, none is changed."""

    article = peewee.ForeignKeyField(Article)
    number = peewee.IntegerField()
    language = peewee.CharField(max_length=8)
    title = peewee.CharField(max_length=200)
    body = peewee.TextField()
    published_by = peewee.CharField(max_length=200)
    published_at = store.MomentField()

    class Meta:
        indexes = ((("article", "number", "language"), True),)


class ArticleProduct(store.Model):
    """An article is about a product."""

    article = peewee.ForeignKeyField(Article)
    product = peewee.ForeignKeyField(Product)

    class Meta:
        indexes = ((("article", "product"), True),)


def said_in(article, number=None):
    """Query of the texts of a revision, by default the one that is read, in all its languages."""
    of = (ArticleRevision.article == article) & (ArticleRevision.number == (number or article.revision))
    return ArticleRevision.select().where(of)


def reading(article, language, number=None):
    """The text to read, in the language of the reader or else the article's own; None when never published."""
    rows = {text.language: text for text in said_in(article, number)}
    return next((rows[code] for code in (language, article.language, *LANGUAGES) if code in rows), None)


def titled(articles, language):
    """[(article, its title in this language)] of some articles, in one query."""
    articles = list(articles)
    rows = ArticleRevision.select(ArticleRevision.article, ArticleRevision.number, ArticleRevision.title).where(
        ArticleRevision.article.in_([article.id for article in articles]) & (ArticleRevision.language == language)
    )
    titles = {(row.article_id, row.number): row.title for row in rows}
    return [(article, titles.get((article.id, article.revision), article.title)) for article in articles]


def about_product(actor, product, limit=5):
    """The articles about a product this person may read, the most helpful first."""
    about = ArticleProduct.select(ArticleProduct.article).where(ArticleProduct.product == product)
    rows = Article.visible_to(actor).where(Article.id.in_(about) & (Article.state == "published"))
    return list(rows.order_by((Article.helped - Article.not_helped).desc(), Article.id).limit(limit))


def answering(actor, question, product=None, limit=3):
    """Published articles that share most words with a question, those about its product before others."""
    ids = search.alike("article", question, limit=limit)
    seen = Article.visible_to(actor).where(Article.id.in_(ids) & (Article.audience != "staff"))
    found = {article.id: article for article in seen}
    alike = [found[id] for id in ids if id in found]
    near = about_product(actor, product, limit) if product is not None else []
    return list({article.id: article for article in [*near, *alike]}.values())[:limit]


def _words(texts):
    return [words for text in texts for words in (text.title, text.body)]


def _sound(fields):
    """Only what is for staff can ask to be acknowledged."""
    return fields | {"must_acknowledge": fields["must_acknowledge"] and fields["audience"] == "staff"}


def _products(text):
    """The products of codes, one on a line or between commas. Raises Invalid(products)."""
    codes = list(dict.fromkeys(code.strip().upper() for code in text.replace(",", "\n").splitlines() if code.strip()))
    if len(codes) > MOST_PRODUCTS:
        raise Invalid(products=("products-too-many", {"most": MOST_PRODUCTS}))
    found = {product.code.upper(): product for product in Product.select().where(Product.code.in_(codes))}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise Invalid(products=("products-unknown", {"codes": ", ".join(unknown)}))
    return list(found.values())
