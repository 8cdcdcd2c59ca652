"""One module each; they do not know each other."""
