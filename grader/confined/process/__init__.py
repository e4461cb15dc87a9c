"""The processes of a run: the zygote, a run's supervisor, its PID 1, and the last lines before untrusted code."""
