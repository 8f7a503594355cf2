"""Who held it for how long 责任核算: working time that sums exactly to the total."""
