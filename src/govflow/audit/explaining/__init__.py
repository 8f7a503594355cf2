"""Why 说明理由: the row, the right and the rules of any command at any past moment, judged again."""
