"""Two pages for boards: six panels, one sentence each, and what they rest on."""
