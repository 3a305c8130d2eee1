"""Invariants of cases: what must hold for conversations, whatever was merged, closed or retried."""

from portal.service.case_messages import CaseMessage
from portal.service.cases import LIVE, Case


def faults():
    """What was merged holds no messages and is closed; a clock runs only while somebody is waited for."""
    ended = Case.select(Case.id).where(Case.merged_into.is_null(False))
    for message in CaseMessage.select(CaseMessage.id, CaseMessage.case).where(CaseMessage.case.in_(ended)).iterator():
        yield f"message {message.id} stands in case {message.case_id}, which was merged"
    for case in Case.select().where(Case.merged_into.is_null(False) & (Case.state != "closed")).iterator():
        yield f"case {case.number} was merged and is {case.state}"
    for case in Case.select().where(Case.due_at.is_null(False) & Case.state.not_in(LIVE)).iterator():
        yield f"case {case.number} is {case.state} and still due"
