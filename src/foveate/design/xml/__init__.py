"""Scenes as XML and back, and the schema of it: the home of lxml."""
