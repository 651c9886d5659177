"""The demo: the whole main job, run with invented material in real formats."""
