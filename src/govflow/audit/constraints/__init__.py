"""What must and must not follow what 约束: declarative rules as data, with the events that break them."""
