"""From words to a command, and back to a reply; one path for every surface."""
