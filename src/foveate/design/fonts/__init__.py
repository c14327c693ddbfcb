"""Which fonts a design is drawn with: those of cards, and never the machine's."""
