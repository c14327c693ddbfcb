"""Bytes to pixels and back: the one home of libvips, of the HEIC decoder and of the SVG filter."""

from foveate.imaging.engine import Image, release_memory, start

start()

__all__ = ["Image", "release_memory", "start"]
