"""Requests in plain words by which assistants are judged: designs, sentences, and what is right."""
