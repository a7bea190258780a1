# The numbers that notebooks/3-models-of-change.py shows beside its own.
#
#   Rscript tests/golden/r/notebook_models.R          (from the root of the project; seconds)
#
# The data are the artificial example as the toolkit scores it; tests/docs/test_notebooks.py says if they are no longer the same.
suppressMessages({library(lme4); library(geepack)})
d <- read.csv("tests/golden/data/notebook_models.csv", colClasses = c(person_id = "character"))
d$w <- factor(d$wave)
seen <- d[!is.na(d$injured), ]
seen <- seen[order(seen$person_id, seen$wave), ]
fits <- list(
  lmm = summary(lmer(space ~ w + (1 | person_id), d))$coefficients[, 1:2],
  gee = as.matrix(summary(geeglm(injured ~ w, id = factor(person_id), data = seen, family = binomial,
                                 corstr = "exchangeable", control = geese.control(epsilon = 1e-10, maxit = 100)))$coefficients[, 1:2]),
  glmm = summary(glmer(injured ~ w + (1 | person_id), seen, family = binomial, nAGQ = 9,
                       control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-10)))$coefficients[, 1:2]
)
rows <- do.call(rbind, lapply(names(fits), function(name) data.frame(
  model = name, wave = seq_len(nrow(fits[[name]])),
  estimate = sprintf("%.8g", fits[[name]][, 1]), std_error = sprintf("%.8g", fits[[name]][, 2]))))
write.csv(rows, "notebooks/values/models-in-r.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4")), paste("geepack", packageVersion("geepack"))),
           "tests/golden/values/notebook_models_versions.txt")
