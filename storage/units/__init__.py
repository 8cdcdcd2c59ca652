"""One transaction, by subject: what it may read and write about incidents, intake, timers, …"""

from storage.units.unit import SqlUnit

__all__ = ["SqlUnit"]
