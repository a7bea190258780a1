# Reference values for mixed/glmm_model.py.
#
#   Rscript tests/golden/r/glmm_fits.R          (from the root of the project; some minutes)
#
# Two programs, each where it is strongest:
#   lme4::glmer with nAGQ = 9 (25 where said) for adaptive quadrature with one person-specific term;
#   glmmTMB for Laplace's approximation: its derivatives are exact, while those of glmer are differences whose standard
#   errors are good to two digits only, and it maximises the true Laplace likelihood for non-canonical links too.
# Standard errors under quadrature are taken from the second derivatives of glmer's own deviance function by Richardson
# extrapolation (numDeriv), with the tolerance of its inner iterations tightened: vcov() is cruder than what is tested.
# MASS::bacteria, lme4::cbpp and the matched pairs of lme4 issue 47 are public; the others are generated here.
options(warn = -1)  # nlminb calls its last step "singular convergence" when it can do no better
suppressMessages({library(lme4); library(glmmTMB); library(MASS); library(numDeriv); library(survival)})
folder <- "tests/golden"
bobyqa <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13,
                       optCtrl = list(maxfun = 1e5, rhobeg = 2e-3, rhoend = 1e-10),
                       check.conv.grad = "ignore", check.conv.hess = "ignore", check.conv.singular = "ignore",
                       check.scaleX = "ignore", calc.derivs = FALSE)
tight <- glmmTMBControl(optCtrl = list(rel.tol = 1e-15, iter.max = 1e4, eval.max = 1e4))

# ---- data -------------------------------------------------------------------------------------------
waves_data <- function(people, seed, sd) {
  set.seed(seed)
  d <- expand.grid(wave = 1:5, person_id = 1:people)
  d$months <- c(0, 3, 6, 12, 24)[d$wave]
  d$arm <- rep(rbinom(people, 1, .5), each = 5)
  d$income <- rep(round(exp(rnorm(people, 14, .8))), each = 5)       # millions
  d$day <- 19000 + 30 * d$months + sample(0:20, nrow(d), TRUE)       # days since 1970
  u <- rep(rnorm(people, 0, sd), each = 5); slope <- rep(rnorm(people, 0, .05 * sd), each = 5)
  eta <- .6 - .06 * d$months - .03 * d$arm * d$months + .25 * (log(d$income) - 14) + u + slope * d$months
  d$hurt <- rbinom(nrow(d), 1, plogis(eta))
  d$visits <- rpois(nrow(d), exp(.2 + .4 * eta))
  d$nights <- rnbinom(nrow(d), size = 1.5, mu = exp(.3 + .4 * eta))
  d$log_risk <- round(log(runif(nrow(d), .5, 2)), 3)
  last <- rep(pmin(5, 1 + rgeom(people, .2)), each = 5)               # some are seen once
  d[d$wave <= last & runif(nrow(d)) > .05, ]
}
waves <- waves_data(120, 20260401, 1.2)
zero <- waves_data(120, 20260402, 0)
# within a person the answers alternate: people are less alike than by chance, so the variance is estimated as zero
zero$hurt <- (zero$wave + zero$person_id) %% 2
bacteria <- data.frame(person_id = as.character(MASS::bacteria$ID), week = MASS::bacteria$week,
                       drug = as.integer(MASS::bacteria$ap == "a"), y = as.integer(MASS::bacteria$y == "y"))
long <- lapply(seq_len(nrow(cbpp)), function(i) data.frame(
  person_id = as.integer(as.character(cbpp$herd[i])), period = as.integer(as.character(cbpp$period[i])),
  sick = 1:0, times = c(cbpp$incidence[i], cbpp$size[i] - cbpp$incidence[i])))
cbpp_grouped <- do.call(rbind, long)
cbpp_grouped <- cbpp_grouped[cbpp_grouped$times > 0, ]
cbpp_long <- cbpp_grouped[rep(seq_len(nrow(cbpp_grouped)), cbpp_grouped$times), c("person_id", "period", "sick")]
# the matched pairs of lme4 issue 47 (W. Viechtbauer)
pairs <- data.frame(person_id = rep(1:100, each = 2), treated = rep(c(1, 0), 100),
                    event = c(rbind(rep(0:1, each = 50), c(rep(0, 42), rep(1, 8), rep(0, 18), rep(1, 32)))))
sets <- list(waves = waves, zero = zero, bacteria = bacteria, cbpp = cbpp_long, cbpp_grouped = cbpp_grouped, pairs = pairs)
for (name in names(sets)) {
  write.csv(sets[[name]], file.path(folder, "data", paste0("glmm_", name, ".csv")), row.names = FALSE, quote = FALSE)
}

# ---- values -----------------------------------------------------------------------------------------
rows <- list()
keep <- function(case, quantity, term, value) {
  term <- gsub("(Intercept)", "Intercept", term, fixed = TRUE)
  term <- gsub("factor\\((\\w+)\\)(\\d+)", "C(\\1)[T.\\2]", term)
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, term, value = sprintf("%.12g", value))
}
keep_fit <- function(case, llf, beta, se, cov_re) {
  keep(case, "llf", "", llf)
  keep(case, "estimate", names(beta), beta)
  keep(case, "std_error", names(beta), se)
  keep(case, "cov_re", paste0(row(cov_re) - 1, col(cov_re) - 1), as.numeric(cov_re))
}

# glmer's log-likelihood of the saturated model, which it leaves out with nAGQ > 1 (0 for single yes/no answers)
left_out <- function(y, family) if (family == "poisson") sum(dpois(y, y, log = TRUE)) else 0

quadrature <- function(case, formula, data, family, nodes, link = NULL) {
  fam <- if (is.null(link)) get(family)() else get(family)(link = link)
  # start at the Laplace fit, then search on the exact grid of nodes
  m0 <- glmer(formula, data, family = fam, nAGQ = 1, control = glmerControl(optimizer = "bobyqa", calc.derivs = FALSE))
  m <- glmer(formula, data, family = fam, nAGQ = nodes, control = bobyqa,
             start = list(theta = getME(m0, "theta"), fixef = fixef(m0)))
  devfun <- glmer(formula, data, family = fam, nAGQ = nodes, control = bobyqa, devFunOnly = TRUE)
  at <- c(getME(m, "theta"), fixef(m))
  # polish: Newton steps on the deviance with Richardson derivatives, in units of the standard errors
  unit <- c(max(.1, at[1]), sqrt(diag(as.matrix(vcov(m, use.hessian = FALSE)))))
  scaled <- function(step) devfun(at + unit * step)
  wide <- list(eps = .1, r = 5)  # steps of a tenth of a standard error: far above the rounding of the deviance
  for (i in 1:3) {
    g <- grad(scaled, 0 * at, method.args = wide); H <- hessian(scaled, 0 * at, method.args = wide)
    if (at[1] < 1e-3) { g[1] <- 0; H[1, ] <- H[, 1] <- 0; H[1, 1] <- 1 }
    at <- at - unit * solve(H, g)
    scaled <- function(step) devfun(at + unit * step)
  }
  H <- hessian(scaled, 0 * at, method.args = wide) / 2
  if (at[1] < 1e-3) H <- H[-1, -1]
  V <- solve(H)
  se <- sqrt(diag(V)) * (if (at[1] < 1e-3) unit[-1] else unit)
  if (at[1] >= 1e-3) se <- se[-1]
  beta <- setNames(at[-1], names(fixef(m)))
  llf <- -devfun(at) / 2 + left_out(getME(m, "y"), family)
  keep_fit(case, llf, beta, se, matrix(at[1]^2))
}

laplace <- function(case, formula, data, family, ...) {
  m <- glmmTMB(formula, data, family = family, control = tight, ...)
  p <- fixef(m)$cond
  keep_fit(case, as.numeric(logLik(m)), p, sqrt(diag(vcov(m)$cond)), matrix(VarCorr(m)$cond$person_id, nrow = NROW(VarCorr(m)$cond$person_id)))
  if (identical(family, nbinom2)) keep(case, "dispersion", "", sigma(m))
}

quadrature("waves-binomial-logit-9", hurt ~ factor(wave) + arm + (1 | person_id), waves, "binomial", 9)
quadrature("bacteria-binomial-logit-9", y ~ drug + week + (1 | person_id), bacteria, "binomial", 9)
quadrature("cbpp-binomial-logit-9", sick ~ factor(period) + (1 | person_id), cbpp_long, "binomial", 9)
quadrature("pairs-binomial-logit-9", event ~ treated + (1 | person_id), pairs, "binomial", 9)
quadrature("pairs-binomial-logit-25", event ~ treated + (1 | person_id), pairs, "binomial", 25)
quadrature("waves-binomial-probit-25", hurt ~ factor(wave) + arm + (1 | person_id), waves, "binomial", 25, "probit")
quadrature("waves-binomial-cloglog-25", hurt ~ factor(wave) + arm + (1 | person_id), waves, "binomial", 25, "cloglog")
quadrature("waves-poisson-log-9", visits ~ factor(wave) + arm + (1 | person_id), waves, "poisson", 9)
quadrature("zero-binomial-logit-9", hurt ~ arm + months + (1 | person_id), zero, "binomial", 9)

for (name in c("waves", "bacteria", "cbpp", "pairs")) {
  formula <- list(waves = hurt ~ factor(wave) + arm + (1 | person_id), bacteria = y ~ drug + week + (1 | person_id),
                  cbpp = sick ~ factor(period) + (1 | person_id), pairs = event ~ treated + (1 | person_id))[[name]]
  laplace(paste0(name, "-binomial-logit-1"), formula, sets[[if (name == "cbpp") "cbpp" else name]], binomial)
}
laplace("waves-binomial-probit-1", hurt ~ factor(wave) + arm + (1 | person_id), waves, binomial(link = "probit"))
laplace("waves-binomial-cloglog-1", hurt ~ factor(wave) + arm + (1 | person_id), waves, binomial(link = "cloglog"))
laplace("waves-poisson-log-1", visits ~ factor(wave) + arm + offset(log_risk) + (1 | person_id), waves, poisson)
laplace("waves-negative_binomial-log-1", nights ~ factor(wave) + arm + (1 | person_id), waves, nbinom2)
laplace("waves-binomial-logit-1-slope", hurt ~ months + arm + (1 + months | person_id), waves, binomial)
laplace("waves-poisson-log-1-slope", visits ~ months + arm + (1 + months | person_id), waves, poisson)
# income in millions and days since 1970: the same fit on a scale that R can manage, turned back by hand
scaled <- transform(waves, income = income / 1e6, day = (day - 19000) / 100)
m <- glmmTMB(hurt ~ income + day + (1 | person_id), scaled, family = binomial, control = tight)
turn <- diag(c(1, 1e-6, 1e-2)); turn[1, 3] <- -190
beta <- setNames(as.numeric(turn %*% fixef(m)$cond), c("(Intercept)", "income", "day"))
keep_fit("waves-binomial-logit-1-scales", as.numeric(logLik(m)), beta, sqrt(diag(turn %*% vcov(m)$cond %*% t(turn))),
         matrix(VarCorr(m)$cond$person_id[1]))
# conditional logistic regression of the pairs: what a good mixed model comes to when people differ much
m <- clogit(event ~ treated + strata(person_id), pairs)
keep("pairs-clogit", "estimate", "treated", coef(m))
keep("pairs-clogit", "std_error", "treated", sqrt(vcov(m)[1, 1]))

write.csv(do.call(rbind, rows), file.path(folder, "values", "glmm.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4")), paste("glmmTMB", packageVersion("glmmTMB")),
             paste("MASS", packageVersion("MASS")), paste("numDeriv", packageVersion("numDeriv")),
             paste("survival", packageVersion("survival"))), file.path(folder, "values", "glmm_versions.txt"))
