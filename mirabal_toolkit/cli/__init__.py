"""The command line: parse, call `workflow`, print. One file a group of commands."""
