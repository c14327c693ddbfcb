"""The table of options, the URL grammar, negotiation and signatures."""
