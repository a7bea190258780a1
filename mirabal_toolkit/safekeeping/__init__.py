"""Files and folders that change whole or not at all, one run at a time; and what they were made from."""
