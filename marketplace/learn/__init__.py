"""Guides and the glossary: Markdown of `docs/learn`, read once and shown to everybody."""
