# Reference values for mixed/clmm_model.py and mixed/clmm_odds.py.
#
#   Rscript tests/golden/r/clmm_fits.R          (from the root of the project; under a minute)
#
# ordinal::clmm with Laplace's approximation and with 10 nodes. The test of proportional odds is ordinal::nominal_test of
# clm on data in which the variance between people is zero: there the mixed model and clm are the same model.
suppressMessages(library(ordinal))
folder <- "tests/golden"

waves_data <- function(people, seed, sd) {
  set.seed(seed)
  d <- expand.grid(wave = 1:5, person_id = 1:people)
  d$arm <- rep(rbinom(people, 1, .5), each = 5)
  d$income <- rep(round(exp(rnorm(people, 14, .8))), each = 5)
  eta <- .3 * (d$wave - 1) + .2 * d$arm * (d$wave - 1) + .3 * (log(d$income) - 14) + rep(rnorm(people, 0, sd), each = 5)
  d$safety <- findInterval(eta + rlogis(nrow(d)), c(-1, .3, 1.8, 3)) + 1
  last <- rep(pmin(5, 1 + rgeom(people, .2)), each = 5)
  d[d$wave <= last & runif(nrow(d)) > .05, ]
}
waves <- waves_data(120, 20260501, 1.4)
# every person's disturbances are the same four quantiles in another order, so people are less alike than by chance
set.seed(20260502)
alternating <- expand.grid(wave = 1:4, person_id = 1:150)
alternating$x <- round(rnorm(600), 3)
disturbance <- as.numeric(replicate(150, sample(qlogis(c(.125, .375, .625, .875)))))
alternating$safety <- findInterval(-.3 * alternating$wave + .5 * alternating$x + disturbance, c(-1.5, 0, 1.2)) + 1
wine_data <- data.frame(person_id = as.integer(wine$judge), warm = as.integer(wine$temp == "warm"),
                        contact = as.integer(wine$contact == "yes"), rating = as.integer(wine$rating))
sets <- list(waves = waves, alternating = alternating, wine = wine_data)
for (name in names(sets)) {
  write.csv(sets[[name]], file.path(folder, "data", paste0("clmm_", name, ".csv")), row.names = FALSE, quote = FALSE)
}

rows <- list()
keep <- function(case, quantity, term, value) {
  term <- gsub("^wave(\\d)$", "C(wave)[T.\\1]", term)
  term <- gsub("factor\\((\\w+)\\)(\\d+)", "C(\\1)[T.\\2]", term)
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, term, value = sprintf("%.12g", value))
}
fit_one <- function(case, formula, data, link, nodes) {
  outcome <- all.vars(formula)[1]
  data[[outcome]] <- factor(data[[outcome]])
  m <- clmm(formula, data = data, link = link, nAGQ = nodes,
            control = clmm.control(gradTol = 1e-6, maxIter = 200, innerCtrl = "noWarn"))
  names <- names(coef(m))
  keep(case, "llf", "", as.numeric(logLik(m)))
  keep(case, "estimate", names, coef(m))
  keep(case, "std_error", names, sqrt(diag(vcov(m)))[seq_along(names)])
  keep(case, "cov_re", "", VarCorr(m)$person_id[1])
}
for (link in c("logit", "probit")) for (nodes in c(1, 10)) {
  fit_one(paste("wine", link, nodes, sep = "-"), rating ~ warm + contact + (1 | person_id), wine_data, link, nodes)
  fit_one(paste("waves", link, nodes, sep = "-"), safety ~ factor(wave) + arm + (1 | person_id), waves, link, nodes)
}
data <- transform(alternating, safety = factor(safety), wave = factor(wave))
m <- clm(safety ~ wave + x, data = data)
se <- sqrt(diag(vcov(m)))
keep("alternating-logit-10", "llf", "", as.numeric(logLik(m)))
keep("alternating-logit-10", "estimate", names(coef(m)), coef(m))
keep("alternating-logit-10", "std_error", names(coef(m)), se)
keep("alternating-logit-10", "cov_re", "", 0)
odds <- nominal_test(m)[-1, ]
keep("alternating-odds", "statistic", c("C(wave)", "x"), odds$LRT)
keep("alternating-odds", "df", c("C(wave)", "x"), odds$Df)
keep("alternating-odds", "p_value", c("C(wave)", "x"), odds[["Pr(>Chi)"]])

write.csv(do.call(rbind, rows), file.path(folder, "values", "clmm.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("ordinal", packageVersion("ordinal"))), file.path(folder, "values", "clmm_versions.txt"))
