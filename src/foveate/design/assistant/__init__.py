"""Designs changed by a sentence: a language model proposes, and ordinary code decides."""
