"""The report on data before they are analysed: findings, who was reached, what lacks, labels."""
