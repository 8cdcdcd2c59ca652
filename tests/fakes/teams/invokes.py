"""What a card's button brings back: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model"""

from typing import Any, Final

from tests.fakes.teams.cards import judge
from tests.fakes.teams.refusal import bad
from tests.fakes.teams.state import ADAPTIVE, Json

MESSAGE: Final = "application/vnd.microsoft.activity.message"
ERROR: Final = "application/vnd.microsoft.error"


def read_action(body: Any) -> tuple[str, Any]:
    """(`card`, card), (`message`, text) or (`error`, text). Raises Refusal: nothing of these."""
    match body:
        case {"statusCode": 200, "type": kind, "value": dict(card)} if kind == ADAPTIVE:
            judge(card)
            return "card", card
        case {"statusCode": 200, "type": kind, "value": str(text)} if kind == MESSAGE:
            return "message", text
        case {"statusCode": int(status), "type": kind, "value": {"message": str(text)}} if (
            kind == ERROR and status >= 400
        ):
            return "error", text
        case _:
            raise bad(f"no answer to adaptiveCard/action: {str(body)[:300]}")


def value_of(action: Json, inputs: Json, *, automatic: bool = False) -> Json:
    """`value` of the invoke."""
    return {
        "action": {
            "type": "Action.Execute",
            "id": action.get("id", ""),
            "verb": action.get("verb", ""),
            "data": {**(action.get("data") or {}), **inputs},
        },
        "trigger": "automatic" if automatic else "manual",
    }
