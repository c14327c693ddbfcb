"""Designs: scenes in XML, what may change in them, and pictures of them."""
