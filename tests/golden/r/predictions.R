# Reference values for mixed/predictions*.py and mixed/contrasts*.py.
#
#   Rscript tests/golden/r/predictions.R          (from the root of the project, after gee.R: it uses its data)
#
# Response scale: counterfactual averages written out (everyone set to each wave, predictions averaged), with the
# delta method by differences in the parameters; once with each row counting, once with each person. For glmer the
# integral over people is by stats::integrate and the covariance of (theta, beta) comes from its deviance Hessian.
# Link scale and linear models: emmeans, with covariates at their means (arm too: cov.keep is empty).
suppressMessages({library(geepack); library(emmeans); library(lme4)})
folder <- "tests/golden"
rows <- list()
store <- function(case, term, estimate, se, df = Inf) {
  rows[[length(rows) + 1]] <<- data.frame(case, term, estimate = sprintf("%.12g", estimate),
                                          std_error = sprintf("%.12g", se), df = sprintf("%.12g", df))
}
central <- function(f, x, h = 1e-4) {
  sapply(seq_along(x), function(j) {
    e <- replace(rep(0, length(x)), j, h)
    (8 * (f(x + e) - f(x - e)) - (f(x + 2 * e) - f(x - 2 * e))) / (12 * h)
  })
}
waves <- read.csv(file.path(folder, "data/gee_waves.csv"))
weights <- list(rows = rep(1 / nrow(waves), nrow(waves)))
weights$people <- (1 / ave(waves$wave, waves$person_id, FUN = length)) / length(unique(waves$person_id))
at_wave <- function(formula, d) lapply(1:5, function(w) model.matrix(delete.response(terms(formula)), within(d, wave <- factor(w, levels = 1:5))))
waves$wave <- factor(waves$wave)

control <- geese.control(epsilon = 1e-13, maxit = 1000)
gee_case <- function(name, formula, family, inverse) {
  fit <- geeglm(formula, data = waves, id = person_id, family = family, corstr = "exchangeable", control = control)
  X <- at_wave(formula, waves); V <- vcov(fit); b <- coef(fit)
  for (over in names(weights)) {
    mean_at <- function(w) function(beta) sum(weights[[over]] * inverse(drop(X[[w]] %*% beta)))
    J <- t(sapply(1:5, function(w) central(mean_at(w), b)))
    estimate <- sapply(1:5, function(w) mean_at(w)(b))
    case <- paste(name, "response", over, sep = "-")
    store(case, paste0("wave=", 1:5), estimate, sqrt(diag(J %*% V %*% t(J))))
    L <- cbind(-1, diag(4)); K <- L %*% J
    store(case, paste0("wave=", 2:5, " - wave=1"), drop(L %*% estimate), sqrt(diag(K %*% V %*% t(K))))
  }
  grid <- emmeans(fit, ~ wave, cov.keep = character(0))
  link <- as.data.frame(summary(contrast(grid, "revpairwise", adjust = "none")))
  pairs <- combn(5, 2)
  store(paste(name, "link-rows", sep = "-"), paste0("wave=", pairs[2, ], " - wave=", pairs[1, ]),
        link$estimate[match(paste0("wave", pairs[2, ], " - wave", pairs[1, ]), link$contrast)],
        link$SE[match(paste0("wave", pairs[2, ], " - wave", pairs[1, ]), link$contrast)])
  marginal <- as.data.frame(summary(grid))
  store(paste(name, "link-rows", sep = "-"), paste0("wave=", 1:5), marginal$emmean, marginal$SE)
}
gee_case("gee_binomial", hurt ~ wave + arm + age, binomial, plogis)
gee_case("gee_poisson", visits ~ wave + arm + age, poisson, exp)
gee_case("gee_gaussian", score ~ wave + arm + age, gaussian, identity)

# difference in differences on the percentage-point scale
formula <- hurt ~ wave * arm + age
fit <- geeglm(formula, data = waves, id = person_id, family = binomial, corstr = "exchangeable", control = control)
X <- lapply(0:1, function(a) at_wave(formula, within(waves, arm <- a)))
cell <- function(a, w) function(beta) sum(weights$people * plogis(drop(X[[a + 1]][[w]] %*% beta)))
for (w in 2:5) {
  did <- function(beta) (cell(1, w)(beta) - cell(1, 1)(beta)) - (cell(0, w)(beta) - cell(0, 1)(beta))
  g <- central(did, coef(fit))
  store("gee_did-response-people", sprintf("wave=%d - wave=1, arm=1 - arm=0", w), did(coef(fit)), sqrt(drop(g %*% vcov(fit) %*% g)))
}

# mixed logistic, integrated over people, and for a typical person
fit <- glmer(hurt ~ wave + arm + (1 | person_id), waves, family = binomial, nAGQ = 25,
             control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
# the covariance of (sd, beta) needs more digits than the Hessian that glmer keeps
deviance_at <- update(fit, devFunOnly = TRUE)
center <- c(getME(fit, "theta"), fixef(fit))
hessian <- function(f, x, h = 2e-3) {
  k <- length(x); E <- diag(k) * h; H <- matrix(0, k, k)
  for (i in 1:k) for (j in 1:k)
    H[i, j] <- (f(x + E[i, ] + E[j, ]) - f(x + E[i, ] - E[j, ]) - f(x - E[i, ] + E[j, ]) + f(x - E[i, ] - E[j, ])) / (4 * h^2)
  H
}
V <- 2 * solve(hessian(deviance_at, center))
X <- at_wave(hurt ~ wave + arm, waves)
integral <- function(eta, sd) integrate(function(z) plogis(eta + sd * z) * dnorm(z), -12, 12, rel.tol = 1e-11, abs.tol = 0)$value
average <- function(w, population) function(par) {
  key <- drop(X[[w]] %*% par[-1]); eta <- unique(key); share <- tapply(weights$people, factor(key, levels = eta), sum)
  sum(share * if (population) sapply(eta, integral, sd = par[1]) else plogis(eta))
}
for (population in c(TRUE, FALSE)) {
  J <- t(sapply(1:5, function(w) central(average(w, population), center)))
  estimate <- sapply(1:5, function(w) average(w, population)(center))
  case <- paste("glmm", if (population) "population" else "typical", "people", sep = "-")
  store(case, paste0("wave=", 1:5), estimate, sqrt(diag(J %*% V %*% t(J))))
  L <- cbind(-1, diag(4)); K <- L %*% J
  store(case, paste0("wave=", 2:5, " - wave=1"), drop(L %*% estimate), sqrt(diag(K %*% V %*% t(K))))
}

# linear mixed model: emmeans with Satterthwaite degrees of freedom
suppressMessages(library(lmerTest))
fit <- lmerTest::lmer(score ~ wave * arm + age + (1 | person_id), waves,
                      control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
grid <- emmeans(fit, ~ wave, lmer.df = "satterthwaite", cov.keep = character(0))
marginal <- as.data.frame(summary(grid))
store("lmm-response-rows", paste0("wave=", 1:5), marginal$emmean, marginal$SE, marginal$df)
steps <- as.data.frame(summary(contrast(grid, "consec", adjust = "none")))
store("lmm-response-rows", paste0("wave=", 2:5, " - wave=", 1:4), steps$estimate, steps$SE, steps$df)

write.csv(do.call(rbind, rows), file.path(folder, "values", "predictions.csv"), row.names = FALSE, quote = c(1, 2))
versions <- sapply(c("geepack", "emmeans", "lme4", "lmerTest"), function(p) paste(p, packageVersion(p)))
writeLines(c(R.version.string, versions), file.path(folder, "values", "predictions_versions.txt"))

# p value adjustments
p <- c(.012, .034, .2, .00071, .034, .6)
write.csv(data.frame(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"), bonferroni = p.adjust(p, "bonferroni"), none = p),
          file.path(folder, "values", "adjust.csv"), row.names = FALSE)
