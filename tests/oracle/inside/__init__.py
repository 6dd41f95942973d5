"""What runs inside of Django: one forked process for each version of a project's code."""
