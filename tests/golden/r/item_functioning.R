# Reference values for models/ordinal_regression.py and models/item_functioning.py.
#
#   Rscript tests/golden/r/item_functioning.R          (from the root of the project; seconds)
#
# MASS::polr, three nested models an item, as package lordif compares them (Choi, Gibbons and Crane 2011), with the mean
# of the items as the matching score. Item i2 is made to work differently in group b, item i4 in group c by its slope.
suppressMessages(library(MASS))
folder <- "tests/golden"
set.seed(20261122)
n <- 420
group <- sample(c("a", "b", "c"), n, replace = TRUE, prob = c(.5, .3, .2))
trait <- rnorm(n) - .4 * (group == "c")
items <- sapply(1:5, function(k) {
  eta <- (1.2 + .2 * k) * trait
  if (k == 2) eta <- eta + 1.4 * (group == "b")
  if (k == 4) eta <- eta * ifelse(group == "c", .2, 1)
  findInterval(eta + rlogis(n), c(-1.8, -.5, .7, 2))
})
colnames(items) <- paste0("i", 1:5)
data <- data.frame(group, items)
write.csv(data, file.path(folder, "data", "item_functioning.csv"), row.names = FALSE, quote = FALSE)
score <- rowMeans(items)
z <- (score - mean(score)) / sqrt(mean((score - mean(score))^2))
g <- factor(group)
rows <- list()
keep <- function(item, quantity, value) rows[[length(rows) + 1]] <<- data.frame(item, quantity, value = sprintf("%.12g", value))
for (name in colnames(items)) {
  y <- factor(items[, name])
  fit <- function(f) polr(f, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
  m <- list(fit(y ~ z), fit(y ~ z + g), fit(y ~ z * g))
  llf <- sapply(m, function(x) as.numeric(logLik(x)))
  null <- sum(table(y) * log(table(y) / n))
  for (k in 1:3) keep(name, paste0("llf", k), llf[k])
  keep(name, "llf_null", null)
  keep(name, "slope", coef(m[[1]])[["z"]])
  for (k in 1:2) {
    kind <- c("uniform", "non_uniform")[k]
    keep(name, paste(kind, "change"), (1 - llf[k + 1] / null) - (1 - llf[k] / null))
    keep(name, paste(kind, "statistic"), 2 * (llf[k + 1] - llf[k]))
    keep(name, paste(kind, "p_value"), pchisq(2 * (llf[k + 1] - llf[k]), 2, lower.tail = FALSE))
  }
}
write.csv(do.call(rbind, rows), file.path(folder, "values", "item_functioning.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("MASS", packageVersion("MASS"))), file.path(folder, "values", "item_functioning_versions.txt"))
