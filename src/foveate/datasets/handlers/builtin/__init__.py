"""The handler `foveate`: option strings and augmentations, with its eyes on what is kept."""
