"""The yardstick: a bare Flask and Jinja page of 25 rows out of plain sqlite3, with nothing else a real page needs.

`/` is written as Flask's own tutorial writes such a page: a connection for each request, a template that extends a
base, url_for for each link. `/lean` is the least that can be: a kept connection, one template, links by hand.
"""

import sqlite3
import threading

from flask import Flask, g, render_template, url_for
from jinja2 import DictLoader

ROWS = 25
CUSTOMERS = 10_000
SQL = "SELECT id, name, city, phone, bought FROM customer WHERE name > 'Customer 05' ORDER BY name LIMIT 25"
BASE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', filename='style.css') }}"></head>
<body><nav><a href="{{ url_for('customers') }}">Customers</a></nav>{% block content %}{% endblock %}</body></html>"""
PAGE = """{% extends "base.html" %}
{% block title %}Customers{% endblock %}
{% block content %}<h1>Customers</h1><table>
<thead><tr><th>No.</th><th>Name</th><th>City</th><th>Phone</th><th>Bought</th></tr></thead>
<tbody>{% for row in rows %}
<tr><td>{{ row.id }}</td><td><a href="{{ url_for('customer', id=row.id) }}">{{ row.name }}</a></td>
<td>{{ row.city }}</td><td>{{ row.phone }}</td><td>{{ row.bought }}</td></tr>
{% endfor %}</tbody></table>{% endblock %}"""
_ROWS = PAGE.partition("{% block content %}")[2].removesuffix("{% endblock %}")
LEAN = BASE.replace("{% block content %}{% endblock %}", _ROWS).replace("{% block title %}{% endblock %}", "")
LEAN = LEAN.replace("url_for('customer', id=row.id)", "'/customers/' ~ row.id")


def fill(path):
    """A file with the customers of the page."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT, phone TEXT, bought INTEGER)")
        for i in range(CUSTOMERS):
            row = (i, f"Customer {i * 7919 % CUSTOMERS:05d}", "Quezon City", f"+63917{i:07d}", i * 25)
            db.execute("INSERT INTO customer VALUES (?, ?, ?, ?, ?)", row)
        db.execute("CREATE INDEX customer_name ON customer (name)")


def connect(path):
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    return db


def create_app(path):
    """The two pages."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"base.html": BASE, "page.html": PAGE, "lean.html": LEAN})
    kept = threading.local()

    @app.get("/")
    def customers():
        g.db = connect(path)
        return render_template("page.html", rows=g.db.execute(SQL).fetchall())

    @app.get("/lean")
    def lean():
        if not hasattr(kept, "db"):
            kept.db = connect(path)
        return render_template("lean.html", rows=kept.db.execute(SQL).fetchall())

    @app.get("/customers/<int:id>")
    def customer(id):
        return url_for("customers")

    @app.teardown_appcontext
    def close(error):
        if "db" in g:
            g.db.close()

    return app
