"""The doors: everything alert-like that arrives by HTTP.

A door reads bytes up to a cap, asks who sends them, decodes strict JSON, lets the source's `parse`
make alerts of it, and answers when intake has stored them. Errors are handlers/http.py's business.
"""
