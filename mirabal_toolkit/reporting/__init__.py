"""Reports: tables, figures, words and documents, from `ReleasableResults` only."""
