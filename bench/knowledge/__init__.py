"""How well questions are answered, beside BM25 and TF-IDF over the same documents."""
