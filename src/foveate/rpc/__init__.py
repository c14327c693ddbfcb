"""The gRPC door: stages of recognition, for fronts elsewhere and for clients."""
