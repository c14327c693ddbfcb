"""The face index: who was enrolled is found again. The only home of LanceDB and Arrow."""
