"""Prompt texts, one Markdown file each; whoever asks a model reads them here."""
