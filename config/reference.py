"""Prints docs/reference/settings.md and policies.md from the models: `python -m config.reference`.

A test keeps the printed pages in step.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from json import dumps
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.domain.duration import say_duration
from bot.domain.policy import Policies
from config.loader import FALL_BACK, FILES
from config.schema import policy_schemas
from config.settings import Settings
from config.shape import at, inside, models_in
from config.variables import ENTRY, settable, variable_name

FOLDER: Final = Path(__file__).parents[1] / "docs" / "reference"

SETTINGS_HEAD: Final = """\
# Settings

Printed from the models by `python -m config.reference`.

`MUSTER_CONFIG` names `muster.yaml`; left out, the shipped one. In it, `${NAME}` is filled from the
environment and `$$` is a dollar. Each setting is also a variable, which goes before the file: a
mapping or a list is written as YAML or JSON, an empty variable counts as not set. Durations are
written `90s`, `5m`, `1h30m`. What nobody knows stops the start. `MUSTER_SERVICE_*`, `MUSTER_PORT_*`
and the like, which containers set for linked services, are ignored with a warning.
"""

POLICIES_HEAD: Final = """\
# Policies

Printed from the models by `python -m config.reference`.

`policies/` beside `muster.yaml` holds one mapping by id per file. Values are read as text and then
as what the key takes, so `no` and `1.10` stay what they are. A file has at most 1 MB.
"""


def settings_reference() -> str:
    """The page of all settings."""
    sections: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for where in settable(Settings):
        sections.setdefault(where[:-1], []).append(where)
    pages = [SETTINGS_HEAD]
    for section, places in sections.items():
        title = ".".join(section) or "muster.yaml"
        rows = "\n".join(_setting_row(where) for where in places)
        pages.append(f"## {title}\n\n{_SETTINGS_TABLE}\n{rows}\n")
    return "\n".join(pages)


_SETTINGS_TABLE: Final = "| key | variable | default | what |\n|---|---|---|---|"


def _setting_row(where: tuple[str, ...]) -> str:
    model = next(models_in(at(Settings, where[:-1])))
    field = model.model_fields[where[-1]]
    return _row(where[-1], f"`{variable_name(where)}`", _default(field), _what(field))


def _what(field: FieldInfo) -> str:
    if field.description or get_origin(field.annotation) is not Literal:
        return field.description or ""
    return _or([str(choice) for choice in get_args(field.annotation) if choice])


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "shown" in extra:
        return str(extra["shown"])
    if field.is_required():
        return "required"
    value = field.default
    return say_duration(value) if isinstance(value, timedelta) else _shown(value)


def policies_reference() -> str:
    """The page of all policy files."""
    return "\n".join([POLICIES_HEAD, *(_policy_page(name) for name in FILES)])


def _policy_page(name: str) -> str:
    defs: Mapping[str, Any] = policy_schemas()[name]["$defs"]
    first = next(models_in(inside(inside(Policies, name), ENTRY))).__name__
    others = [title for title, one in defs.items() if one["type"] == "object" and title != first]
    absent = "the shipped ones hold" if name in FALL_BACK else "there are none"
    tables = [
        _model_table(first, defs),
        *(f"### {one}\n\n{_model_table(one, defs)}" for one in others),
    ]
    return "\n".join([f"## {name}.yaml", "", f"Without the file, {absent}.", "", *tables])


def _model_table(title: str, defs: Mapping[str, Any]) -> str:
    schema = defs[title]
    needed = schema.get("required", ())
    rows = [
        _row(key, _takes(one, defs), "required" if key in needed else _shown(one.get("default")))
        for key, one in schema["properties"].items()
    ]
    said = " ".join(schema.get("description", "").split())
    head = [said, ""] if said else []
    return "\n".join([*head, "| key | takes | default |", "|---|---|---|", *rows, ""])


def _takes(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """A property's type in words."""
    if "anyOf" in schema:
        return " or ".join(_takes(one, defs) for one in schema["anyOf"] if one != {"type": "null"})
    if "$ref" in schema:
        title = schema["$ref"].rpartition("/")[2]
        return _or(defs[title]["enum"]) if "enum" in defs[title] else title
    if "items" in schema:
        return f"list of {_takes(schema['items'], defs)}"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return f"mapping to {_takes(values, defs)}"
    return str({"string": "text", "boolean": "true or false"}.get(schema["type"], schema["type"]))


def _or(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _shown(value: Any) -> str:
    """A default as a person would write it; nothing where it says nothing."""
    if value in (None, "", (), [], {}):
        return ""
    return value if isinstance(value, str) else dumps(value, ensure_ascii=False)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def write() -> None:
    (FOLDER / "settings.md").write_text(settings_reference(), encoding="utf-8")
    (FOLDER / "policies.md").write_text(policies_reference(), encoding="utf-8")


if __name__ == "__main__":
    write()
