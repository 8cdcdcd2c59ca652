"""Everything that arrives: alerts, commands, API calls, pages, and the jobs that wake by time."""
