# Reference values for models/panel_models.py and models/within_between.py.
#
#   Rscript tests/golden/r/panel_models.R          (from the root of the project; seconds)
#
# plm with Arellano's standard errors and Stata's small-sample factor; first differences between neighbouring waves by
# lm with sandwich::vcovCL (plm would also subtract across a missed wave); the test of Mundlak by lm with person
# averages and vcovCL; within-between models by lme4.
suppressMessages({library(plm); library(sandwich); library(lme4)})
folder <- "tests/golden"
set.seed(20261121)
d <- expand.grid(wave = 1:5, person_id = 1:90)
level <- rep(rnorm(90, 0, 10), each = 5)
d$apart <- as.integer(runif(nrow(d)) < plogis(-0.8 + 0.3 * d$wave - level / 15))
d$score <- 40 + level + c(0, 3, 5, 8, 9)[d$wave] + 4 * d$apart + rnorm(nrow(d), 0, 8)
d$hurt <- as.integer(runif(nrow(d)) < plogis(0.9 - 0.4 * d$wave - level / 8 - 0.7 * d$apart))
last <- rep(pmin(5, 1 + rgeom(90, 0.18)), each = 5)
d <- d[d$wave <= last & (d$wave == 1 | runif(nrow(d)) > 0.08), ]
d$score <- round(d$score, 4)
write.csv(d, file.path(folder, "data", "panel_waves.csv"), row.names = FALSE, quote = FALSE)

rows <- list()
keep <- function(case, quantity, term, value)
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, term, value = sprintf("%.12g", value))
d$w <- factor(d$wave)
d$seen <- ave(d$wave, d$person_id, FUN = length)
later <- paste0("w", 2:5)
robust <- function(m) vcovHC(m, method = "arellano", type = "sss", cluster = "group")
for (outcome in c("score", "hurt")) {
  d$y <- d[[outcome]]
  everybody <- pdata.frame(d, index = c("person_id", "wave"))
  twice <- pdata.frame(d[d$seen > 1, ], index = c("person_id", "wave"))
  models <- list(entity = plm(y ~ w, twice, model = "within"), random_effects = plm(y ~ w, everybody, model = "random"))
  for (name in names(models)) {
    keep(paste(outcome, name), "estimate", later, coef(models[[name]])[later])
    keep(paste(outcome, name), "std_error", later, sqrt(diag(robust(models[[name]])))[later])
    keep(paste(outcome, name), "n_obs", "", nobs(models[[name]]))
  }
  e <- d[order(d$person_id, d$wave), ]
  next_to <- which(diff(e$wave) == 1 & diff(e$person_id) == 0)
  x <- model.matrix(~ w, e)[, -1]
  dx <- x[next_to + 1, ] - x[next_to, ]
  dy <- e$y[next_to + 1] - e$y[next_to]
  m <- lm(dy ~ dx - 1)
  keep(paste(outcome, "first_differences"), "estimate", later, coef(m))
  keep(paste(outcome, "first_differences"), "std_error", later,
       sqrt(diag(vcovCL(m, cluster = e$person_id[next_to], type = "HC1", cadjust = TRUE))))
  keep(paste(outcome, "first_differences"), "n_obs", "", nobs(m))
  for (k in 2:5) d[[paste0("m", k)]] <- ave(as.numeric(d$wave == k), d$person_id)
  m <- lm(y ~ w + m2 + m3 + m4 + m5, d)
  b <- coef(m)[paste0("m", 2:5)]
  v <- vcovCL(m, cluster = d$person_id, type = "HC1", cadjust = TRUE)[names(b), names(b)]
  keep(paste(outcome, "mundlak"), "statistic", "", as.numeric(t(b) %*% solve(v, b)) / 4)
  keep(paste(outcome, "mundlak"), "p_value", "",
       pf(as.numeric(t(b) %*% solve(v, b)) / 4, 4, length(unique(d$person_id)) - 1, lower.tail = FALSE))
}
d$between <- ave(d$apart, d$person_id)
d$within <- d$apart - d$between
m <- lmer(score ~ w + within + between + (1 | person_id), d, REML = TRUE)
keep("score within_between", "estimate", c("within", "between"), fixef(m)[c("within", "between")])
keep("score within_between", "std_error", c("within", "between"), sqrt(diag(vcov(m)))[6:7])
m <- glmer(hurt ~ w + within + between + (1 | person_id), d, family = binomial, nAGQ = 9,
           control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
keep("hurt within_between", "estimate", c("within", "between"), fixef(m)[c("within", "between")])
keep("hurt within_between", "std_error", c("within", "between"), sqrt(diag(vcov(m)))[6:7])
write.csv(do.call(rbind, rows), file.path(folder, "values", "panel_models.csv"), row.names = FALSE, quote = FALSE)
versions <- sapply(c("plm", "sandwich", "lme4"), function(p) paste(p, packageVersion(p)))
writeLines(c(R.version.string, versions), file.path(folder, "values", "panel_models_versions.txt"))
