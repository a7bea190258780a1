# Reference values for the size of a change of scores and for reliable change (models/paired.py, reliable_change.py).
# Run from the top folder:
#   Rscript tests/golden/r/score_changes.R
# Base R only, written out from the papers, on the pairs that counts.R made: d_av with Bonett's interval (Psychological
# Methods 2008; 13: 99-109) in its form for any contrast of occasions, and the reliable change index (Jacobson and
# Truax, J Consult Clin Psychol 1991; 59: 12-19).
out <- "tests/golden/values"
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
pairs <- read.csv(file.path(out, "counts_score_pairs.csv"))

bonett <- function(y, level = 0.95) { # y: n x 2 matrix, columns after and before
  weights <- c(1, -1)
  covariance <- cov(y)
  df <- nrow(y) - 1
  s <- sqrt(mean(diag(covariance)))
  delta <- sum(weights * colMeans(y)) / s
  # Bonett: the sums run over all pairs of occasions, with r^2 s_i^2 s_j^2 the squared covariances.
  spread <- delta^2 * sum(covariance^2) / (2 * 2^2 * s^4 * df)
  contrast <- as.numeric(t(weights) %*% covariance %*% weights) / (df * s^2)
  se <- sqrt(spread + contrast)
  c(delta, se, delta + c(-1, 1) * qnorm(1 - (1 - level) / 2) * se)
}

found <- data.frame()
for (case in unique(pairs$case)) {
  now <- pairs[pairs$case == case, ]
  size <- bonett(cbind(now$after, now$before))
  for (reliability in c(0.7, 0.88)) {
    error <- sd(now$before) * sqrt(1 - reliability)
    index <- (now$after - now$before) / sqrt(2 * error^2)
    found <- rbind(found, data.frame(case = case, d_av = number(size[1]), std_error = number(size[2]),
                                     low = number(size[3]), high = number(size[4]), reliability = reliability,
                                     fallen = sum(index < -1.96), stayed = sum(abs(index) <= 1.96),
                                     risen = sum(index > 1.96)))
  }
}
write.csv(found, file.path(out, "score_changes.csv"), row.names = FALSE, quote = FALSE)
writeLines(R.version.string, file.path(out, "score_changes_versions.txt"))
