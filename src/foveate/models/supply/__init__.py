"""Which networks, fonts and sample pictures there are, and how their files come here."""
