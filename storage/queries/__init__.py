"""What pages, lists and searches read; see bot.ports.queries. One small read per file."""

from dataclasses import dataclass

from storage.queries.alert_list import AlertList
from storage.queries.alerts import Alerts
from storage.queries.channels import Channels
from storage.queries.counts import CountsOfIncidents
from storage.queries.delivery import Delivery
from storage.queries.entries import Entries
from storage.queries.event import Events
from storage.queries.followups import Followups
from storage.queries.incident import OneIncident
from storage.queries.incident_list import IncidentList
from storage.queries.letters import DeadLetters
from storage.queries.notices import Notices
from storage.queries.pages import Pages
from storage.queries.places import Places
from storage.queries.postmortems import Postmortems
from storage.queries.quiet import Quiet
from storage.queries.search import Search
from storage.queries.silences import Silences
from storage.queries.tasks import Tasks


@dataclass
class SqlQueries(
    Postmortems,
    OneIncident,
    IncidentList,
    CountsOfIncidents,
    Entries,
    AlertList,
    Alerts,
    Events,
    Silences,
    Tasks,
    Followups,
    Search,
    Notices,
    Channels,
    Pages,
    Places,
    Quiet,
    Delivery,
    DeadLetters,
):
    """Every read takes a connection of its own and gives it back."""


__all__ = ["SqlQueries"]
