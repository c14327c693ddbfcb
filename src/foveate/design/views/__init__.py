"""A design as language models see it: as little of it as what is asked needs, and the way back."""
