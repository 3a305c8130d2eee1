"""Somebody in a browser of his own with scripts off: pages, forms and cookies of a running shop."""

import re

from tests.apps import Forms
from tests.battery.shops import FORM, send

PASSWORD = "Kamias-road-14-talaga"
ADMIN = ("--admin", "ada@suki-shop.example", "--name", "Ada Lim")


class Visitor:
    """Looks at pages of a shop and sends their forms; keeps the cookies it is given."""

    def __init__(self, shop):
        self.shop, self.cookies = shop, {}

    def look(self, page):
        """(status, headers, text) of a page."""
        return self.keep(self.shop.ask("GET", page, **self.known()))

    def form(self, page, field):
        """{name: text} of the form of a page that asks for a field."""
        status, _, text = self.look(page)
        assert status == 200, text
        return next(form.fields for form in Forms(text).found if field in form.fields and form.method == "post")

    def send(self, page, fields):
        """(status, headers, text) of a form that was filled in."""
        return self.keep(send(self.shop, page, fields, FORM | self.known()))

    def known(self):
        return {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}

    def keep(self, answer):
        for cookie in answer[1].get_all("Set-Cookie", ()):
            name, _, text = cookie.partition(";")[0].partition("=")
            self.cookies[name] = text
        return answer


def first_admin(run, open_shop, **env):
    """Set a shop up on an empty database, open it, and come in as its admin by the link that was printed."""
    done = run("setup", *ADMIN)
    assert done.returncode == 0, done.stderr
    link = re.search(r"http://127\.0\.0\.1:8000(/staff/\S+)$", done.stdout.strip())[1]
    shop = open_shop(BASE_URL="http://127.0.0.1:8000", **env)
    shop.wait_for_page()
    ada = Visitor(shop)
    status = ada.send(link, ada.form(link, "password") | {"password": PASSWORD})[0]
    assert status == 303
    return ada
