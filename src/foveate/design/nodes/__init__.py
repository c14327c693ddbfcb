"""Scenes spelled out: elements, attributes and letters, which XML and JSON write down alike."""
