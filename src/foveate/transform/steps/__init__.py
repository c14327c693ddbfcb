"""One change of a picture per file. A step that was not asked for returns its input."""
