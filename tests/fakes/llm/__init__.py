"""A model's server on a real socket that speaks OpenAI's wire format, and takes nothing else.

https://platform.openai.com/docs/api-reference/chat/create
"""

from tests.fakes.llm.server import Mode, ModelServer, model_server
from tests.fakes.llm.wire import KEY, Asked

__all__ = ["KEY", "Asked", "Mode", "ModelServer", "model_server"]
