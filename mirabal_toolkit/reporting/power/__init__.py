"""The page on power: what studies of several sizes could show."""
