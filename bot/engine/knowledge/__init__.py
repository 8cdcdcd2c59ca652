"""Answers from what was written down: passages, ranking, extraction. Pure; storage keeps the index.

The words of documents and questions go through one analysis (`words`), so that SQLite and
PostgreSQL index the same terms and rank alike: the database finds candidates, `ranking` puts them
in order.
"""
