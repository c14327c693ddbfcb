"""The stages of recognition, one a file: what goes in, what comes out, what it takes to run."""
