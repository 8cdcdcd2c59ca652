"""Static files, under a path that names their content: they may be kept for ever."""

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.domain.errors import NotFound

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@cache
def _files() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES
    }


@cache
def _digest() -> str:
    """One for all files, since modules name each other without it."""
    whole = blake2b(digest_size=8)
    for name, content in _files().items():
        whole.update(name.encode() + b"\0" + content)
    return whole.hexdigest()


def asset(name: str) -> str:
    """`room.css` → `/static/3f…/room.css`"""
    return f"/static/{_digest()}/{name}"


async def serve(request: web.Request) -> web.Response:
    """A page of an older build gets the newest content, and is told not to keep it."""
    name = request.match_info["name"]
    content = _files().get(name)
    if content is None:
        raise NotFound(f"There is no file {name[:100]}.")
    current = request.match_info["digest"] == _digest()
    response = web.Response(
        body=content,
        content_type=TYPES[Path(name).suffix],
        charset="utf-8",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable" if current else "no-store",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
    response.enable_compression()
    return response
