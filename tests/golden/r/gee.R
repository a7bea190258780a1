# Reference values for mixed/gee*.py.
#
#   Rscript tests/golden/r/gee.R          (from the root of the project; about a minute)
#
# Estimates, robust standard errors, scale and working correlation come from geepack, run to a tolerance of
# 1e-13. Small-sample covariances, degrees of freedom and the penalised fit have no maintained R package;
# they are written out below from the papers, one person at a time, with the matrices as printed there:
#   Mancl & DeRouen (2001) Biometrics 57, 126-134
#   Kauermann & Carroll (2001) JASA 96, 1387-1396
#   Fay & Graubard (2001) Biometrics 57, 1198-1206 (bound b = .75; d-tilde)
#   Mondol & Rahman (2019) Statistics in Medicine 38, 2544-2560 (equation 6; scale 1; the gradient of the log
#   determinant by central differences)
suppressMessages({library(geepack); library(MASS)})
control <- geese.control(epsilon = 1e-13, maxit = 1000)
folder <- "tests/golden"

# ---- data -------------------------------------------------------------------------------------------
waves_data <- function() {
  set.seed(20260301)
  people <- 70
  d <- expand.grid(wave = 1:5, person_id = 1:people)
  d$months <- c(0, 3, 6, 12, 24)[d$wave]
  d$arm <- rep(rbinom(people, 1, .5), each = 5)
  d$age <- rep(round(rnorm(people, 35, 9)), each = 5)
  u <- rep(rnorm(people), each = 5)
  eta <- .4 - .25 * (d$wave - 1) - .2 * d$arm * (d$wave - 1) + .02 * (d$age - 35) + u
  d$hurt <- rbinom(nrow(d), 1, plogis(eta))
  d$visits <- rpois(nrow(d), exp(.3 + .3 * eta))
  d$score <- round(20 + 4 * eta + rnorm(nrow(d), 0, 3), 2)
  d$ipw <- round(exp(rnorm(nrow(d), 0, .3)), 3)
  last <- rep(pmin(5, 2 + rgeom(people, .2)), each = 5)   # drops out after wave `last`, never before the second
  d <- d[d$wave <= last, c("person_id", "wave", "months", "arm", "age", "hurt", "visits", "score", "ipw")]
  rownames(d) <- NULL
  d
}
waves <- waves_data()
set.seed(4)
gaps <- waves[runif(nrow(waves)) > .15 | waves$wave == 1, ]  # missed waves in between, people seen once
zero <- waves; zero$hurt[zero$wave == 5] <- 0               # nobody says yes at the last wave
data(ohio); data(respiratory); data(dietox)
respiratory$person_id <- respiratory$id + 1000 * (respiratory$center == 2)
respiratory$wave <- respiratory$visit
respiratory$active <- as.integer(respiratory$treat == "A")
respiratory$male <- as.integer(respiratory$sex == "M")
respiratory$second <- as.integer(respiratory$center == 2)
respiratory <- respiratory[order(respiratory$person_id, respiratory$wave),
                           c("person_id", "wave", "second", "active", "male", "age", "baseline", "outcome")]
dietox <- dietox[order(dietox$Pig, dietox$Time), c("Pig", "Time", "Cu", "Weight")]
names(dietox) <- c("person_id", "wave", "copper", "weight")
dietox$copper <- as.integer(factor(dietox$copper)) - 1
ohio <- data.frame(person_id = ohio$id, wave = ohio$age + 3, age = ohio$age, smoke = ohio$smoke, resp = ohio$resp)
epil <- data.frame(person_id = MASS::epil$subject, wave = MASS::epil$period, y = MASS::epil$y,
                   active = as.integer(MASS::epil$trt == "progabide"),
                   lbase = round(log(MASS::epil$base / 4), 6), lage = round(log(MASS::epil$age), 6))
sets <- list(waves = waves, gaps = gaps, zero = zero, ohio = ohio, respiratory = respiratory,
             dietox = dietox, epil = epil)
for (name in names(sets)) {
  write.csv(sets[[name]], file.path(folder, "data", paste0("gee_", name, ".csv")), row.names = FALSE, quote = FALSE)
}

# ---- the estimating equations, one person at a time ----------------------------------------------------
inverse_link <- list(gaussian = identity, binomial = plogis, poisson = exp)
variance <- list(gaussian = function(m) rep(1, length(m)), binomial = function(m) m * (1 - m), poisson = identity)

working <- function(corstr, alpha, times, levels) {
  m <- length(times)
  if (corstr == "independence" || m == 1) return(diag(m))
  if (corstr == "exchangeable") return(matrix(alpha, m, m) + diag(1 - alpha, m))
  if (corstr == "ar1") return(alpha ^ abs(outer(times, times, "-")))
  full <- diag(length(levels)); full[lower.tri(full)] <- alpha; full <- t(full); full[lower.tri(full)] <- alpha
  full[match(times, levels), match(times, levels)]
}

people <- function(X, y, id, times, w, beta, alpha, phi, family, corstr) {
  levels <- sort(unique(times))
  lapply(split(seq_along(y), id), function(k) {
    Xi <- X[k, , drop = FALSE]; mu <- inverse_link[[family]](drop(Xi %*% beta)); v <- variance[[family]](mu)
    D <- v * Xi
    root <- diag(sqrt(v / w[k]), length(k))
    V <- phi * root %*% working(corstr, alpha, times[k], levels) %*% root
    list(D = D, Vinv = solve(V), r = y[k] - mu)
  })
}

power <- function(A, exponent) {                       # of a matrix with real positive eigenvalues
  e <- eigen(A)
  Re(e$vectors %*% diag(e$values ^ exponent, nrow(A)) %*% solve(e$vectors))
}

small_sample <- function(parts, p) {
  Omega <- lapply(parts, function(i) t(i$D) %*% i$Vinv %*% i$D)
  Vm <- solve(Reduce(`+`, Omega))
  U <- lapply(parts, function(i) t(i$D) %*% i$Vinv %*% i$r)
  leverage <- lapply(parts, function(i) i$D %*% Vm %*% t(i$D) %*% i$Vinv)
  score <- function(exponent) Map(function(i, H) t(i$D) %*% i$Vinv %*% power(diag(nrow(H)) - H, exponent) %*% i$r, parts, leverage)
  H <- lapply(Omega, function(O) diag(1 / sqrt(1 - pmin(.75, diag(O %*% Vm)))))
  U_fg <- Map(function(h, u) h %*% u, H, U)
  meat <- function(U) Reduce(`+`, lapply(U, tcrossprod))
  se <- function(U) sqrt(diag(Vm %*% meat(U) %*% Vm))
  # d-tilde of Fay & Graubard: Psi_i = share of the information on c'beta times the summed (corrected) meat
  df <- function(U, H) sapply(seq_len(p), function(j) {
    C <- diag(p)[, j, drop = FALSE]; K <- length(parts)
    w <- sapply(Omega, function(O) drop(t(C) %*% (solve(solve(Vm) - O) - Vm) %*% C))
    S <- meat(U)
    G <- diag(p * K); M <- Psi <- matrix(0, p * K, p * K)
    for (i in seq_len(K)) {
      k <- (i - 1) * p + seq_len(p)
      G[k, ] <- G[k, ] - matrix(rep(Omega[[i]] %*% Vm, K), p)
      M[k, k] <- t(H[[i]]) %*% Vm %*% C %*% t(C) %*% Vm %*% H[[i]]
      Psi[k, k] <- w[i] / sum(w) * S
    }
    P <- Psi %*% t(G) %*% M %*% G
    sum(diag(P)) ^ 2 / sum(P * t(P))
  })
  eye <- lapply(H, function(h) diag(p))
  # the corrections of Mancl & DeRouen and of Kauermann & Carroll as a matrix in front of U_i
  front <- function(exponent) lapply(Omega, function(O) power(diag(p) - O %*% Vm, exponent))
  list(se_robust = se(U), se_md = se(score(-1)), se_kc = se(score(-.5)), se_fg = se(U_fg),
       se_naive = sqrt(diag(Vm)),
       df_robust = df(U, eye), df_fg = df(U_fg, H), df_md = df(score(-1), front(-1)), df_kc = df(score(-.5), front(-.5)))
}

penalised <- function(X, y, id, times, corstr, family = "binomial") {
  beta <- rep(0, ncol(X)); alpha <- 0; w <- rep(1, length(y))
  info <- function(b, a) Reduce(`+`, lapply(people(X, y, id, times, w, b, a, 1, family, corstr), function(i) t(i$D) %*% i$Vinv %*% i$D))
  for (step in 1:500) {
    parts <- people(X, y, id, times, w, beta, alpha, 1, family, corstr)
    U <- Reduce(`+`, lapply(parts, function(i) t(i$D) %*% i$Vinv %*% i$r))
    h <- 1e-4
    gradient <- sapply(seq_along(beta), function(j) {
      e <- replace(rep(0, length(beta)), j, h); f <- function(k) determinant(info(beta + k * e, alpha))$modulus
      (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * h)
    })
    delta <- drop(solve(info(beta, alpha), U + gradient / 2))
    beta <- beta + delta / max(1, max(abs(delta)))
    if (corstr == "exchangeable") {
      mu <- inverse_link[[family]](drop(X %*% beta)); r <- (y - mu) / sqrt(variance[[family]](mu))
      n <- tapply(r, id, length)
      new <- sum((tapply(r, id, sum) ^ 2 - tapply(r ^ 2, id, sum)) / 2) / sum(n * (n - 1) / 2)
    } else new <- 0
    if (max(abs(delta), abs(new - alpha)) < 1e-10) break
    alpha <- new
  }
  list(estimate = beta, alpha = alpha, se_naive = sqrt(diag(solve(info(beta, alpha)))))
}

# ---- cases ---------------------------------------------------------------------------------------------
rows <- list()
store <- function(case, quantity, term, value) {
  term <- gsub("factor\\((\\w+)\\)([^:]+)", "C(\\1)[T.\\2]", sub("(Intercept)", "Intercept", term, fixed = TRUE))
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, term, value = sprintf("%.12g", value))
}

run <- function(set, formula, family, corstr, weighted = FALSE, small = TRUE,
                label = if (weighted) "ipw" else "plain") {
  d <- sets[[set]]; d$w <- if (weighted) d$ipw else rep(1, nrow(d))
  case <- paste(set, family, corstr, label, sep = "-")
  fit <- geeglm(formula, data = d, id = person_id, waves = wave, family = get(family), corstr = corstr,
                weights = w, control = control)
  terms <- names(coef(fit))
  store(case, "estimate", terms, coef(fit))
  store(case, "se_geepack", terms, summary(fit)$coefficients[, "Std.err"])
  store(case, "scale", "", fit$geese$gamma)
  if (corstr != "independence") store(case, "alpha", as.character(seq_along(fit$geese$alpha)), fit$geese$alpha)
  if (!small) return(invisible())
  X <- model.matrix(formula, d); y <- d[[as.character(formula[[2]])]]
  parts <- people(X, y, d$person_id, d$wave, d$w, coef(fit), fit$geese$alpha, fit$geese$gamma, family, corstr)
  values <- small_sample(parts, ncol(X))
  for (quantity in names(values)) store(case, quantity, terms, values[[quantity]])
}

for (corstr in c("independence", "exchangeable", "ar1", "unstructured")) {
  small <- corstr == "exchangeable"
  for (weighted in c(FALSE, TRUE)) {
    run("waves", hurt ~ factor(wave) * arm + age, "binomial", corstr, weighted, small)
    run("waves", visits ~ factor(wave) + arm + age, "poisson", corstr, weighted, small)
    run("waves", score ~ factor(wave) + arm + age, "gaussian", corstr, weighted, small)
  }
  run("ohio", resp ~ age * smoke, "binomial", corstr, small = FALSE)
  run("respiratory", outcome ~ second + active + male + age + baseline, "binomial", corstr, small = small)
  run("epil", y ~ lbase * active + lage, "poisson", corstr, small = small)
  # geepack 1.3.9 ends with a segmentation fault for an unstructured correlation of waves with gaps
  if (corstr != "unstructured") {
    run("gaps", hurt ~ factor(wave) + arm, "binomial", corstr, small = corstr == "ar1")
    run("dietox", weight ~ wave * copper, "gaussian", corstr, small = FALSE)
  }
}
for (corstr in c("exchangeable", "ar1")) {   # counts with time at risk
  run("waves", visits ~ factor(wave) + arm + offset(log(ipw)), "poisson", corstr, small = FALSE, label = "offset")
}
for (corstr in c("independence", "exchangeable")) {
  X <- model.matrix(hurt ~ factor(wave) + arm, zero)
  fit <- penalised(X, zero$hurt, zero$person_id, zero$wave, corstr)
  case <- paste("zero-binomial", corstr, "firth", sep = "-")
  store(case, "estimate", colnames(X), fit$estimate)
  store(case, "se_naive", colnames(X), fit$se_naive)
  if (corstr == "exchangeable") store(case, "alpha", "1", fit$alpha)
  X <- model.matrix(visits ~ factor(wave) + arm, waves)
  fit <- penalised(X, waves$visits, waves$person_id, waves$wave, corstr, "poisson")
  case <- paste("waves-poisson", corstr, "firth", sep = "-")
  store(case, "estimate", colnames(X), fit$estimate)
  store(case, "se_naive", colnames(X), fit$se_naive)
}
write.csv(do.call(rbind, rows), file.path(folder, "values", "gee.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("geepack", packageVersion("geepack")), paste("MASS", packageVersion("MASS"))),
           file.path(folder, "values", "gee_versions.txt"))
