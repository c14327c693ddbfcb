"""How settings are declared, read, checked and documented; which there are is elsewhere."""
