"""The client's transport over HTTP."""
