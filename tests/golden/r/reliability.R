# Golden values of the reliability coefficients, from R's psych package.
# Run from the top of the checkout:  Rscript tests/golden/r/reliability.R
library(psych)

out <- "tests/golden/values"

# Items of a scale 0 to 4, as factor models give them; one scale has an item that hardly belongs, one is short.
make <- function(seed, n, loadings) {
  set.seed(seed)
  factor <- rnorm(n)
  cuts <- c(-Inf, -1.1, -0.3, 0.4, 1.2, Inf)
  data <- sapply(loadings, function(l) {
    latent <- l * factor + sqrt(1 - l^2) * rnorm(n)
    as.numeric(cut(latent, cuts)) - 1
  })
  colnames(data) <- paste0("i", seq_along(loadings))
  as.data.frame(data)
}

scales <- list(
  even = make(1, 60, rep(0.7, 5)),
  mixed = make(2, 250, c(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1)),
  short = make(8, 60, c(0.8, 0.6, 0.5))
)

rows <- list()
put <- function(scale, what, item, value) {
  rows[[length(rows) + 1]] <<- data.frame(scale = scale, what = what, item = item, value = sprintf("%.12g", value))
}

for (name in names(scales)) {
  data <- scales[[name]]
  write.csv(data, file.path(out, paste0("reliability_data_", name, ".csv")), row.names = FALSE)
  a <- psych::alpha(data, warnings = FALSE)
  put(name, "alpha", "", a$total$raw_alpha)
  put(name, "alpha_low", "", a$feldt$lower.ci[[1]])
  put(name, "alpha_high", "", a$feldt$upper.ci[[1]])
  put(name, "average_r", "", a$total$average_r)
  for (k in seq_along(data)) {
    put(name, "item_rest", names(data)[k], a$item.stats$r.drop[k])
    put(name, "alpha_without", names(data)[k], a$alpha.drop$raw_alpha[k])
  }
  f <- psych::fa(data, nfactors = 1, fm = "minres")
  l <- as.numeric(f$loadings) * sign(sum(f$loadings))
  for (k in seq_along(data)) put(name, "loading", names(data)[k], l[k])
  s <- apply(data, 2, sd)
  put(name, "omega", "", sum(l * s)^2 / (sum(l * s)^2 + sum((1 - l^2) * s^2)))
}

write.csv(do.call(rbind, rows), file.path(out, "reliability.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("psych", packageVersion("psych"))), file.path(out, "reliability_versions.txt"))
