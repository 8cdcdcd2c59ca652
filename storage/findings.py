"""What is wrong with the record: where, and what, in words."""

from typing import NamedTuple


class Finding(NamedTuple):
    """`where` is a chain (`incident:42`), one of its entries, or a checkpoint."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
