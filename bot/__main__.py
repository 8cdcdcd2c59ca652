"""Where the process begins: the command line and the environment are taken here, and passed on."""

import os
import sys

from bot.packed import use_packed


def main() -> int:
    use_packed()
    from bot.cli import main as command_line  # noqa: PLC0415  # out of the one file

    return command_line(sys.argv[1:], os.environ)


if __name__ == "__main__":
    sys.exit(main())
