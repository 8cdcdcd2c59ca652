"""One line of the table of methods."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.fakes.slack.call import Call, Takes
from tests.fakes.slack.limits import TIER_3, Tier
from tests.fakes.slack.state import Json

TEXT, FLAG, NUMBER, OBJECT, LIST = Takes
PAGE = {"cursor": TEXT, "limit": NUMBER}


@dataclass(frozen=True)
class Method:
    """`run` answers without `ok`, or raises Refusal; `scopes` are any of which the token needs."""

    run: Callable[[Call], Json]
    takes: Mapping[str, Takes] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    tier: Tier = TIER_3
    app_token: bool = False
