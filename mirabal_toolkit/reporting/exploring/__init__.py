"""One outcome at a time: in words, as a curve, in numbers. For the page that explores and for notebooks."""
