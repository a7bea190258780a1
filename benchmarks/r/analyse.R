# The default plan's estimates in R, for benchmarks/analyse.py: folder, imputations, iterations
suppressMessages({library(haven); library(lme4); library(lmerTest); library(nlme); library(ordinal); library(geepack); library(mice)})
options(warn = -1)
arguments <- commandArgs(TRUE)
m <- as.integer(arguments[2]); iterations <- as.integer(arguments[3])
seconds <- c(); estimates <- NULL
timed <- function(step, code) {                       # of the processor: other work on the machine does not count
  spent <- system.time(found <- try(code, silent = TRUE))
  seconds[step] <<- sum(seconds[step], spent[c("user.self", "sys.self")], na.rm = TRUE)
  found
}
keep <- function(name, model, found) {                # change from the first to the last wave, and its standard error
  if (is.numeric(found) && length(found) == 2)
    estimates <<- rbind(estimates, data.frame(name, model, estimate = found[[1]], std_error = found[[2]]))
}
invisible(timed("read", {
  data <- as.data.frame(read_sav(file.path(arguments[1], "outcomes.sav")))
  tasks <- read.csv(file.path(arguments[1], "tasks.csv"))
}))
data$wave <- factor(data$wave)
last <- tail(levels(data$wave), 1)
change <- function(beta, V) {                        # last wave against the first, with its standard error
  k <- grep(paste0("^wave", last, "$"), names(beta))
  c(beta[k], sqrt(V[k, k]))
}
points <- function(beta, V) {                        # the same in percentage points, by the delta method
  waves <- diag(length(beta)); waves[, 1] <- 1
  p <- plogis(drop(waves %*% beta)); slope <- waves * p * (1 - p)
  gradient <- slope[nrow(slope), ] - slope[1, ]
  c(p[length(p)] - p[1], sqrt(drop(gradient %*% V %*% gradient)))
}
fit <- function(model, d, kind) {
  if (model == "gee") {
    f <- geeglm(value ~ wave, data = d, id = person_id, family = binomial, corstr = "exchangeable"); points(coef(f), vcov(f))
  } else if (model == "glmm" && kind == "binary") {
    f <- glmer(value ~ wave + (1 | person_id), d, family = binomial, nAGQ = 9); points(fixef(f), as.matrix(vcov(f)))
  } else if (model == "glmm") {
    f <- glmer.nb(value ~ wave + (1 | person_id), d); change(fixef(f), as.matrix(vcov(f)))
  } else if (model == "lmm") {
    f <- lmerTest::lmer(value ~ wave + (1 | person_id), d); coef(summary(f)); change(fixef(f), as.matrix(vcov(f)))
  } else if (model == "mmrm") {
    f <- gls(value ~ wave, d, correlation = corSymm(form = ~ as.integer(wave) | person_id), weights = varIdent(form = ~ 1 | wave))
    change(coef(f), vcov(f))
  } else {
    d$value <- factor(d$value); d$person_id <- factor(d$person_id)
    f <- clmm(value ~ wave + (1 | person_id), data = d, nAGQ = 10); coef(summary(f))
  }
}
impute <- function(wide, kind) {
  if (kind == "binary") wide[] <- lapply(wide, factor)
  done <- mice(wide, m = m, maxit = iterations, method = if (kind == "binary") "logreg" else "pmm", printFlag = FALSE, seed = 1)
  by_data <- lapply(seq_len(m), function(i) {
    x <- complete(done, i); d <- as.numeric(as.character(x[[ncol(x)]])) - as.numeric(as.character(x[[1]]))
    c(mean(d), var(d) / length(d))
  })
  q <- sapply(by_data, `[`, 1); u <- sapply(by_data, `[`, 2)
  pooled <- pool.scalar(q, u, n = nrow(wide), k = 1)
  c(pooled$qbar, sqrt(pooled$t))
}
for (i in seq_len(nrow(tasks))) {
  task <- tasks[i, ]
  d <- data.frame(person_id = data$person_id, wave = data$wave, value = as.numeric(data[[task$name]]))
  seen <- d[!is.na(d$value), ]
  seen <- seen[order(seen$person_id, seen$wave), ]
  wide <- reshape(d, idvar = "person_id", timevar = "wave", direction = "wide")[, -1]
  timed("describe", {
    tapply(seen$value, seen$wave, function(x) c(mean(x), sd(x), length(x)))
    both <- wide[complete.cases(wide[, c(1, ncol(wide))]), ]
    if (task$kind == "binary") {
      for (x in split(seen$value, seen$wave)) prop.test(sum(x), length(x), correct = FALSE)
      mcnemar.test(table(factor(both[[1]], 0:1), factor(both[[ncol(wide)]], 0:1)))
    } else { t.test(both[[ncol(wide)]], both[[1]], paired = TRUE); wilcox.test(both[[ncol(wide)]], both[[1]], paired = TRUE, exact = FALSE) }
  })
  for (model in strsplit(task$models, " ")[[1]]) keep(task$name, model, timed(model, fit(model, seen, task$kind)))
  if (task$impute == 1) keep(task$name, "impute", timed("impute", impute(wide, task$kind)))
  # After each outcome: if R is ended, what it had done by then can be read.
  write.csv(estimates, file.path(arguments[1], "estimates.csv"), row.names = FALSE)
  write.csv(data.frame(step = names(seconds), seconds = seconds), file.path(arguments[1], "seconds.csv"), row.names = FALSE)
  write.csv(data.frame(done = seq_len(i), of = nrow(tasks)), file.path(arguments[1], "done.csv"), row.names = FALSE)
}
