"""JSON Schema of each policy file, for editors and for `muster check --schema`."""

from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from bot.domain.duration import say_duration
from bot.domain.policy import Policies, Target
from config.loader import FILES


class _AsWritten(GenerateJsonSchema):
    """Defaults in the words a person would write."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return say_duration(dft)
        if isinstance(dft, tuple) and any(isinstance(one, Target) for one in dft):
            return [str(one) for one in dft]
        return super().encode_default(dft)


DIALECT: Final = _AsWritten.schema_dialect


def policy_schemas() -> dict[str, dict[str, Any]]:
    """File name without `.yaml` → its schema, in the dialect 2020-12."""
    return {name: {"$schema": DIALECT, **_schema(name)} for name in FILES}


def _schema(name: str) -> dict[str, Any]:
    kind: Any = Policies.model_fields[name].annotation
    schema = TypeAdapter(kind).json_schema(schema_generator=_AsWritten)
    return {"title": f"policies/{name}.yaml", **schema}
