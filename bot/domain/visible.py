"""Whether a text shows anything: some consist of characters that nobody sees."""

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"})
"""Unicode's categories of controls, formats such as the zero-width space, and blanks."""

_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters by category that are drawn as nothing."""


def shows(text: str) -> bool:
    """Whether a person sees any of it."""
    if text.isascii():
        return bool(text.strip())
    return any(c not in _FILLERS and unicodedata.category(c) not in _UNSEEN for c in text)
