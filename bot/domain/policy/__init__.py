"""What `policies/*.yaml` may say: frozen models, one file of YAML each, checked against each other.

A key nobody knows is refused; config/loader.py names its file and line.
"""

from bot.domain.policy.base import Policy
from bot.domain.policy.escalation import Escalation, Level, ManagerLevel, Target, TargetKind
from bot.domain.policy.inhibition import Inhibition
from bot.domain.policy.people import ContactWay, Person, Schedule, Service, Team
from bot.domain.policy.policies import Policies, PolicyProblem
from bot.domain.policy.route import Correlation, Loudness, Route
from bot.domain.policy.severity import SeverityPolicy, SlaTargets, Telling

__all__ = [
    "ContactWay",
    "Correlation",
    "Escalation",
    "Inhibition",
    "Level",
    "Loudness",
    "ManagerLevel",
    "Person",
    "Policies",
    "Policy",
    "PolicyProblem",
    "Route",
    "Schedule",
    "Service",
    "SeverityPolicy",
    "SlaTargets",
    "Target",
    "TargetKind",
    "Team",
    "Telling",
]
