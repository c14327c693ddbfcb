"""URLs of other services, read as ours: a file for each of them, and the shape they share.

Each reads a path and a query, and gives the text of our options and a source; what it cannot say
exactly enough it refuses by name.
"""
