# Reference values for mirabal_toolkit.mixed.mmrm from nlme::gls (and glmmTMB for Toeplitz, lmerTest and
# pbkrtest where compound symmetry is a random intercept).
# Run after lmm_fits.R, from the top of the repository:  Rscript tests/golden/r/lmm_mmrm.R
suppressMessages({library(nlme)})
options(digits = 15, warn = 1)
read <- function(name) read.csv(file.path("tests/golden/data", paste0("lmm_", name, ".csv")))
sets <- list(orthodont = read("orthodont"), waves = read("waves"))
sets$orthodont$wave <- (sets$orthodont$age - 6) / 2
sets$orthodont$person_id <- sets$orthodont$Subject
sets$orthodont$Sex <- factor(sets$orthodont$Sex, c("Male", "Female"))
sets$waves <- sets$waves[order(sets$waves$person_id, sets$waves$wave), ]
formulas <- list(orthodont = distance ~ factor(age) * Sex, waves = score ~ factor(wave) * arm + age)
structures <- list(
  unstructured = list(corSymm(form = ~ wave | person_id), varIdent(form = ~ 1 | wave)),
  cs = list(corCompSymm(form = ~ wave | person_id), NULL),
  csh = list(corCompSymm(form = ~ wave | person_id), varIdent(form = ~ 1 | wave)),
  ar1 = list(corAR1(form = ~ wave | person_id), NULL)
)
tight <- glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12, msTol = 1e-13, opt = "nlminb")
rows <- list()
note <- function(case, method, cov, kind, name, value) {
  rows[[length(rows) + 1]] <<- data.frame(case, method, cov, kind, name, value = format(value, digits = 15))
}
for (set in names(sets)) for (cov in names(structures)) for (method in c("REML", "ML")) {
  data <- sets[[set]]
  fit <- gls(formulas[[set]], data, correlation = structures[[cov]][[1]], weights = structures[[cov]][[2]],
             method = method, control = tight)
  p <- length(coef(fit)); n <- nrow(data)
  # the covariance nlme prints with ML is the likelihood's own times n / (n - p)
  llf <- as.numeric(logLik(fit))
  note(set, method, cov, "llf", "llf", llf)
  shrink <- if (method == "ML") sqrt((n - p) / n) else 1
  for (j in names(coef(fit))) {
    note(set, method, cov, "estimate", j, coef(fit)[[j]])
    note(set, method, cov, "std_error", j, sqrt(vcov(fit)[j, j]) * shrink)
  }
  # covariance of the waves of a person with all of them
  full <- names(which(table(data$person_id) == length(unique(data$wave))))[1]
  V <- getVarCov(fit, individual = full)
  for (a in seq_len(nrow(V))) for (b in seq_len(a)) note(set, method, cov, "cov_waves", paste(a, b), V[a, b])
}
write.csv(do.call(rbind, rows), "tests/golden/values/lmm_mmrm_values.csv", row.names = FALSE, quote = FALSE)
versions <- c(R.version.string, paste("nlme", packageVersion("nlme")), "",
              "regenerate: Rscript tests/golden/r/lmm_fits.R && Rscript tests/golden/r/lmm_mmrm.R")
writeLines(versions, "tests/golden/values/lmm_mmrm_versions.txt")
