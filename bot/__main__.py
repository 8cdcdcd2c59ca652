"""Where the process begins: the command line and the environment are taken here, and passed on."""

import os
import sys

from bot.cli import main as command_line


def main() -> int:
    return command_line(sys.argv[1:], os.environ)


if __name__ == "__main__":
    sys.exit(main())
