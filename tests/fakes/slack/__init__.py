"""Slack on a real socket, strict and stateful, for tests and for `make slack-sim`.

    async with slack_simulator(clock) as slack:
        slack.add_user("ann", email="ann@example.com")           # U0ANN
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        made = await client.conversations_create(name="inc-7-checkout")
        await client.chat_postMessage(channel=made["channel"]["id"], text="Checkout is down")

        room = slack.room("inc-7-checkout")
        assert [message.text for message in room.top_level()] == ["Checkout is down"]
        assert not slack.complaints                              # nothing no app should do

What goes wrong is scripted (`tests.fakes.slack.faults`), and limits are off until asked for:

        slack.faults.add("chat.postMessage", rate_limited(30), LOST_ANSWER)
        slack.faults.always["conversations.create"] = refuses("restricted_action")
        slack.faults.everything = HANG                           # Slack is dark; clear() ends it
        slack.limits.on = True                                   # by the clock that was given

People do what people do, and see what Slack would show them:

        await slack.point_at("http://127.0.0.1:8080/slack/events")   # HTTP; without, Socket Mode:
        await slack.until(lambda: slack.socket.open)                 # the bot has connected

        ann = slack.add_person("ann")
        shown = await ann.command("/incident declare", room)         # .whispers .view .trouble
        shown = await ann.submit({"Title": "Checkout is down"})      # .errors by block_id
        await ann.press("Acknowledge", room.top_level()[0])
        await ann.mention("status", room); await ann.tell("help"); await ann.pin(message)
        await ann.hears("Acknowledged")                              # a whisper, soon
        await ann.reads("Resolved", room)                            # a message, soon

Events that are not taken are owed: `clock.forward(minutes=1)`, then `await slack.post.redeliver()`
sends them again with `X-Slack-Retry-Num`. `slack.post.send(letter)` sends one of `slack.post.sent`
twice; while `slack.post.holds` is a list, events wait there for another order.

`slack.refused` holds every refusal as (method, code), `slack.calls` every call with its answer.
`await slack.until(lambda: room.topic.value)` waits for something without sleeping.
"""

from tests.fakes.slack.person import Person, Shown
from tests.fakes.slack.server import Called, Slack, slack_simulator
from tests.fakes.slack.state import Channel, Kind, Message, User, View

__all__ = [
    "Called",
    "Channel",
    "Kind",
    "Message",
    "Person",
    "Shown",
    "Slack",
    "User",
    "View",
    "slack_simulator",
]
