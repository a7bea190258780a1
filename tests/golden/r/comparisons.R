# Reference values for models/sandwich.py, propensity.py, arms.py, sites.py and across_groups.py, and Tango's interval
# in mixed/counts.py. Run from the top folder:
#   Rscript tests/golden/r/comparisons.R
# R packages: clubSandwich, geepack. Data: tests/golden/data/comparisons.csv, made here.
suppressMessages({library(clubSandwich); library(geepack)})
out <- "tests/golden/values"
number <- function(x) trimws(formatC(as.numeric(x), digits = 15, format = "g"))
set.seed(20261121)

people <- 160; waves <- 1:4
person <- data.frame(person_id = sprintf("p%03d", 1:people), site = sample(letters[1:12], people, TRUE),
                     age = round(rnorm(people, 34, 8)), children = rpois(people, 1.4))
person$arm <- rbinom(people, 1, plogis(-0.3 + 0.05 * (person$age - 34) - 0.3 * (person$children - 1.4)))
u <- rnorm(people); v <- rnorm(12, 0, 0.4)[match(person$site, letters[1:12])]
long <- do.call(rbind, lapply(waves, function(w) {
  eta <- 0.8 - 0.45 * (w - 1) - 0.25 * (w - 1) * person$arm + u + v + 0.02 * (person$age - 34)
  data.frame(person, wave = w, hurt = rbinom(people, 1, plogis(eta)),
             score = round(50 - 6 * (w - 1) - 2 * (w - 1) * person$arm + 9 * u + 6 * v + rnorm(people, 0, 7), 2))
}))
lost <- sample(2:9, people, TRUE)[match(long$person_id, person$person_id)]
long <- long[long$wave < lost, ]
long <- long[order(long$person_id, long$wave), ]
write.csv(long, "tests/golden/data/comparisons.csv", row.names = FALSE, quote = FALSE)

rows <- data.frame()
add <- function(what, term, estimate, se = NA, df = NA)
  rows <<- rbind(rows, data.frame(what, term, estimate = number(estimate), std_error = number(se), df = number(df)))

# CR2 with Satterthwaite degrees of freedom, sites as clusters
fit <- lm(score ~ factor(wave), long)
tests <- coef_test(fit, vcov = "CR2", cluster = long$site, test = "Satterthwaite")
for (i in 2:4) add("cr2-linear", paste0("w", i), tests$beta[i], tests$SE[i], tests$df_Satt[i])
logit <- glm(hurt ~ factor(wave), binomial, long)
tests <- coef_test(logit, vcov = "CR2", cluster = long$site, test = "Satterthwaite")
for (i in 2:4) add("cr2-logit", paste0("w", i), tests$beta[i], tests$SE[i], tests$df_Satt[i])

# Change in points, by the delta method with the CR2 matrix
p <- plogis(coef(logit)[1] + c(0, coef(logit)[4])); s <- p * (1 - p)
gradient <- c(s[2] - s[1], 0, 0, s[2])
V <- vcovCR(logit, cluster = long$site, type = "CR2")
add("cr2-points", "w4", 100 * (p[2] - p[1]), 100 * sqrt(drop(t(gradient) %*% V %*% gradient)))

# Difference in differences on the points scale: GEE, exchangeable, robust covariance
g <- geeglm(hurt ~ factor(wave) * arm, id = factor(person_id), data = long, family = binomial, corstr = "exchangeable")
b <- coef(g); cell <- function(w, a) { x <- setNames(rep(0, length(b)), names(b)); x[1] <- 1; x["arm"] <- a
  if (w > 1) { x[paste0("factor(wave)", w)] <- 1; x[paste0("factor(wave)", w, ":arm")] <- a }; x }
did <- function(b, V) { X <- rbind(cell(4, 1), cell(1, 1), cell(4, 0), cell(1, 0)); p <- plogis(drop(X %*% b))
  k <- c(1, -1, -1, 1); G <- colSums(k * p * (1 - p) * X); c(sum(k * p), sqrt(drop(t(G) %*% V %*% G))) }
found <- did(b, vcov(g)); add("did-gee", "w4 - w1", 100 * found[1], 100 * found[2])

# Overlap weights from a logistic propensity model (Li, Morgan & Zaslavsky 2018), and the weighted difference
ps <- glm(arm ~ age + children, binomial, person)$fitted.values
w <- ifelse(person$arm == 1, 1 - ps, ps); w <- w / ave(w, person$arm)
for (name in c("age", "children")) {
  x <- person[[name]]; sd <- sqrt((var(x[person$arm == 1]) + var(x[person$arm == 0])) / 2)
  gap <- function(w) weighted.mean(x[person$arm == 1], w[person$arm == 1]) - weighted.mean(x[person$arm == 0], w[person$arm == 0])
  add("balance", name, gap(rep(1, people)) / sd); add("balance-weighted", name, gap(w) / sd)
}
add("effective-size", "treated", sum(w[person$arm == 1])^2 / sum(w[person$arm == 1]^2))
long$w <- w[match(long$person_id, person$person_id)]
gw <- suppressWarnings(geeglm(hurt ~ factor(wave) * arm, id = factor(person_id), data = long, weights = w, family = binomial, corstr = "independence"))
found <- did(coef(gw), vcov(gw)); add("did-weighted", "w4 - w1", 100 * found[1], 100 * found[2])

# Paule-Mandel variance between sites and its Q-profile interval, written out
y <- tapply(long$score, long$site, mean); s2 <- tapply(long$score, long$site, function(x) var(x) / length(x)); k <- length(y)
Q <- function(t) { w <- 1 / (s2 + t); m <- sum(w * y) / sum(w); sum(w * (y - m)^2) }
root <- function(q) if (Q(0) <= q) 0 else uniroot(function(t) Q(t) - q, c(0, 1e5), tol = 1e-12)$root
add("between-sites", "estimate", root(k - 1)); add("between-sites", "low", root(qchisq(.975, k - 1))); add("between-sites", "high", root(qchisq(.025, k - 1)))

# Alexander & Govern has no package here; Welch and Fisher stand for pairs, chi-square for all
t4 <- long[long$wave == 4, ]; welch <- t.test(score ~ arm, t4)
add("welch", "low", -welch$conf.int[2], NA, welch$parameter); add("welch", "high", -welch$conf.int[1]); add("welch", "p", welch$p.value)
add("fisher", "p", fisher.test(table(t4$arm, t4$hurt))$p.value)
add("chi-square", "p", suppressWarnings(chisq.test(table(t4$arm, t4$hurt), correct = FALSE))$p.value)

# Tango (1998): the score interval for paired proportions, by the score test with the restricted MLE found numerically
tango <- function(b, c, n, level = 0.95) { z <- qnorm((1 + level) / 2)
  score <- function(d) { nll <- function(q) { p10 <- q; p01 <- q + d # p01 - p10 = d: started minus stopped
      rest <- 1 - p10 - p01; if (p10 < 0 || p01 < 0 || rest < 0) return(1e10)
      -(ifelse(b > 0, b * log(p10), 0) + ifelse(c > 0, c * log(p01), 0) + ifelse(n - b - c > 0, (n - b - c) * log(rest), 0)) }
    q <- optimize(nll, c(max(0, -d) + 1e-12, (1 - d) / 2 - 1e-12), tol = 1e-14)$minimum
    (c - b - n * d) / sqrt(n * (2 * q + d * (1 - d))) }
  est <- (c - b) / n
  c(uniroot(function(d) score(d) - z, c(-0.9999, est), tol = 1e-11)$root, uniroot(function(d) score(d) + z, c(est, 0.9999), tol = 1e-11)$root) }
for (case in list(c(1, 7, 21), c(12, 3, 60), c(5, 9, 44), c(20, 2, 62))) {
  ends <- tango(case[1], case[2], case[3]); key <- paste(case, collapse = "/")
  add("tango-low", key, ends[1]); add("tango-high", key, ends[2]) }

write.csv(rows, file.path(out, "comparisons.csv"), row.names = FALSE, quote = FALSE)
versions <- c("R", "clubSandwich", "geepack")
writeLines(c(R.version.string, sapply(versions[-1], function(p) paste(p, packageVersion(p)))), file.path(out, "comparisons_versions.txt"))
