"""What runs in the sandbox: decoders that can be made to crash, to hang or to swell.

`imaging/sandbox.py` starts it, one process a picture. It imports little, so that it starts in a
moment, and everything before it is locked in.
"""
