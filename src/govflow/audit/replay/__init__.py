"""What the log said when 回放: states at a moment, digests, what differs, what was corrected, what came late."""
