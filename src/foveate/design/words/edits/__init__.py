"""Verbs done: values computed from the scene, by code alone."""
