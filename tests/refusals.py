"""Refusals: what the business says no to, for tests of its rules."""

import pytest

from portal.errors import Invalid


def problems(call, *arguments, **named):
    """What a call is refused for: {field: message id}."""
    with pytest.raises(Invalid) as refused:
        call(*arguments, **named)
    return {field: problem[0] for field, problem in refused.value.problems.items()}
