"""What govflow costs, as ratios against raw work measured in the same run. `make bench` prints a JSON line a figure.

Machines are noisy: read the ratios (medians over rounds in which both sides take turns), not the microseconds.
"""
