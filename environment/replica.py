"""The twins of another process."""
