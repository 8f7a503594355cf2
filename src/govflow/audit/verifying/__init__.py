"""Whether the log is whole 核验: order, hashes, checkpoints, heads from outside, and what was allowed."""
