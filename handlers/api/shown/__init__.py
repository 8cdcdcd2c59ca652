"""What the REST API shows: REFERENCE's names in snake_case, times in UTC, durations in seconds.

Each file has the shape (which the document is printed from, and mypy checks) and what makes it.
"""
