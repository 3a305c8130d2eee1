"""Words of articles: answers for customers and playbooks for staff."""

from portal.web.terms.marks import N_

MESSAGES = {
    "article-not-published": N_("It is not published now. Look at it again."),
    "article-nothing-new": N_("Nothing new was written since it was published."),
    "products-unknown": N_("We have no product with the code %(codes)s."),
    "products-too-many": N_("Name up to %(most)s products."),
}
LABELS = {
    ("noun", "article"): N_("Articles"),
    ("kind", "article"): N_("Article"),
    ("article", "number"): N_("Number"),
    ("article", "title"): N_("Title"),
    ("article", "body"): N_("What it says"),
    ("article", "audience"): N_("For whom"),
    ("article", "state"): N_("State"),
    ("article", "language"): N_("First language"),
    ("article", "revision"): N_("Revision"),
    ("article", "must_acknowledge"): N_("Colleagues confirm that they have read it"),
    ("article", "products"): N_("Products"),
    ("article", "owner"): N_("Looked after by"),
    ("article", "published_at"): N_("Published"),
    ("article", "acknowledged"): N_("Confirmed by me"),
    ("article", "acknowledged", "yes"): N_("yes"),
    ("article", "acknowledged", "no"): N_("no"),
    ("article", "helped"): N_("Helped"),
    ("article", "not_helped"): N_("Did not help"),
}
WORDS = {
    ("article", "audience", "everybody"): N_("Everybody"),
    ("article", "audience", "customers"): N_("Customers"),
    ("article", "audience", "staff"): N_("Staff (a playbook)"),
    ("article", "state", "draft"): N_("Draft"),
    ("article", "state", "published"): N_("Published"),
    ("article", "state", "retired"): N_("Retired"),
    ("article", "language", "en"): N_("English"),
    ("article", "language", "fil"): N_("Filipino"),
    ("article", "language", "th"): N_("Thai"),
}
EVENTS = {
    "article.written": N_("Article written"),
    "article.edited": N_("Article edited"),
    "article.said": N_("Article: words changed"),
    "article.published": N_("Article published"),
    "article.retired": N_("Article retired"),
    "article.acknowledged": N_("Playbook read and confirmed"),
    "article.rated": N_("Article rated"),
}
