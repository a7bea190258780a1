# Reference values for mirabal_toolkit.mixed.lmm from lme4, lmerTest and pbkrtest.
# Run from the top of the repository:  Rscript tests/golden/r/lmm_fits.R
suppressMessages({library(lmerTest); library(pbkrtest); library(nlme)})
options(digits = 15, warn = 1)
folder <- "tests/golden/values"

# ---- data: two public sets and generated waves with drop-out -------------------------------------
set.seed(20240517)
keep_data <- function(data, name) {
  write.csv(data, file.path("tests/golden/data", paste0("lmm_", name, ".csv")), row.names = FALSE)
  data
}
waves <- function(n, sd_intercept, sd_slope, sd_rest, dropout = 0.4) {
  months <- c(0, 3, 6, 12, 24)
  data <- expand.grid(wave = 1:5, person_id = 1:n)[, 2:1]
  data$months <- months[data$wave]
  data$arm <- rep(rbinom(n, 1, 0.5), each = 5)
  data$age <- rep(round(rnorm(n, 37, 9), 1), each = 5)
  level <- rep(rnorm(n, 0, sd_intercept), each = 5)
  slope <- rep(rnorm(n, 0, sd_slope), each = 5)
  data$score <- round(20 - 1.2 * log1p(data$months) - 0.8 * data$arm * (data$wave > 1) + 0.03 * data$age + level +
    slope * data$months + rnorm(nrow(data), 0, sd_rest), 3)
  leaves_after <- rep(ifelse(runif(n) < dropout, sample(1:4, n, TRUE), 5), each = 5)
  skips <- runif(nrow(data)) < 0.05 & data$wave > 1
  data[data$wave <= leaves_after & !skips, ]
}
data(sleepstudy, package = "lme4"); data(Pastes, package = "lme4")
sets <- list(
  sleepstudy = sleepstudy,
  orthodont = as.data.frame(Orthodont)[, c("distance", "age", "Subject", "Sex")],
  pastes = Pastes[, c("strength", "batch", "cask")],
  waves = waves(120, 2.2, 0.09, 1.6),
  zero = waves(60, 0, 0, 2),
  two = data.frame(person_id = rep(c("a", "b"), each = 6), t = rep(0:5, 2),
                   y = c(3.1, 2.6, 3.3, 2.2, 1.9, 1.4, 5.2, 4.9, 4.1, 4.4, 3.9, 3.6))
)
sets$real <- within(sets$waves, {
  t <- round(pmax(0, months + rnorm(length(months), 0, 0.7)), 4)
})
sets$wide <- within(sets$waves, {
  days <- 45000 + months * 30.4375
  income <- round(exp(rnorm(length(months), 14, 0.8)))
})
# people more alike than chance allows: the variance between them is estimated as zero
sets$zero <- within(sets$zero, score <- round(score - 0.6 * (ave(score, person_id) - mean(score)), 3))
sets <- Map(keep_data, sets, names(sets))

# ---- fits -----------------------------------------------------------------------------------------
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.02, rhoend = 1e-9, maxfun = 1e5),
                     check.conv.singular = "ignore", check.scaleX = "ignore", check.conv.grad = "ignore",
                     check.conv.hess = "ignore")
cases <- list(
  list("sleepstudy_slope", "sleepstudy", Reaction ~ Days + (Days | Subject)),
  list("sleepstudy_intercept", "sleepstudy", Reaction ~ Days + (1 | Subject)),
  list("orthodont_slope", "orthodont", distance ~ age * Sex + (age | Subject)),
  list("waves_slope", "waves", score ~ factor(wave) * arm + age + (months | person_id)),
  list("waves_intercept", "waves", score ~ factor(wave) * arm + age + (1 | person_id)),
  list("zero_intercept", "zero", score ~ factor(wave) * arm + (1 | person_id)),
  list("two_people", "two", y ~ t + (1 | person_id)),
  list("real_times", "real", score ~ t * arm + age + (t | person_id)),
  list("wide_scale", "wide", score ~ days + income + arm + (days | person_id)),
  list("pastes_nested", "pastes", strength ~ 1 + (1 | batch / cask))
)
rows <- list()
note <- function(case, method, kind, name, value) {
  rows[[length(rows) + 1]] <<- data.frame(case, method, kind, name, value = format(value, digits = 15))
}
for (case in cases) for (reml in c(TRUE, FALSE)) {
  name <- case[[1]]; method <- if (reml) "REML" else "ML"
  data <- sets[[case[[2]]]]
  if (name == "wide_scale") {
    # lme4 itself needs days and income in small units; estimates are put back on the wide scale below
    data$days <- (data$days - 45000) / 365.25; data$income <- data$income / 1e6
  }
  fit <- lmer(case[[3]], data, REML = reml, control = tight)
  table <- coef(summary(fit, ddf = "Satterthwaite"))
  if (name == "wide_scale") {
    back <- diag(4); back[1, 2] <- -45000 / 365.25; back[2, 2] <- 1 / 365.25; back[3, 3] <- 1e-6
    estimate <- back %*% fixef(fit); se <- sqrt(diag(back %*% as.matrix(vcov(fit)) %*% t(back)))
    for (j in 2:4) {
      note(name, method, "estimate", names(fixef(fit))[j], estimate[j])
      note(name, method, "std_error", names(fixef(fit))[j], se[j])
      note(name, method, "df_satterthwaite", names(fixef(fit))[j], table[j, "df"])
    }
    llf <- as.numeric(logLik(fit))
    if (reml) llf <- llf + log(abs(det(back))) # log|X'V^-1 X| moves with the scale of the columns
    note(name, method, "llf", "llf", llf)
    note(name, method, "scale", "residual", sigma(fit)^2)
    next
  }
  note(name, method, "llf", "llf", as.numeric(logLik(fit)))
  note(name, method, "scale", "residual", sigma(fit)^2)
  for (j in rownames(table)) {
    note(name, method, "estimate", j, table[j, "Estimate"])
    note(name, method, "std_error", j, table[j, "Std. Error"])
    note(name, method, "df_satterthwaite", j, table[j, "df"])
  }
  for (g in names(VarCorr(fit))) {
    V <- as.matrix(VarCorr(fit)[[g]])
    for (a in seq_len(nrow(V))) for (b in seq_len(a)) {
      note(name, method, "cov_re", paste(g, rownames(V)[a], rownames(V)[b], sep = "/"), V[a, b])
    }
  }
  if (reml && !isSingular(fit) && name != "pastes_nested") {
    kr <- coef(summary(fit, ddf = "Kenward-Roger"))
    for (j in rownames(kr)) {
      note(name, method, "df_kenward_roger", j, kr[j, "df"])
      note(name, method, "std_error_kenward_roger", j, kr[j, "Std. Error"])
    }
  }
  modes <- ranef(fit)[[1]]
  for (i in c(1, nrow(modes))) note(name, method, "mode", rownames(modes)[i], modes[i, 1])
}

# ---- joint tests, likelihood-ratio tests, profile intervals ------------------------------------
full <- lmer(score ~ factor(wave) * arm + age + (months | person_id), sets$waves, control = tight)
inter <- grep(":arm", names(fixef(full)))
L <- diag(length(fixef(full)))[inter, ]
sat <- lmerTest::contest(full, L)
note("waves_slope", "REML", "f_satterthwaite", c("F", "df_numerator", "df_denominator"),
     unlist(sat[c("F value", "NumDF", "DenDF")]))
kr <- KRmodcomp(full, L)$test["Ftest", ]
note("waves_slope", "REML", "f_kenward_roger", c("F", "df_numerator", "df_denominator"),
     unlist(kr[c("stat", "ndf", "ddf")]))
ml <- lme4::lmer(score ~ factor(wave) * arm + age + (1 | person_id), sets$waves, REML = FALSE, control = tight)
profile <- confint(profile(ml, delta.cutoff = 1 / 16), level = 0.95)
for (j in rownames(profile)) note("waves_intercept", "ML", "profile", paste(j, c("low", "high")), profile[j, ])
slow <- lme4::lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE, control = tight)
profile <- confint(profile(slow, delta.cutoff = 1 / 16), level = 0.95)
for (j in rownames(profile)) note("sleepstudy_slope", "ML", "profile", paste(j, c("low", "high")), profile[j, ])

write.csv(do.call(rbind, rows), file.path(folder, "lmm_values.csv"), row.names = FALSE, quote = FALSE)
packages <- c("lme4", "lmerTest", "pbkrtest", "nlme")
versions <- sapply(packages, function(p) as.character(packageVersion(p)))
writeLines(c(R.version.string, paste(packages, versions), "", "regenerate: Rscript tests/golden/r/lmm_fits.R"),
           file.path(folder, "lmm_versions.txt"))
