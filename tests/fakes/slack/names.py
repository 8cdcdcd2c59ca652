"""What a channel may be called: https://docs.slack.dev/reference/methods/conversations.create."""

import re

from tests.fakes.slack.refusal import Refusal

LONGEST = 80


def judge_name(name: str) -> str:
    """The name as it is; Refusal with the documented code for what is wrong with it."""
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > LONGEST:
        raise Refusal("invalid_name_maxlength", f"{len(name)} characters")
    if not re.search(r"\w", name):
        raise Refusal("invalid_name_punctuation", name)
    if name != name.lower() or not re.fullmatch(r"[\w-]+", name):
        raise Refusal("invalid_name_specials", name)
    return name
