# lme4 for benchmarks/mixed.py: data, answer, repeats
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1]); data$site <- factor(data$site)
formula <- score ~ months * arm + age + site + x1 + x2 + x3 + x4 + x5 + x6 + (months | person_id)
seconds <- replicate(as.integer(arguments[3]), {
  gc(); system.time(fit <<- suppressWarnings(lmer(formula, data)))[["elapsed"]]
})
names <- sub("(Intercept)", "Intercept", names(fixef(fit)), fixed = TRUE)
out <- rbind(data.frame(kind = "seconds", name = "seconds", value = median(seconds)),
             data.frame(kind = "llf", name = "llf", value = as.numeric(logLik(fit))),
             data.frame(kind = "estimate", name = names, value = unname(fixef(fit))),
             data.frame(kind = "std_error", name = names, value = sqrt(diag(as.matrix(vcov(fit))))))
out$value <- format(out$value, digits = 15)
write.csv(out, arguments[2], row.names = FALSE, quote = FALSE)
