"""How events are kept: the stored form, the seam every store fills, and the stores that ship."""
