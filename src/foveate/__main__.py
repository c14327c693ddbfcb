"""`python -m foveate`: the command, where its script is not on the path."""

from foveate.cli import main

if __name__ == "__main__":
    main()
