"""The driver: starts databases and versions of the code, and compares what they do with what preboot says."""
