"""Jobs: batches that somebody asks a server for, in a queue that survives its end."""
