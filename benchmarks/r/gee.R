# Rscript gee.R data.csv answer.csv repeats: logit GEE by geepack, exchangeable
suppressMessages(library(geepack))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1])
data$wave <- factor(data$wave)
fit_once <- function(...) geeglm(hurt ~ wave * arm + age, data = data, id = person_id, family = binomial,
                                 corstr = "exchangeable", ...)
# timed with geepack's own stopping rule (1e-4); compared after running to the end
seconds <- sapply(seq_len(as.integer(arguments[3])), function(i) system.time(fit_once())[["elapsed"]])
fit <- fit_once(control = geese.control(epsilon = 1e-12, maxit = 100))
table <- summary(fit)$coefficients
name <- sub("(Intercept)", "Intercept", rownames(table), fixed = TRUE)
write.csv(data.frame(kind = c("seconds", "llf", rep("estimate", nrow(table)), rep("std_error", nrow(table))),
                     name = c("seconds", "llf", name, name),
                     value = c(median(seconds), NA, table[, "Estimate"], table[, "Std.err"])),
          arguments[2], row.names = FALSE)
