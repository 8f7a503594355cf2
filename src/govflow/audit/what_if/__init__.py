"""What other rules would have brought 假设推演: the same commands in a scratch log that no key signs."""
