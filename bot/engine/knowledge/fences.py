"""Where code stands in a Markdown text, told line by line.

As CommonMark has it (https://spec.commonmark.org/0.31.2/#fenced-code-blocks): only the marks that
opened a block close it, and a line that holds its code between marks opens none.
"""

import re
from typing import Final

_OPENS: Final = re.compile(r"^\s*<pre\b(?!.*</pre>)", re.IGNORECASE | re.DOTALL)
_CLOSES: Final = re.compile(r"</pre>", re.IGNORECASE)
_MARKS: Final = re.compile(r"^[\s>]*(`{3,}(?=[^`]*$)|~{3,})(.*)$", re.DOTALL)


class Fence:
    """Asked about each line of a text in turn."""

    def __init__(self) -> None:
        self._marks = ""

    def takes(self, line: str) -> bool:
        """Whether the line belongs to a block of code; the marks around it do."""
        found = _MARKS.match(line)
        if not self._marks:
            self._marks = found[1] if found else "<pre>" if _OPENS.match(line) else ""
            return bool(self._marks)
        if self._marks == "<pre>":
            self._marks = "" if _CLOSES.search(line) else self._marks
            return True
        if found and found[1].startswith(self._marks) and not found[2].strip():
            self._marks = ""
        return True
