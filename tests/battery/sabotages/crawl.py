"""What the rows about pages in a browser have to find."""

from tests.battery.sabotages import Sabotage

CRAWL = "tests/battery/test_crawl.py"
WALK = f"{CRAWL}::test_no_page_of_any_role_runs_loads_or_shows_what_it_should_not"
LETTERS = f"{CRAWL}::test_no_letter_takes_a_text_for_markup"
MARKED = f"{CRAWL}::test_only_two_modules_may_call_a_text_markup"
HTMX = f"{CRAWL}::test_htmx_may_do_only_what_pages_need"
LINT = f"{CRAWL}::test_our_script_and_pages_hold_nothing_that_makes_code_of_text"
POLICY = f"{CRAWL}::test_the_policy_is_the_designed_one_on_every_page"

SABOTAGES = [
    Sabotage(
        "E1", "a page has a style of its own", "templates/staff/layout.html",
        '<main class="work"', '<main style="color: red" class="work"', WALK,
    ),
    Sabotage(
        "E1", "the policy lets styles in pages be", "portal/web/headers.py",
        "style-src 'self'", "style-src 'self' 'unsafe-inline'", POLICY,
    ),
    Sabotage(
        "E9", "a picture comes from elsewhere", "templates/base.html",
        "{% block body %}{% endblock %}", '{% block body %}{% endblock %}<img src="//127.0.0.2:9/seen.png" alt="">',
        WALK,
    ),
    Sabotage(
        "C2", "the name of a person is taken for markup", "templates/selfservice/layout.html",
        "{{ ui.icon('person') }}{{ actor.name }}</a>", "{{ ui.icon('person') }}{{ actor.name|safe }}</a>", WALK,
    ),
    Sabotage(
        "C2", "letters do not escape", "portal/web/mail.py", "autoescape=True", "autoescape=False", LETTERS,
    ),
    Sabotage(
        "C2", "a text of the shop is marked as safe", "templates/base.html",
        "· {{ shop.name }}{% endblock %}</title>", "· {{ shop.name|safe }}{% endblock %}</title>", MARKED,
    ),
    Sabotage(
        "E7", "htmx may evaluate", "templates/base.html", '"allowEval":false', '"allowEval":true', HTMX,
    ),
    Sabotage(
        "E7", "a script writes markup", "static/suki.js",
        "document.body.append(words.content.cloneNode(true));",
        "document.body.insertAdjacentHTML('beforeend', words.innerHTML);", LINT,
    ),
]  # fmt: skip
