"""Stages that run elsewhere: what is said to them, and how they are called."""
