"""The child process that works on foreign files, and its parent's side."""
