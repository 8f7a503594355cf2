"""Whether what happened was allowed when it happened 合规性: tables, clocks, dates, personal keys of the time."""
