"""The ways in and out of a log: files of other systems are read here, and logs are written for other systems."""
