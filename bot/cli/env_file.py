"""muster.env, as `muster init` writes it: NAME=value, one a line."""

from collections.abc import Mapping
from pathlib import Path

from bot.domain.errors import ConfigError


def with_file(environment: Mapping[str, str], file: str | None) -> Mapping[str, str]:
    """The environment, and below it what the file says.

    Raises:
        ConfigError: the file cannot be read, or a line is no NAME=value.
    """
    if file is None:
        return environment
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise ConfigError(f"{file} cannot be read: {wrong}.") from wrong
    said: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.isidentifier():
            raise ConfigError(f"{file}:{number}: write NAME=value.")
        said[name] = value
    return {**said, **environment}
