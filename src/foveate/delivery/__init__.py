"""A request's life without a protocol: key, cache, single-flight, leases, admission, deadline."""
