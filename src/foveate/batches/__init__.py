"""Renditions, and what is known, of any number of pictures: resumed where it stopped."""
