# nlme::gls for benchmarks/mixed.py: data, answer, repeats
suppressMessages(library(nlme))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1]); data$wavef <- factor(data$wave)
seconds <- replicate(as.integer(arguments[3]), {
  gc()
  system.time(fit <<- gls(score ~ wavef * arm + age, data, correlation = corSymm(form = ~ wave | person_id),
                          weights = varIdent(form = ~ 1 | wave)))[["elapsed"]]
})
names <- sub("wavef", "wave", sub("(Intercept)", "Intercept", names(coef(fit)), fixed = TRUE))
out <- rbind(data.frame(kind = "seconds", name = "seconds", value = median(seconds)),
             data.frame(kind = "llf", name = "llf", value = as.numeric(logLik(fit))),
             data.frame(kind = "estimate", name = names, value = unname(coef(fit))),
             data.frame(kind = "std_error", name = names, value = sqrt(diag(vcov(fit)))))
out$value <- format(out$value, digits = 15)
write.csv(out, arguments[2], row.names = FALSE, quote = FALSE)
