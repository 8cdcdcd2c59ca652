"""Events as Slack writes them: https://docs.slack.dev/reference/events."""

from tests.fakes.slack.state import Channel, Json, Kind, Message


def member_event(type: str, channel: Channel, user: str, team: str) -> Json:
    """`member_joined_channel` and `member_left_channel`."""
    return {
        "type": type,
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.kind is Kind.PRIVATE else "C",
        "team": team,
    }


def message_event(channel: Channel, said: Json) -> Json:
    """`message`, whatever its subtype."""
    event = {"type": "message", "channel": channel.id, "event_ts": said["ts"], **said}
    return {**event, "channel_type": channel.kind.value}


def mention_event(channel: Channel, said: Json) -> Json:
    about = {"type": "app_mention", "channel": channel.id, "event_ts": said["ts"]}
    return said | about


def changed_event(channel: Channel, message: Message, before: Json, ts: str) -> Json:
    said = {
        "subtype": "message_changed",
        "hidden": True,
        "message": message.as_json(),
        "previous_message": before,
        "ts": ts,
    }
    return message_event(channel, said)


def deleted_event(channel: Channel, message: Message, ts: str) -> Json:
    said = {
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": message.ts,
        "previous_message": message.as_json(),
        "ts": ts,
    }
    return message_event(channel, said)


def reaction_event(type: str, message: Message, name: str, user: str, *, ts: str) -> Json:
    """`reaction_added` and `reaction_removed`."""
    return {
        "type": type,
        "user": user,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": ts,
    }


def pin_event(type: str, message: Message, user: str, permalink: str, *, ts: str) -> Json:
    """`pin_added` and `pin_removed`."""
    return {
        "type": type,
        "user": user,
        "channel_id": message.channel,
        "item": {
            "type": "message",
            "channel": message.channel,
            "created": int(float(ts)),
            "created_by": user,
            "message": message.as_json() | {"permalink": permalink},
        },
        "item_user": message.user,
        "event_ts": ts,
    }
