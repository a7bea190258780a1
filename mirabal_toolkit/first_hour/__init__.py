"""The first hour: a study folder that explains itself, and whether this computer has what is needed."""
