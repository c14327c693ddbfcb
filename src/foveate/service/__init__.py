"""One verb per file: render, analyse, crops. Plain values in and out, whatever the door."""
