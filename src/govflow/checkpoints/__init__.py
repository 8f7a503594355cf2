"""检查点 checkpoints: signed heads of the log as a Merkle tree, and proofs that others check without govflow."""
