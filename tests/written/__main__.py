"""`python -m tests.written` writes SECURITY.md anew."""

from tests.written import page

page.TARGET.write_text(page.written(), encoding="utf-8")
