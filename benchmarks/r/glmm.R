# lme4::glmer with 9 nodes for benchmarks/mixed.py: data, answer, repeats
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1]); data$wave <- factor(data$wave); data$site <- factor(data$site)
formula <- hurt ~ wave * arm + age + site + (1 | person_id)
seconds <- replicate(as.integer(arguments[3]), {
  gc(); system.time(fit <<- suppressWarnings(glmer(formula, data, family = binomial, nAGQ = 9)))[["elapsed"]]
})
names <- sub("(Intercept)", "Intercept", names(fixef(fit)), fixed = TRUE)
out <- rbind(data.frame(kind = "seconds", name = "seconds", value = median(seconds)),
             data.frame(kind = "llf", name = "llf", value = as.numeric(logLik(fit))),
             data.frame(kind = "estimate", name = names, value = unname(fixef(fit))),
             data.frame(kind = "std_error", name = names, value = sqrt(diag(as.matrix(vcov(fit))))))
out$value <- format(out$value, digits = 15)
write.csv(out, arguments[2], row.names = FALSE, quote = FALSE)
