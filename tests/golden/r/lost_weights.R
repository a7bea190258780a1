# Golden values of weights for waves that were lost: chances by glm, products by hand, the change by geepack.
# The answers are those of missing_waves.R.  Run from the top of the checkout:
#   Rscript tests/golden/r/lost_weights.R
suppressPackageStartupMessages(library(geepack))

out <- "tests/golden/values"
data <- read.csv(file.path(out, "missing_waves_data.csv"))
n <- nrow(data)

weigh <- function(values, age) {
  lasting <- values
  for (w in 2:4) lasting[is.na(lasting[, w]), w] <- lasting[is.na(lasting[, w]), w - 1]
  rows <- data.frame(
    person = rep(seq_len(n), 3), wave = rep(2:4, each = n), age = rep(age, 3),
    seen = as.numeric(!is.na(c(values[, 2:4]))), answer = c(lasting[, 1:3]), before = as.numeric(!is.na(c(values[, 1:3])))
  )
  own <- fitted(glm(seen ~ factor(wave) + answer + before + age, binomial, rows))
  alike <- fitted(glm(seen ~ factor(wave) + before, binomial, rows))
  factor <- ifelse(rows$seen == 1, alike / own, (1 - alike) / (1 - own))
  rows$weight <- ave(factor, rows$person, FUN = cumprod)
  seen <- rows[rows$seen == 1, ]
  most <- min(quantile(seen$weight, 0.99), 10)
  seen$weight <- pmin(seen$weight, most)
  first <- data.frame(person = seq_len(n), wave = 1, weight = 1)
  long <- rbind(first, seen[c("person", "wave", "weight")])
  long$value <- values[cbind(long$person, long$wave)]
  long[order(long$person, long$wave), ]
}

one <- function(name, family) {
  long <- weigh(as.matrix(data[paste0(name, 1:4)]), data$age)
  fit <- geeglm(value ~ factor(wave), id = person, data = long, weights = weight, family = family, corstr = "independence")
  levels <- predict(fit, data.frame(wave = c(1, 4)), type = "response")
  weights <- long$weight[long$wave > 1]
  data.frame(
    outcome = name, change = unname(levels[2] - levels[1]), smallest = min(weights), median = median(weights),
    largest = max(weights), effective = sum(weights)^2 / sum(weights^2), rows = nrow(long)
  )
}

write.csv(rbind(one("y", binomial), one("s", gaussian)), file.path(out, "lost_weights.csv"), row.names = FALSE)
writeLines(
  c(R.version.string, paste("geepack", packageVersion("geepack"))), file.path(out, "lost_weights_versions.txt")
)
