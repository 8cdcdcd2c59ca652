"""What a start need not do at once: half of its time goes into importing libraries."""

import gc
import mimetypes
import ssl
import sys
import typing
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from bot.cli.late_methods import late_methods

EAGER: Final = ssl.create_default_context
READ: Final = ssl.SSLContext.set_default_verify_paths


@contextmanager
def quick_imports() -> Iterator[None]:
    """Libraries imported inside it come sooner, and are frozen out of garbage collection.

    Nothing that is imported ever becomes garbage; structlog would import rich for the looks of a
    traceback; pydantic would read what every installed package says of itself, to find plugins;
    aiohttp would read every certificate of the system, and what files it calls by which type;
    dataclasses and annotations compile what nobody calls.
    """
    gc.disable()
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    sys.modules.setdefault("pydantic.plugin._loader", _no_plugins())
    mimetypes.init(())
    with late_certificates(), late_methods(), late_annotations():
        yield
    gc.freeze()
    gc.enable()


def _no_plugins() -> ModuleType:
    module = ModuleType("pydantic.plugin._loader")
    module.get_plugins = tuple  # type: ignore[attr-defined]
    return module


@contextmanager
def late_annotations() -> Iterator[None]:
    """Annotations in quotes are compiled when somebody evaluates them: `eval` takes a text as well.

    `typing` compiles each of them to see whether it is an expression; a thousand in a start.
    """
    typing.compile = lambda source, filename, mode: source  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del typing.compile  # type: ignore[attr-defined]


@contextmanager
def late_certificates() -> Iterator[None]:
    """Default contexts that are made inside it wait with their certificates; see LateContext.

    Those that verify nobody get none at all.
    """
    ssl.create_default_context = _late
    ssl.SSLContext.set_default_verify_paths = _if_it_verifies  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        ssl.create_default_context = EAGER
        del ssl.SSLContext.set_default_verify_paths  # what it inherits is seen again


def _late(*args: Any, **kwargs: Any) -> ssl.SSLContext:
    """In the place of `ssl.create_default_context`, for whom its defaults will do."""
    if args or kwargs:
        return EAGER(*args, **kwargs)
    return LateContext(ssl.PROTOCOL_TLS_CLIENT)


def _if_it_verifies(context: ssl.SSLContext) -> None:
    if context.verify_mode is not ssl.CERT_NONE:
        READ(context)


class LateContext(ssl.SSLContext):
    """Becomes what `ssl.create_default_context` makes when it is first used, and not before."""

    _protocols: Sequence[str] = ()
    _real: ssl.SSLContext | None = None

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        self._protocols = tuple(alpn_protocols)

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        return self._context().wrap_bio(*args, **kwargs)

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        return self._context().wrap_socket(*args, **kwargs)

    def _context(self) -> ssl.SSLContext:
        if self._real is None:
            self._real = ssl.create_default_context()
            if self._protocols:
                self._real.set_alpn_protocols(self._protocols)
        return self._real
