"""The yardstick: a bare Flask and Jinja page of 25 rows out of plain sqlite3, with nothing else a real page needs."""

import sqlite3
import threading

from flask import Flask, render_template
from jinja2 import DictLoader

ROWS = 25
CUSTOMERS = 10_000
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Customers</title></head>
<body><h1>Customers</h1><table>
<thead><tr><th>No.</th><th>Name</th><th>City</th><th>Phone</th><th>Bought</th></tr></thead>
<tbody>{% for id, name, city, phone, bought in rows %}
<tr><td>{{ id }}</td><td><a href="/customers/{{ id }}">{{ name }}</a></td>
<td>{{ city }}</td><td>{{ phone }}</td><td>{{ bought }}</td></tr>
{% endfor %}</tbody></table></body></html>"""


def fill(path):
    """A file with the customers of the page."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT, phone TEXT, bought INTEGER)")
        rows = (
            (i, f"Customer {i * 7919 % CUSTOMERS:05d}", "Quezon City", f"+63917{i:07d}", i * 25)
            for i in range(CUSTOMERS)
        )
        db.executemany("INSERT INTO customer VALUES (?, ?, ?, ?, ?)", rows)
        db.execute("CREATE INDEX customer_name ON customer (name)")


def create_app(path):
    """The page at /; each thread keeps its connection."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"customers.html": PAGE})  # compiled once, as any shop would
    kept = threading.local()

    @app.get("/")
    def customers():
        if not hasattr(kept, "db"):
            kept.db = sqlite3.connect(path)
        sql = "SELECT id, name, city, phone, bought FROM customer WHERE name > ? ORDER BY name LIMIT ?"
        rows = kept.db.execute(sql, ("Customer 05", ROWS)).fetchall()
        return render_template("customers.html", rows=rows)

    return app
