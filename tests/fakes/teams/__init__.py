"""Microsoft Teams on a real socket, strict and stateful, for tests.

    async with teams_simulator(clock) as teams:
        ann = teams.add_person("Ann", email="ann@example.com")
        team = teams.add_team("Payments", ann.user)
        incidents = teams.add_channel("Incidents", team)
        build(load_settings({"MUSTER_ENV": "dev", **teams.settings()}), ...)
        teams.point_at(f"{address}/api/messages")

It is the Bot Connector (`teams.service_url`), Microsoft's login (`teams.login_url`), the signing
keys of the Connector (`teams.openid_url`) and Graph (`teams.graph_url`), each with its documented
rules: who is in a conversation, 28 KB, Adaptive Cards up to 1.5, mentions that match the text,
threads by `;messageid=`, permissions, names of channels. What breaks a rule is refused; what only a
bug can ask for is a complaint too, and every test ends with `assert teams.complaints == []`.

What goes wrong is scripted (`tests.fakes.teams.faults`), and limits are off until asked for:

        teams.faults.add("send", rate_limited(7), LOST_ANSWER)   # done, and nobody is told
        teams.faults.always["update"] = GONE
        teams.faults.everything = HANG                           # Teams is dark; clear() ends it
        teams.limits.on = True                                   # 7 a second, by the given clock
        teams.graph.lag = 2                                      # a new channel is 404 twice
        teams.graph.granted.discard("Channel.Create")

Names of calls: `create send reply update delete member members paged team channels token openid
keys`, and `graph.…` (see `routes`). People do what people do, and see what Teams would show them:

        await ann.tell("declare payments down")                  # her personal chat
        await ann.mention("ack #1", "Incidents", thread)         # @Muster ack #1
        shown = await ann.press("Acknowledge", message)          # .card .words .dialog .trouble
        shown = await ann.submit({"Title": "Checkout is down"})  # the dialog in front of her
        shown = await ann.extend("declare", message)             # a message action
        await ann.hears("You have #1."); await ann.reads("Resolved", incidents)
        teams.rsc.add("ChannelMessage.Read.Group")               # and un-mentioned talk is sent
        await teams.events.removes(ann.user)                     # uninstalled

`teams.calls` holds every call with its answer, `teams.outward.sent` every activity with the bot's
answer; `teams.outward.post(body, headers)` sends anything.
"""

from tests.fakes.teams.person import Person, Shown
from tests.fakes.teams.server import Called, Teams, teams_simulator
from tests.fakes.teams.spoken import spoken
from tests.fakes.teams.state import Conversation, Kind, Message, Role, Team, User

__all__ = [
    "Called",
    "Conversation",
    "Kind",
    "Message",
    "Person",
    "Role",
    "Shown",
    "Team",
    "Teams",
    "User",
    "spoken",
    "teams_simulator",
]
