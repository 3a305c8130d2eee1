"""What the rows about access have to find."""

from tests.battery.sabotages import Sabotage

CELLS = "tests/battery/test_matrix.py::test_each_route_answers_each_person_as_declared_and_a_denial_leaves_no_trace"
METHODS = "tests/battery/test_matrix.py::test_other_methods_do_nothing"
SWAPS = "tests/battery/test_swaps.py::test_a_foreign_record_answers_as_a_missing_one"
TOKENS = "tests/battery/test_csrf.py::test_no_form_is_taken_without_the_token_of_this_browser"
COLUMNS = "tests/battery/test_assignment.py::test_a_form_sets_what_it_shows_and_nothing_else"
TWICE = "tests/battery/test_twice.py::test_a_form_sent_twice_does_one_thing"
AT_ONCE = "tests/battery/test_twice.py::test_a_form_sent_by_twenty_at_once_does_one_thing"
SLOWER = "tests/battery/test_overwriting.py::test_the_slower_of_two_editors_sees_both_versions"
BOTH_SIDES = "tests/battery/test_overwriting.py::test_staff_and_customer_who_edit_the_same_record_lose_nothing"
WORLDS = "tests/battery/test_two_worlds.py::test_what_one_may_not_read_moves_nothing_that_one_sees[nina-tess]"
GONE = "tests/battery/test_removed_meanwhile.py::test_what_is_removed_while_it_is_changed_is_said_to_be_gone"
DEMOTED = "tests/battery/test_demotion.py::test_what_is_taken_away_is_gone_with_the_next_request"
QUEUED = "tests/battery/test_demotion.py::test_a_job_that_waits_is_done_with_the_rights_of_when_it_is_done"
PARENTS = "tests/battery/test_parents.py::test_a_child_of_another_parent_is_a_missing_one"
CLOSE = "tests/battery/test_levels.py::test_what_is_close_is_found_by_a_right_alone_and_never_logged"
EXPOSED = "tests/battery/test_exposure.py::test_no_answer_holds_a_secret_or_what_is_kept_from_its_reader[nina-tess]"
DOORS = "tests/battery/test_exposure.py::test_no_way_leads_to_a_record_that_is_not_his[rhea-carol]"
LISTS = "tests/battery/test_lists_of_records.py::test_each_way_to_change_a_list_needs_its_right[add]"
SURFACES = "portal/web/surfaces.py"

SABOTAGES = [
    Sabotage(
        "A1", "a route does not ask whether the person may", SURFACES,
        "if not policy.may(actor, action):", "if actor.is_anonymous and not policy.may(actor, action):", CELLS,
    ),
    Sabotage(
        "A1", "an area that a role leaves out stays open", "portal/people/policy.py",
        "return area in limits.closed or", "return False and area in limits.closed or", CELLS,
    ),
    Sabotage(
        "A2", "payments forget whose they are", "portal/sales/payments.py",
        "return cls.select(cls, Account).join(Account).where(Account.scope(actor))",
        "return cls.select(cls, Account).join(Account)", SWAPS,
    ),
    Sabotage(
        "A2", "old addresses stand open", "portal/customers/addresses.py",
        "return cls.select(cls, Account).join(Account).where(Account.scope(actor))",
        "return cls.select(cls, Account).join(Account)",
        "tests/battery/test_upgraded_shop.py::test_no_customer_reads_old_records_of_another",
    ),
    Sabotage(
        "A3", "who is refused leaves an entry", SURFACES,
        "            raise Denied(action)\n",
        "            from portal import audit\n\n"
        "            with audit.change(actor, \"login.denied\", actor.ref) as change:\n"
        "                change.happened()\n            raise Denied(action)\n",
        CELLS,
    ),
    Sabotage(
        "E4", "forms need no token", "wsgi.py", "csrf.exempt(public.blueprint)",
        "csrf.exempt(public.blueprint), csrf.exempt(site.blueprint)", TOKENS,
    ),
    Sabotage(
        "E4", "PUT goes where nobody declared it", SURFACES,
        "methods=[method])\n            for feed", 'methods=[method, "PUT"])\n            for feed', METHODS,
    ),
    Sabotage(
        "A5", "JSON fills forms", "portal/web/refusals.py",
        "    app.before_request_funcs[None].insert(0, refuse_what_is_no_form)\n", "", COLUMNS,
    ),
    Sabotage(
        "A5", "a form hands on what it does not show", "portal/web/forms.py",
        "return {f.name: f.data for f in self if f.name not in OWN_FIELDS}",
        "return {f.name: f.data for f in self if f.name not in OWN_FIELDS} | "
        "{name: request.form[name] for name in request.form if name == 'team'}",
        COLUMNS,
    ),
    Sabotage(
        "A6", "what a role hides is read after all", "portal/masking.py",
        "if hidden and self.key_of(instance) in hidden:", "if False:", WORLDS,
    ),
    Sabotage(
        "A7", "an order of another customer is loaded below a move", "portal/web/move_pages.py",
        "surfaces.load(Order, actor, number), move_forms", "Order.get(Order.by_number(number)), move_forms", PARENTS,
    ),
    Sabotage(
        "A8", "whoever left goes on with his session", "portal/people/sessions.py",
        "self.epoch == login.epoch and login.is_active and fresh", "fresh", DEMOTED,
    ),
    Sabotage(
        "A8", "an import is taken back by whoever may import no more", "portal/exchange/run_undoing.py",
        'by if by and policy.may(by, "imports.run") else None', "by", QUEUED,
    ),
    Sabotage(
        "A8", "a large change of whoever may not make it any more waits for ever", "portal/whole/portions.py",
        "except (Denied, Invalid) as refusal:", "except ZeroDivisionError as refusal:", QUEUED,
    ),
    Sabotage(
        "G9", "nobody asks whether a form was sent before", "portal/audit.py",
        "    if inserted.rowcount:\n        return\n", "    return\n", TWICE,
    ),
    Sabotage(
        "G9", "who sends a form while it is carried out breaks on its key", "portal/audit.py",
        "        ).on_conflict_ignore()\n", "        )\n", AT_ONCE, database="postgres",
    ),
    Sabotage(
        "G9", "a refusal is told instead of what was done", "portal/web/forms.py",
        "except (Invalid, NotFound, Stale):", "except ():", TWICE,
    ),
    Sabotage(
        "G10", "a version is not looked at", "portal/audit.py",
        "if version is not None and version != row.version:", "if False:", SLOWER,
    ),
    Sabotage(
        "G10", "what is removed while it is changed breaks the page", SURFACES,
        "raise _missing(record) or trouble", "raise trouble", GONE,
    ),
    Sabotage(
        "G10", "what the other one saved is not shown", "portal/web/forms.py",
        "if now != typed and name not in OWN_FIELDS:", "if False:", BOTH_SIDES,
    ),
    Sabotage(
        "G10", "after a conflict the old version goes out again", "portal/web/forms.py",
        "self.version.data = current.version", "self.version.data = current.version - 1", BOTH_SIDES,
    ),
    Sabotage(
        "A4", "what a role hides stands on pages after all", "portal/masking.py",
        "if hidden and self.key_of(instance) in hidden:", "if False:", EXPOSED,
    ),
    Sabotage(
        "A4", "people are found by what they do for a living", "portal/customers/contacts.py",
        "return [self.name, self.number, self.job_title,", "return [self.name, self.occupation, self.job_title,",
        CLOSE,
    ),
    Sabotage(
        "A9", "the list of payments forgets whose they are", "staff/payments.py",
        "LIST.answer(Payment.visible_to(actor), actor, INDEX)", "LIST.answer(Payment.select(), actor, INDEX)", DOORS,
    ),
    Sabotage(
        "A10", "whoever works here puts people into teams", "staff/employees.py",
        '@crm.post("/settings/employees/<number>", may="employees.manage", on=Employee)',
        '@crm.post("/settings/employees/<number>", may="accounts.see", on=Employee)', LISTS,
    ),
]  # fmt: skip
