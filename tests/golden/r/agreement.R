# Reference values for mixed/agreement.py.
#
#   Rscript tests/golden/r/agreement.R          (from the root of the project; seconds)
#
# psych::cohen.kappa (Fleiss, Cohen and Everitt's large-sample variance), mcnemar by binom.test, Bland and Altman's limits
# with the standard error of Bland and Altman (1999), and cor.test.
suppressMessages(library(psych))
folder <- "tests/golden"
rows <- list()
keep <- function(case, quantity, value) rows[[length(rows) + 1]] <<- data.frame(case, quantity, value = sprintf("%.12g", value))
tables <- list(even = c(30, 12, 9, 41), rare = c(4, 6, 3, 90), apart = c(10, 30, 25, 8), one_sided = c(20, 25, 0, 30))
for (name in names(tables)) {
  k <- tables[[name]]                                    # both yes, first only, second only, neither
  m <- matrix(c(k[1], k[3], k[2], k[4]), 2)
  fit <- cohen.kappa(m, alpha = .05)
  keep(name, "kappa", fit$kappa)
  keep(name, "std_error", sqrt(fit$var.kappa))
  keep(name, "percent_agreement", 100 * (k[1] + k[4]) / sum(k))
  keep(name, "pabak", 2 * (k[1] + k[4]) / sum(k) - 1)
  keep(name, "p_value", binom.test(k[2], k[2] + k[3])$p.value)
}
set.seed(20261123)
n <- 70
first <- rnorm(n, 50, 18)
second <- .6 * first + rnorm(n, 10, 12)
write.csv(data.frame(first = round(first, 4), second = round(second, 4)), file.path(folder, "data", "agreement_scores.csv"), row.names = FALSE)
d <- read.csv(file.path(folder, "data", "agreement_scores.csv"))
x <- d$second - d$first
t <- qt(.975, n - 1)
se <- sqrt((1 / n + qnorm(.975)^2 / (2 * (n - 1))) * var(x))
keep("scores", "bias", mean(x))
keep("scores", "bias_low", mean(x) - t * sd(x) / sqrt(n))
keep("scores", "bias_high", mean(x) + t * sd(x) / sqrt(n))
keep("scores", "limit_low", mean(x) - qnorm(.975) * sd(x))
keep("scores", "limit_high", mean(x) + qnorm(.975) * sd(x))
keep("scores", "limit_std_error", se)
r <- cor.test(d$first, d$second)
keep("scores", "correlation", r$estimate)
keep("scores", "correlation_low", r$conf.int[1])
keep("scores", "correlation_high", r$conf.int[2])
write.csv(do.call(rbind, rows), file.path(folder, "values", "agreement.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("psych", packageVersion("psych"))), file.path(folder, "values", "agreement_versions.txt"))
