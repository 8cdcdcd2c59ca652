"""The REST API. Read operation.py first: every path is a row there, and rest.py is the map."""
