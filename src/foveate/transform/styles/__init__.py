"""Pictures painted anew: each style is a file of steps over one study of the picture.

Lengths in styles are in pixels of the study, of which the long side has `study.SIDE`, whatever the
size of the answer: so a style looks the same at 400 pixels as at 2,000. Stamps are drawn coarser.
"""
