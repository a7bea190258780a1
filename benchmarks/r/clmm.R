# ordinal::clmm with 10 nodes for benchmarks/mixed.py: data, answer, repeats
suppressMessages(library(ordinal))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1])
for (name in c("grade", "wave", "site", "person_id")) data[[name]] <- factor(data[[name]])
formula <- grade ~ wave * arm + age + site + (1 | person_id)
seconds <- replicate(as.integer(arguments[3]), {
  gc(); system.time(fit <<- suppressWarnings(clmm(formula, data = data, nAGQ = 10)))[["elapsed"]]
})
names <- names(fit$beta)
out <- rbind(data.frame(kind = "seconds", name = "seconds", value = median(seconds)),
             data.frame(kind = "llf", name = "llf", value = as.numeric(logLik(fit))),
             data.frame(kind = "estimate", name = names, value = unname(fit$beta)),
             data.frame(kind = "std_error", name = names, value = sqrt(diag(vcov(fit)))[names]))
out$value <- format(out$value, digits = 15)
write.csv(out, arguments[2], row.names = FALSE, quote = FALSE)
