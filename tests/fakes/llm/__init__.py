"""A model's server on a real socket that speaks one provider's wire format, and takes nothing else.

OpenAI's, where nothing else is said.
"""

from tests.fakes.llm.dialects import DIALECTS
from tests.fakes.llm.server import Mode, ModelServer, model_server
from tests.fakes.llm.wire import KEY, Asked

__all__ = ["DIALECTS", "KEY", "Asked", "Mode", "ModelServer", "model_server"]
