"""Edits by plain words, without a language model: rules, tables of words, and sentence vectors."""
