"""Sorting cases: who works on them, what they are about, how urgent they are, and which belong together."""

from portal import audit
from portal.activity import attachments
from portal.errors import Invalid
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.service import case_clock, case_letters, case_messages, cases
from portal.service.case_messages import CaseMessage
from portal.service.case_writing import find_topic
from portal.service.cases import FIELDS, Case
from portal.service.promises import ServiceDesk


def assign(case, *, by, owner=None, team=None, now=None):
    """Give a case to an employee and a team (ids; None: nobody). Whoever gets it is told.

    Raises Invalid: employee-unknown and case-owner-blind on "owner", team-unknown on "team", case-moved-on and
    case-merged on "state".
    """
    given = FIELDS.clean({"owner": getattr(owner, "id", owner), "team": getattr(team, "id", team)})
    owner, team = _owner_of(case, given["owner"]), _team_of(given["team"])
    with audit.change(by, "case.assigned", case, about=case.account, now=now) as change:
        case = case.lock()
        if not case.can("assign", by):
            raise case.refusal()
        before = case.owner_id
        if change.update(case, owner=owner, team=team) and owner and owner.id != before and owner.id != by.employee:
            case_letters.tell_staff(change, case, "case_assigned", people=[owner.recipient])
    return case


def take(case, *, by, now=None):
    """Work on it oneself. Raises Invalid as `assign`."""
    return assign(case, by=by, owner=by.employee, team=case.team_id, now=now)


def describe(case, *, by, version=None, number=None, now=None, **typed):
    """Say better what a case is: its subject, kind, priority, and the order, invoice or product it is about.

    Another kind or priority promises as if it had been said from the beginning; without `number` it stays about what
    it was. Raises Invalid by field:
    field-needed, text-too-long, choice-unknown, topic-unknown on "number", case-moved-on on "state"; Stale.
    """
    FIELDS.check(by, typed)
    fields = FIELDS.clean(typed)
    kind, priority = fields.get("kind", case.kind), fields.get("priority", case.priority)
    if number is not None:
        topic, number = find_topic(case.account, by, kind, number)
        fields |= {"topic": str(topic or ""), "topic_number": number}
    with audit.change(by, "case.described", case, about=case.account, now=now) as change:
        case = case.lock()
        if not case.can("describe", by):
            raise case.refusal()
        before = (case.kind, case.priority)
        if change.update(case, version=version, **fields):
            if (kind, priority) != before:
                case.move(change, "describe", **case_clock.promised_anew(case, ServiceDesk.current()))
            case_messages.index(case)
    return case


def merge(case, *, by, number, now=None):
    """Put a case into another of the same account: messages and files move, and this one points there.

    People of both are told where it goes on; the other is returned. Raises Invalid on "number": case-unknown,
    case-merge-itself, case-merge-account, case-merge-private, case-merge-closed; case-moved-on on "state".
    """
    target = cases.by_number(number, by)
    with audit.change(by, "case.merged", case, about=case.account, now=now) as change:
        case, target = _locked(case, target.where_it_goes_on())
        _check_merge(case, target, by)
        CaseMessage.update(case=target, came_from=case).where(CaseMessage.case == case).execute()
        is_private = target.is_private or case.is_private
        Case.update(merged_into=target).where(Case.merged_into == case).execute()
        if is_private:  # those that lead there, too: each shows, and takes replies, where it goes on
            Case.update(is_private=True).where(Case.merged_into == target).execute()
        attachments.move_all(case, target)
        ended = {"state": "closed", "closed_at": change.now, "due_at": None, "merged_into": target}
        case.move(change, "merge", **ended, is_private=is_private)
        change.record("merged_into", None, target.number)
        fields = {"last_at": change.now, "is_private": is_private}
        if case.answered_at is None and target.state in ("for_customer", "solved"):
            fields["state"] = "for_us"
        target.move(change, "merge", **case_clock.turned(target, ServiceDesk.current(), change.now, **fields))
        case_messages.write(change, target, step="case.merged", came_from=case)
        case_messages.index(case)
        case_letters.tell_customers(change, target, "case_merged", other=case.number)
        change.result = target.ref
    return target


def _owner_of(case, number):
    owner = Employee.get_or_none((Employee.id == number) & Employee.is_active) if number else None
    if number and owner is None:
        raise Invalid(owner="employee-unknown")
    team = case.account.team_id
    if owner and team and owner.role != "admin" and owner.team_id != team:
        raise Invalid(owner=("case-owner-blind", {"name": owner.name}))
    return owner


def _team_of(number):
    team = Team.get_or_none(Team.id == number) if number else None
    if number and team is None:
        raise Invalid(team="team-unknown")
    return team


def _locked(case, target):
    """Both as they stand now, held in the order of their ids: two who merge at once do not block each other."""
    held = {row.id: row.lock() for row in sorted((case, target), key=lambda row: row.id)}
    return held[case.id], held[target.id]


def _check_merge(case, target, by):
    problem = None
    if case.id == target.id:
        problem = "case-merge-itself"
    elif case.account_id != target.account_id:
        problem = "case-merge-account"
    elif (case.is_private or target.is_private) and case.asker != target.asker:
        problem = "case-merge-private"
    elif not target.can("merge", by):
        problem = "case-merge-closed"
    if problem:
        raise Invalid(number=(problem, {"number": target.number}))
