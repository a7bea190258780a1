# Reference values for the mixed models at their edges: separation with a penalty, two people, one person with a single
# wave among others, income in millions and time in days.
#
#   Rscript tests/golden/r/mixed_extremes.R          (from the root of the project; some minutes)
#
# No maintained R package fits penalised mixed logistic or ordinal models with these penalties. They are maximised here
# directly: the integral over people by the trapezoidal rule on a grid so fine that it is exact to twelve digits, the
# maximum by optim() and Newton steps with Richardson derivatives (numDeriv). Firth's penalty without dependence is
# that of brglm2. Everything else comes from lme4, nlme, geepack, glmmTMB and ordinal.
options(warn = -1)  # optim() tries thresholds out of order; nlminb calls its last step "singular convergence"
suppressMessages({library(lme4); library(nlme); library(geepack); library(glmmTMB); library(ordinal); library(brglm2); library(numDeriv)})
folder <- "tests/golden"
read_data <- function(name) read.csv(file.path(folder, "data", paste0(name, ".csv")))

# ---- data -------------------------------------------------------------------------------------------
zero <- read_data("gee_zero")                        # nobody says yes at wave 5
separated <- read_data("clmm_waves")                 # everybody answers with the highest grade at wave 5
separated$safety[separated$wave == 5] <- 5
set.seed(20260701)
two <- data.frame(person_id = rep(1:2, each = 12), t = rep(0:11, 2))
two$score <- round(5 + 2.5 * (two$person_id == 2) - .2 * two$t + rnorm(24, 0, .6), 2)
two$hurt <- rbinom(24, 1, plogis(c(-1.8, 1.8)[two$person_id] - .1 * (two$t - 5)))
two$grade <- findInterval(c(-1.8, 1.8)[two$person_id] - .15 * (two$t - 5) + rlogis(24), c(-1, 1)) + 1
single <- data.frame(person_id = rep(1:30, each = 4), wave = rep(1:4, 30))
u <- rep(rnorm(30), each = 4)
single$score <- round(8 - .5 * single$wave + 1.2 * u + rnorm(120), 2)
single$hurt <- rbinom(120, 1, plogis(.6 - .4 * (single$wave - 1) + 1.3 * u))
single$grade <- findInterval(.3 * (single$wave - 1) + 1.3 * u + rlogis(120), c(-1, .5)) + 1
single <- single[single$person_id != 7 | single$wave == 1, ]   # one person is seen once
wide <- read_data("glmm_waves")[, c("person_id", "wave", "income", "day", "hurt")]
set.seed(20260702)
own <- rnorm(max(wide$person_id), 0, 1.3)[wide$person_id]
wide$grade <- findInterval(.3 * log(wide$income / 1e6) + .001 * (wide$day - 19000) + own + rlogis(nrow(wide)), c(0, 1.2)) + 1
sets <- list(separated = separated, two = two, single = single, wide = wide)
for (name in names(sets)) {
  write.csv(sets[[name]], file.path(folder, "data", paste0("mixed_", name, ".csv")), row.names = FALSE, quote = FALSE)
}

rows <- list()
keep <- function(case, quantity, term, value) {
  term <- gsub("(Intercept)", "Intercept", term, fixed = TRUE)
  term <- gsub("factor\\((\\w+)\\)(\\d+)", "C(\\1)[T.\\2]", term)
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, term, value = sprintf("%.12g", as.numeric(value)))
}
keep_fit <- function(case, llf, names, estimate, se, variance) {
  if (!is.na(llf)) keep(case, "llf", "", llf)
  keep(case, "estimate", names, estimate)
  keep(case, "std_error", names, se)
  if (!is.na(variance)) keep(case, "cov_re", "", variance)
}

# ---- penalised marginal likelihood, maximised directly -------------------------------------------------
grid <- seq(-10, 10, by = .1)                         # values of a standard normal
log_normal <- dnorm(grid, log = TRUE) + log(.1)
marginal <- function(log_rows, person) {              # log_rows: rows × grid
  by_person <- rowsum(log_rows, person)
  height <- sweep(by_person, 2, log_normal, "+")
  top <- apply(height, 1, max)
  sum(top + log(rowSums(exp(height - top))))
}
yes_no <- function(X, y, person) function(par) {
  p <- ncol(X)
  eta <- outer(drop(X %*% par[1:p]), par[p + 1] * grid, "+")
  marginal(plogis((2 * y - 1) * eta, log.p = TRUE), person)
}
graded <- function(X, y, person, cuts) function(par) {
  p <- ncol(X); alpha <- c(-Inf, par[p + seq_len(cuts)], Inf)
  eta <- outer(drop(X %*% par[1:p]), par[p + cuts + 1] * grid, "+")
  marginal(log(plogis(alpha[y + 1] - eta) - plogis(alpha[y] - eta)), person)
}
half_cauchy <- function(sd) -log1p(sd^2 / 25)
cauchy <- function(X) {                               # Gelman et al. (2008): scale 2.5 on terms, 10 on the intercept
  scale <- apply(X, 2, function(x) if (length(unique(x)) <= 2) diff(range(x)) else 2 * sqrt(mean((x - mean(x))^2)))
  function(beta) {
    t <- beta[scale > 0] * scale[scale > 0] / 2.5
    level <- if (any(scale == 0)) sum(colMeans(X) * beta) / 10 else 0
    -sum(log1p(t^2)) - log1p(level^2)
  }
}
jeffreys <- function(X) function(beta) {
  mean <- plogis(drop(X %*% beta))
  as.numeric(determinant(crossprod(X * (mean * (1 - mean)), X))$modulus) / 2
}
maximise <- function(case, likelihood, penalty, start, names) {
  p <- length(names); last <- length(start)
  objective <- function(par) likelihood(par) + penalty(par[seq_len(ncol_x)]) + half_cauchy(par[last])
  at <- optim(start, objective, method = "BFGS", control = list(fnscale = -1, reltol = 1e-13, maxit = 500))$par
  for (i in 1:3) at <- at - solve(hessian(objective, at), grad(objective, at))
  se <- sqrt(diag(solve(-hessian(objective, at))))
  keep_fit(case, likelihood(at), names, at[seq_len(p)], se[seq_len(p)], at[last]^2)
}
X <- model.matrix(hurt ~ factor(wave) + arm, zero); ncol_x <- ncol(X)
likelihood <- yes_no(X, zero$hurt, zero$person_id)
start <- c(rep(0, ncol_x), 1)
maximise("zero-glmm-weakly_informative", likelihood, cauchy(X), start, colnames(X))
maximise("zero-glmm-firth", likelihood, jeffreys(X), start, colnames(X))
X <- model.matrix(safety ~ factor(wave) + arm, separated)[, -1]; ncol_x <- ncol(X)
likelihood <- graded(X, separated$safety, separated$person_id, 4)
maximise("separated-clmm-weakly_informative", likelihood, cauchy(X), c(rep(0, ncol_x), -1, .3, 1.8, 3, 1),
         c(colnames(X), paste(1:4, 2:5, sep = "|")))
m <- glm(hurt ~ factor(wave) + arm, binomial, zero, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 1000)
keep_fit("zero-gee-firth", NA, names(coef(m)), coef(m), sqrt(diag(vcov(m))), NA)

# ---- two people, and one person with a single wave ------------------------------------------------------
tight <- glmmTMBControl(optCtrl = list(rel.tol = 1e-15, iter.max = 1e4, eval.max = 1e4))
cases <- list(two = c("t"), single = c("wave"))
for (name in names(cases)) {
  data <- sets[[name]]; x <- cases[[name]]
  m <- lmer(reformulate(c(x, "(1 | person_id)"), "score"), data, control = lmerControl(optCtrl = list(ftol_abs = 1e-15, xtol_abs = 1e-12)))
  keep_fit(paste0(name, "-lmm"), as.numeric(logLik(m)), names(fixef(m)), fixef(m), sqrt(diag(as.matrix(vcov(m)))), VarCorr(m)$person_id[1])
  m <- glmmTMB(reformulate(c(x, "(1 | person_id)"), "hurt"), data, family = binomial, control = tight)
  keep_fit(paste0(name, "-glmm"), as.numeric(logLik(m)), names(fixef(m)$cond), fixef(m)$cond, sqrt(diag(vcov(m)$cond)), VarCorr(m)$cond$person_id[1])
  if (name == "two") next                             # ordinal refuses fewer than three people
  data$grade <- factor(data$grade); data$person_id <- factor(data$person_id)
  m <- clmm(reformulate(c(x, "(1 | person_id)"), "grade"), data = data, nAGQ = 10, control = clmm.control(gradTol = 1e-7, maxIter = 500, innerCtrl = "noWarn"))
  keep_fit(paste0(name, "-clmm"), as.numeric(logLik(m)), names(coef(m)), coef(m), sqrt(diag(vcov(m)))[seq_along(coef(m))], VarCorr(m)$person_id[1])
}
control <- geese.control(epsilon = 1e-13, maxit = 1000)
two_gee <- list(gaussian = score ~ 1, binomial = hurt ~ 1)      # two people carry one term
single_gee <- list(gaussian = score ~ wave, binomial = hurt ~ wave)
for (family in names(two_gee)) {
  m <- geeglm(two_gee[[family]], data = two, id = person_id, family = get(family), corstr = "exchangeable", control = control)
  keep_fit(paste0("two-gee_", family), NA, names(coef(m)), coef(m), summary(m)$coefficients[, "Std.err"], NA)
  m <- geeglm(single_gee[[family]], data = single, id = person_id, family = get(family), corstr = "exchangeable", control = control)
  keep_fit(paste0("single-gee_", family), NA, names(coef(m)), coef(m), summary(m)$coefficients[, "Std.err"], NA)
}
m <- gls(score ~ wave, single, correlation = corSymm(form = ~ wave | person_id), weights = varIdent(form = ~ 1 | wave),
         control = glsControl(tolerance = 1e-12, msTol = 1e-13, maxIter = 500, msMaxIter = 500))
keep_fit("single-mmrm", as.numeric(logLik(m)), names(coef(m)), coef(m), sqrt(diag(vcov(m))), NA)

# ---- income in millions and days since 1970, turned back by hand --------------------------------------
scaled <- transform(wide, income = income / 1e6, day = (day - 19000) / 100)
turn <- diag(c(1, 1e-6, 1e-2)); turn[1, 3] <- -190
wide_names <- c("(Intercept)", "income", "day")
m <- geeglm(hurt ~ income + day, data = scaled, id = person_id, family = binomial, corstr = "exchangeable", control = control)
keep_fit("wide-gee_binomial", NA, wide_names, turn %*% coef(m), sqrt(diag(turn %*% vcov(m) %*% t(turn))), NA)
scaled$grade <- factor(scaled$grade); scaled$person_id <- factor(scaled$person_id)
m <- clmm(grade ~ income + day + (1 | person_id), data = scaled, nAGQ = 10, control = clmm.control(gradTol = 1e-7, maxIter = 500, innerCtrl = "noWarn"))
# thresholds move with the shift of the days
turn <- diag(c(1, 1, 1e-6, 1e-2)); turn[1:2, 4] <- 190
V <- vcov(m)[1:4, 1:4]
keep_fit("wide-clmm", as.numeric(logLik(m)), c("1|2", "2|3", "income", "day"), turn %*% coef(m), sqrt(diag(turn %*% V %*% t(turn))), VarCorr(m)$person_id[1])

write.csv(do.call(rbind, rows), file.path(folder, "values", "mixed_extremes.csv"), row.names = FALSE, quote = FALSE)
packages <- c("lme4", "nlme", "geepack", "glmmTMB", "ordinal", "brglm2", "numDeriv")
versions <- sapply(packages, function(p) as.character(packageVersion(p)))
writeLines(c(R.version.string, paste(packages, versions)), file.path(folder, "values", "mixed_extremes_versions.txt"))
