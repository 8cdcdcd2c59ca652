"""How questions are answered here: by words, and by what embedding; for `muster check --live`."""

from importlib.util import find_spec
from typing import Final

from bot.domain.errors import ConfigError
from storage.vectors.section import Settings

BY_WORDS: Final = "questions are answered by words alone"
MORE: Final = "`make semantic`, or all-MiniLM-L6-v2's folder in MUSTER_KNOWLEDGE__MODEL_DIR"


def look(settings: Settings) -> tuple[bool, str]:
    """Whether it is as asked for, and a sentence about it; an embedding is asked once."""
    wanted = settings.knowledge.embedding
    if wanted == "none":
        return True, f"{BY_WORDS}, as MUSTER_KNOWLEDGE__EMBEDDING=none says"
    if find_spec("chromadb") is None or find_spec("numpy") is None:
        what = "finding by meaning" if wanted == "auto" else f"the embedding {wanted}"
        needs = f"{what} needs the extra `ai` (pip install 'muster[ai]')"
        return wanted == "auto", f"{BY_WORDS}; {needs}"
    from storage.vectors.embedding import choose  # noqa: PLC0415 - an extra

    try:
        embedding = choose(settings)
        name = embedding.name if embedding else "none"
        if embedding is not None and name in {"hash", "local"}:
            embedding.embed(["incident"])
    except ConfigError as wrong:
        return False, f"{BY_WORDS}: {str(wrong).removesuffix('.')}"
    less = (
        f"; what means the same is found with {MORE}" if (wanted, name) == ("auto", "hash") else ""
    )
    return True, f"questions are answered by words and the embedding {name}{less}"
