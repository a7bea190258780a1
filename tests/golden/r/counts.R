# Reference values for mirabal_toolkit/mixed/counts.py and models/paired.py. Run from the top folder:
#   Rscript tests/golden/r/counts.R
# Base R only. Newcombe's paired interval is written out from the paper (Stat Med 1998; 17: 2635-50, method 10);
# the published worked value 1/1/7/12 (Bentur et al. 2009, in Fagerland, Lydersen & Laake 2014, Table IV) is
# asserted separately in the test.
out <- "tests/golden/values"
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))

wilson <- function(x, n, level = 0.95) {
  z <- qnorm((1 + level) / 2)
  centre <- (x + z^2 / 2) / (n + z^2)
  half <- z / (n + z^2) * sqrt(x * (n - x) / n + z^2 / 4)
  c(centre - half, centre + half)
}

one <- data.frame()
for (case in list(c(0, 10), c(1, 29), c(5, 50), c(15, 148), c(81, 263), c(60, 120), c(119, 120), c(120, 120), c(3, 1000))) {
  x <- case[1]; n <- case[2]
  score <- suppressWarnings(prop.test(x, n, correct = FALSE)$conf.int)
  stopifnot(max(abs(pmin(pmax(wilson(x, n), 0), 1) - score)) < 1e-10)
  two_sided <- binom.test(x, n)$conf.int
  side <- if (x == 0) binom.test(x, n, alternative = "less")$conf.int else
    if (x == n) binom.test(x, n, alternative = "greater")$conf.int else two_sided
  one <- rbind(one, data.frame(count = x, n = n, wilson_low = number(score[1]), wilson_high = number(score[2]),
                               exact_low = number(side[1]), exact_high = number(side[2])))
}
write.csv(one, file.path(out, "counts_one_wave.csv"), row.names = FALSE, quote = FALSE)

newcombe <- function(a, b, c, d) { # a both, b only before, c only after, d neither; change = after - before
  n <- a + b + c + d
  p1 <- (a + c) / n; p2 <- (a + b) / n
  w1 <- wilson(a + c, n); w2 <- wilson(a + b, n)
  margins <- (a + b) * (c + d) * (a + c) * (b + d)
  product <- a * d - b * c
  corrected <- if (product > n / 2) product - n / 2 else if (product >= 0) 0 else product
  phi <- if (margins == 0) 0 else corrected / sqrt(margins)
  dl1 <- p1 - w1[1]; du1 <- w1[2] - p1; dl2 <- p2 - w2[1]; du2 <- w2[2] - p2
  c(p1 - p2 - sqrt(dl1^2 - 2 * phi * dl1 * du2 + du2^2), p1 - p2 + sqrt(du1^2 - 2 * phi * du1 * dl2 + dl2^2))
}

pairs <- data.frame()
for (t in list(c(1, 1, 7, 12), c(10, 40, 2, 48), c(0, 29, 0, 71), c(20, 0, 0, 30), c(5, 5, 5, 5), c(50, 1, 0, 9),
               c(0, 61, 1, 0), c(30, 12, 20, 3), c(0, 0, 0, 25))) {
  limits <- newcombe(t[1], t[2], t[3], t[4])
  changed <- t[2] + t[3]
  p <- if (changed == 0) 1 else binom.test(t[2], changed)$p.value
  pairs <- rbind(pairs, data.frame(both = t[1], stopped = t[2], started = t[3], neither = t[4],
                                   low = number(limits[1]), high = number(limits[2]), mcnemar_p = number(p)))
}
write.csv(pairs, file.path(out, "counts_two_waves.csv"), row.names = FALSE, quote = FALSE)

set.seed(20260101)
score_rows <- data.frame()
tests <- data.frame()
for (name in c("plain", "tied", "large")) {
  n <- c(plain = 18, tied = 40, large = 80)[name]
  before <- rnorm(n, 50, 15); after <- before * 0.4 + rnorm(n, 20, 12)
  if (name == "tied") { before <- round(before / 12.5) * 12.5; after <- round(after / 12.5) * 12.5 }
  change <- after - before
  moved <- change[change != 0]
  w <- suppressWarnings(wilcox.test(moved, exact = length(moved) < 50 && !any(duplicated(abs(moved))) && length(moved) == n))
  t <- t.test(change)
  score_rows <- rbind(score_rows, data.frame(case = name, before = number(before), after = number(after)))
  tests <- rbind(tests, data.frame(case = name, change = number(mean(change)), low = number(t$conf.int[1]),
                                   high = number(t$conf.int[2]), wilcoxon_p = number(w$p.value)))
}
# Scores of six items in steps of a sixth of 100: ties that the last digits of 100 / 6 would break. R counts in sixths.
before <- sample(0:6, 30, TRUE); after <- pmax(0, before - sample(-1:4, 30, TRUE)); sixths <- after - before
w <- suppressWarnings(wilcox.test(sixths[sixths != 0], exact = FALSE)); t <- t.test(100 * sixths / 6)
score_rows <- rbind(score_rows, data.frame(case = "sixths", before = number(100 * before / 6), after = number(100 * after / 6)))
tests <- rbind(tests, data.frame(case = "sixths", change = number(mean(100 * sixths / 6)), low = number(t$conf.int[1]),
                                 high = number(t$conf.int[2]), wilcoxon_p = number(w$p.value)))
write.csv(score_rows, file.path(out, "counts_score_pairs.csv"), row.names = FALSE, quote = FALSE)
write.csv(tests, file.path(out, "counts_score_tests.csv"), row.names = FALSE, quote = FALSE)
