# Golden values of the estimates under other assumptions about lost waves, from mice and geepack.
# Run from the top of the checkout:  Rscript tests/golden/r/missing_waves.R
suppressPackageStartupMessages({
  library(mice)
  library(geepack)
})

out <- "tests/golden/values"

# Rubin's rules with Barnard and Rubin's degrees of freedom --------------------------------------
set.seed(1)
pooled <- do.call(rbind, lapply(c(5, 20, 50), function(m) {
  q <- rnorm(m, 0.3, 0.1)
  u <- runif(m, 0.02, 0.04)
  p <- pool.scalar(q, u, n = 60, k = 1)
  data.frame(m = m, q = q, u = u, estimate = p$qbar, variance = p$t, df = p$df, fmi = p$fmi)
}))
write.csv(pooled, file.path(out, "missing_waves_pooled.csv"), row.names = FALSE)

# Waves lost at random, given what was answered before --------------------------------------------
set.seed(2)
n <- 300
person <- rnorm(n)
age <- round(35 + 8 * rnorm(n))
y <- sapply(0:3, function(w) rbinom(n, 1, plogis(1.2 - 0.6 * w + 1.2 * person)))
s <- sapply(0:3, function(w) pmin(100, pmax(0, round(60 - 8 * w + 14 * person + 10 * rnorm(n)))))
lose <- function(values, high) {
  for (w in 2:4) {
    before <- values[, w - 1]
    before[is.na(before)] <- mean(before, na.rm = TRUE)
    values[runif(n) < plogis(-1.8 + 1.6 * before / high), w] <- NA
  }
  values
}
y <- lose(y, 1)
s <- lose(s, 60)
data <- data.frame(age = age, y, s)
names(data) <- c("age", paste0("y", 1:4), paste0("s", 1:4))
write.csv(data, file.path(out, "missing_waves_data.csv"), row.names = FALSE)

change <- function(imputed, first, last) {
  found <- lapply(seq_len(imputed$m), function(i) {
    table <- complete(imputed, i)
    d <- as.numeric(as.character(table[[last]])) - as.numeric(as.character(table[[first]]))
    c(mean(d), var(d) / length(d))
  })
  found <- do.call(rbind, found)
  p <- pool.scalar(found[, 1], found[, 2], n = nrow(imputed$data), k = 1)
  data.frame(estimate = p$qbar, within = p$ubar, between = p$b, df = p$df, fmi = p$fmi, m = imputed$m)
}
binary <- data.frame(age = data$age, lapply(data[paste0("y", 1:4)], factor))
score <- data[c("age", paste0("s", 1:4))]
fits <- rbind(
  cbind(outcome = "y", change(mice(binary, m = 200, maxit = 10, method = "logreg", seed = 3, printFlag = FALSE), "y1", "y4")),
  cbind(outcome = "s", change(mice(score, m = 200, maxit = 10, method = "pmm", seed = 4, printFlag = FALSE), "s1", "s4"))
)
write.csv(fits, file.path(out, "missing_waves_mice.csv"), row.names = FALSE)

# A weighted GEE ------------------------------------------------------------------------------------
set.seed(5)
long <- data.frame(person = rep(seq_len(n), each = 4), wave = rep(1:4, n), value = c(t(y)), score = c(t(s)))
long$weight <- ifelse(long$wave == 1, 1, round(runif(nrow(long), 0.5, 3), 4))
write.csv(long, file.path(out, "missing_waves_long.csv"), row.names = FALSE)
weighted <- function(outcome, family) {
  rows <- long[!is.na(long[[outcome]]), ]
  fit <- geeglm(as.formula(paste(outcome, "~ factor(wave)")), id = person, data = rows, weights = weight,
                family = family, corstr = "independence")
  found <- summary(fit)$coefficients
  data.frame(outcome = outcome, term = 1:4, estimate = found[, 1], std_error = found[, 2])
}
values <- rbind(weighted("value", binomial), weighted("score", gaussian))
write.csv(values, file.path(out, "missing_waves_geepack.csv"), row.names = FALSE)

writeLines(
  c(R.version.string, paste(c("mice", "geepack"), c(packageVersion("mice"), packageVersion("geepack")))),
  file.path(out, "missing_waves_versions.txt")
)
