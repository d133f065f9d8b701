# ---
# jupyter:
#   nccourse:
#     title: All losses collapse
#     objectives:
#       - name the one property that cross-entropy, focal loss and label smoothing share, and derive its $\phi$
#       - prove with it that their minimizers are simplex ETFs, and compute how long the vectors are
#       - predict when decay is so strong that everything collapses to zero
#       - say what is different about mean squared error, with and without a bias
#       - find where the theorem fails for the focal loss, and show a counterexample
#     prerequisites: ["02_simplex_etf", "03_unconstrained_features", "convex functions", "singular values"]
#     minutes: 80
#     profiles:
#       ci: {time: 15 s, memory: 1 GB}
#       laptop: {time: 12 s, memory: 1 GB}
#       gpu: {time: 12 s, memory: 1 GB}
#     papers: [C]
#     theorems: ["C Definition 1", "C Theorem 1", "C Lemmas 2, 8, 9", "C Appendix B", "C Figures 9, 10"]
# ---

# %% [markdown]
# ## Question
#
# Cross-entropy is one loss among many. Label smoothing softens the targets, the focal loss turns away from
# samples that are already right, mean squared error does not even use a softmax. Each has its advocates.
# Paper C asks: *are all losses created equal?* **Do different losses teach different features?**

# %% tags=["parameters"]
num_classes = 10
samples_per_class = 5
dim = 12
decay = 0.004
bias_decay = 0.001
smoothing = 0.1
focusing = 3.0
target = 1.0
seed = 0

# %%
import numpy as np
import pandas as pd
import sympy as sp
from IPython.display import display

from nccourse import exercises, experiments, metrics, plots, ufm, widgets
from nccourse.symbolic import K, assert_identity, assert_inequality, focal, n, statement
from nccourse.theory.contrastive import phi
from nccourse.theory.dead_classes import focal_minimum
from nccourse.theory.regularized import minimizer

options = {"ce": {}, "label_smoothing": {"smoothing": smoothing}, "focal": {"focusing": focusing}}
options["mse"] = {"kappa": 1.0, "beta": target}

# %% [markdown]
# ## Your prediction
#
# Below, four models are solved that differ in their loss alone. At the minimum, what will differ between them?
#
# ### {{exercise 04.1}}
#
# - `"a"`: the angles between the class means, and the lengths
# - `"b"`: the angles only
# - `"c"`: the lengths only
# - `"d"`: nothing

# %% tags=["exercise"]
# begin solution
what_differs = "c"
# stub
# what_differs = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("04.1", what_differs)

# %% [markdown]
# ## The model, and four losses
#
# As in lesson 03 features are free, but no sphere holds them. Their length costs, through weight decay:
#
# $$ f = \frac1N \sum_{k=1}^{K} \sum_{i=1}^{n} \mathcal{L}(W h_{k,i} - b,\, k) + \frac{\lambda_W}{2} \lVert W
#    \rVert_F^2 + \frac{\lambda_H}{2} \lVert H \rVert_F^2 + \frac{\lambda_b}{2} \lVert b \rVert^2 , \tag{C 7} $$
#
# with $N = nK$ (paper C writes $+\,b$). For a sample of class $k$ with logits $z$ and probabilities $p =
# \operatorname{softmax}(z)$ the losses are
#
# $$ \mathcal{L}_{\mathrm{CE}} = -\log p_k , \qquad \mathcal{L}_{\mathrm{FL}} = -(1 - p_k)^{\beta} \log p_k ,
#    \tag{C 3, C 4} $$
# $$ \mathcal{L}_{\mathrm{LS}} = -(1 - \alpha) \log p_k - \frac{\alpha}{K} \sum_j \log p_j , \qquad
#    \mathcal{L}_{\mathrm{MSE}} = \kappa\, (z_k - \beta_{\mathrm{MSE}})^2 + \sum_{j \ne k} z_j^2 . \tag{C 5, C 6} $$
#
# The focusing exponent $\beta$ is $\gamma$ in the paper, a letter this course keeps for the scale.

# %%
shape, decays = (num_classes, samples_per_class, dim), (decay, decay, bias_decay)
problems = {loss: ufm.RegularizedUFM(*shape, loss, *decays, **given) for loss, given in options.items()}
rows = {}
for loss, end in zip(problems, ufm.solve(list(problems.values()), seed=seed), strict=True):
    found = metrics.neural_collapse(end.H, end.labels, end.W, b=end.b)
    row = {"NC1": found.nc1, "NC2": found.nc2, "NC3": found.nc3}
    gap = float(end.H[0] @ (end.W[0] - end.W[1]))
    rows[loss] = row | {"score gap": gap, "length of a weight": float(end.W[0].norm())}
table = pd.DataFrame(rows).T
table.round(4)

# %% [markdown]
# One geometry, four sizes: the *score gap*, own score minus any other, tells them apart. Now the reason.
#
# ## One property
#
# For one sample collect how far the other logits lead the own one in a single number, its **contrast**
#
# $$ t = \sum_{j \ne k} (z_j - z_k) , $$
#
# very negative for a sample that is clearly right. Paper C's Definition 1 asks of a loss that
#
# - $\mathcal{L}(z, k) \ge \phi(t)$ for some function $\phi$, with equality exactly where all other logits
#   agree (C 9), and
# - $\phi(t) + c\,\lvert t \rvert$ has exactly one minimizer $t^*$, with $t^* \le 0$, for every $c > 0$ (C 10).
#
# (The paper prints "only when" they agree. The theorem needs the converse too, as mean squared error will
# show.)
#
# The first is convexity. Cross-entropy is $\log\bigl(1 + \sum_{j \ne k} e^{x_j}\bigr)$ with $x_j = z_j - z_k$, and the
# $K - 1$ exponentials sum to at least $(K-1)$ times the exponential of their mean, $t/(K-1)$:
#
# $$ \mathcal{L}_{\mathrm{CE}} \ge \phi_{\mathrm{CE}}(t) = \log\bigl( 1 + (K-1)\, e^{t/(K-1)} \bigr) . \tag{C 8} $$
#
# ### {{exercise 04.2}}
# Label smoothing: with $L = \log \sum_j e^{z_j}$ the definition (C 5) becomes $\mathcal{L}_{\mathrm{LS}} =
# (L - z_k) - \frac{\alpha}{K} \sum_{j \ne k} (z_j - z_k)$. Write down $\phi_{\mathrm{LS}}(t)$, in `t`, `alpha`
# and `K`.

# %% tags=["exercise"]
t, y = sp.symbols("t y", real=True)
alpha = sp.Symbol("alpha", positive=True)
# begin solution
phi_ls = sp.log(1 + (K - 1) * sp.exp(t / (K - 1))) - alpha * t / K
# stub
# phi_ls = ...  # an expression in t, alpha and K
# end solution
exercises.check("04.2", phi_ls)

# %% tags=["derivation"]
mean = t / (K - 1)
print("e^y - 1 - y is convex:", assert_inequality(sp.diff(sp.exp(y) - 1 - y, y, 2), ">", 0))
print("and least at 0, where it is 0:", assert_identity(sp.diff(sp.exp(y) - 1 - y, y).subs(y, 0), 0))
tangents = sp.exp(mean) * ((K - 1) + t - (K - 1) * mean)  # sum of e^m (1 + x_j - m), as x_j sum to t
print("tangents at the mean m:", assert_identity(tangents, (K - 1) * sp.exp(mean)))
L, own, others = sp.symbols("L z_k S", real=True)  # S: sum of the other logits
printed = -(1 - alpha) * (own - L) - alpha / K * (own + others - K * L)
print("LS:", assert_identity(printed, (L - own) - alpha / K * (others - (K - 1) * own)))

# %% [markdown]
# The focal loss sees the other logits through $\xi = 1/p_k = 1 + \sum_{j \ne k} e^{x_j}$ only,
#
# $$ \mathcal{L}_{\mathrm{FL}} = \eta(\xi) = (1 - 1/\xi)^{\beta} \log \xi , \qquad
#    \eta'(\xi) = \frac{(\xi-1)^{\beta-1}}{\xi^{\beta+1}} \bigl( \xi - 1 + \beta \log \xi \bigr) > 0 , $$
#
# so the least $\xi$, that of equal $x_j$, gives the least loss: $\phi_{\mathrm{FL}}(t) = \eta(1 + (K-1)\,
# e^{t/(K-1)})$.
#
# ### {{exercise 04.3}}
# Program it: `phi_focal(t, K, beta)` for a number or numpy array `t`. The checker also tries $t$ of minus ten
# thousand, where $e^{t/(K-1)}$ is zero in floating point, and of plus a million, where it overflows. Hint:
# $\log\xi$ is `np.logaddexp(0, ...)`, and $1 - 1/\xi = 1 - e^{-\log \xi}$.


# %% tags=["exercise"]
def phi_focal(t, K, beta):
    """Return (1 - 1/xi)^beta log(xi) at xi = 1 + (K-1) exp(t/(K-1))."""
    # begin solution
    log_xi = np.logaddexp(0, np.log(K - 1) + t / (K - 1))
    return (-np.expm1(-log_xi)) ** beta * log_xi
    # stub
    # return ...
    # end solution


exercises.check("04.3", phi_focal)

# %% [markdown]
# ## What contrast costs
#
# A negative contrast is good, so why not make it $-\infty$? Because of decay. Take the $i$-th sample of each
# class, their features $H_i$ and the $K \times K$ scores $Z_i = W H_i^\top$. Lemma 2 bounds the *nuclear
# norm* $\lVert Z \rVert_*$, the sum of singular values: for every $a > 0$
#
# $$ \lVert W H^\top \rVert_* \le \frac{1}{2\sqrt a} \bigl( \lVert W \rVert_F^2 + a \lVert H \rVert_F^2 \bigr) . \tag{C 11} $$
#
# It is $2xy \le x^2 + y^2$ entry by entry, after rotating $Z$ into its singular vectors.
#
# ### {{exercise 04.4}}
# The share of decay that belongs to group $i$ is $\frac{\lambda_W}{2n} \lVert W \rVert_F^2 +
# \frac{\lambda_H}{2} \lVert H_i \rVert_F^2 = \frac{\lambda_W}{2n} \bigl( \lVert W \rVert_F^2 + a \lVert H_i
# \rVert_F^2 \bigr)$ with $a = n \lambda_H / \lambda_W$. By (C 11) it is at least `factor` times $\lVert Z_i
# \rVert_*$. Give `factor` in `lambda_W`, `lambda_H` and `n`.

# %% tags=["exercise"]
lambda_W, lambda_H = sp.symbols("lambda_W lambda_H", positive=True)
# begin solution
factor = sp.sqrt(lambda_W * lambda_H / n)
# stub
# factor = ...  # an expression in lambda_W, lambda_H and n
# end solution
exercises.check("04.4", factor)

# %% [markdown]
# Contrast is hidden in that norm. Let $P = I - \frac1K \mathbf{1}\mathbf{1}^\top$ centre the classes. The mean
# contrast of group $i$ is $-\operatorname{tr}(P Z_i)$, biases cancelling in the sum, and a projection's trace
# takes no more than the nuclear norm: $\lvert \operatorname{tr}(P Z_i) \rvert \le \lVert Z_i \rVert_*$. So
# with $n$ groups and $\bar t$ the mean over all samples,
#
# $$ \text{decay of } W \text{ and } H \;\ge\; c\, \lvert \bar t \rvert , \qquad c = \sqrt{n \lambda_W \lambda_H} . \tag{1} $$
#
# **One unit of contrast costs $c$.** A simplex ETF with score gap $u$, balanced between weights and features,
# pays exactly that: its contrast is $-(K-1)\,u$ and its decay $c\,(K-1)\,u$.

# %% tags=["derivation"]
gap = sp.Symbol("u", positive=True)


def mean_contrast(k):
    """Return minus the trace of the centred scores of K = k classes, and the mean contrast."""
    Z = sp.Matrix(k, k, lambda j, m: sp.Symbol(f"z_{j}{m}"))
    contrasts = [sum(Z[j, m] - Z[m, m] for j in range(k)) for m in range(k)]
    return -((sp.eye(k) - sp.ones(k) / k) * Z).trace(), sum(contrasts) / k


both = [lambda k, side=side: sp.expand(mean_contrast(k)[side]) for side in (0, 1)]
print("mean contrast:", assert_identity(*both))
squared = sp.sqrt(n * lambda_H / lambda_W) * gap * (K - 1) / K  # |w|², and |h|² = λ_W/(nλ_H) |w|²
ridge = lambda_W / 2 * K * squared + lambda_H / 2 * n * K * lambda_W / (n * lambda_H) * squared
price = sp.sqrt(n * lambda_W * lambda_H)
print("an ETF pays c (K-1) u:", assert_identity(ridge, price * (K - 1) * gap))

# %% [markdown]
# ## Theorem 1 in one picture
#
# Let $t^* < 0$ minimise $\phi(t) + c\,\lvert t \rvert$, and suppose the line of slope $c$ through $(t^*,
# \phi(t^*))$ lies below $\phi$ and touches it there only, as it does under any strictly convex $\phi$. Then
#
# $$ f \;\ge\; \overline{\phi(t)} + c\,\lvert \bar t \rvert \;\ge\; \phi(t^*) + c\,(\bar t - t^*) - c\,\bar t
#    \;=\; \phi(t^*) + c\,\lvert t^* \rvert . \tag{C 27, repaired} $$
#
# (If $t^* = 0$ take $\phi'(0) \le c$ as the slope.) Equality asks everything at once: all samples have the
# contrast $t^*$; within a sample all other logits agree; weights and features are balanced, $h_{k,i} =
# \sqrt{\lambda_W/(n\lambda_H)}\, w_k$, so features have collapsed onto weights; the weights sum to zero. That
# is a simplex ETF, as the table below works out. It needs $d \ge K - 1$, which is enough (the paper asks
# $d > K$). Nothing but $\phi$ depends on the loss: **it decides $t^*$, the size, and nothing else.**

# %%
ts, price = np.linspace(-7 * (num_classes - 1), 15, 300), 0.04
figure, (ax,) = plots.new_figure()
for loss, colour in (("ce", "blue"), ("label_smoothing", "vermillion"), ("focal", "green")):
    best = minimizer(loss, num_classes, 1, price, price, **options[loss])
    at = -(num_classes - 1) * (best.positive_score - best.negative_score)
    height = phi(loss, num_classes, at, **options[loss])
    look = {"color": plots.COLOURS[colour]}
    ax.plot(ts, phi(loss, num_classes, ts, **options[loss]), label=f"φ, {loss}", **look)
    ax.plot(ts, height + price * (ts - at), "--", linewidth=1, label="line of slope c", **look)
    ax.plot(at, height, "*", markersize=12, label="t*", **look)
ax.set(xlabel="contrast t (logit units)", ylabel="φ, the least loss (nats)", ylim=(-0.5, 4))
ax.legend(fontsize=8)
seen = "Three curves rise over the contrast; a dashed line of one slope touches each from below at a star."
plots.show(figure, alt=seen)

# %% [markdown]
# The printed proof argues with singular values instead, and its constants do not agree with each other. Lemma
# 8 bounds $f$ by $\phi(\rho^*) + (K-1)\, c\, \lvert \rho^* \rvert$ in (C 27), Appendix C.1 by $\phi(\rho^*) + K c\,
# \lvert \rho^* \rvert$. The number $\rho$ is the *mean* $t/(K-1)$ there, while $\phi$ was defined for the sum $t$.
# The slip changes no conclusion; the repaired proof follows the exercise, sums over classes written out for
# $K = 2, \dots, 6$.
#
# ### {{exercise 04.5}}
# Test the candidates on the ETF above. Which lower bound does it attain?
#
# - `"a"`: $\phi(t) + K c\,\lvert t \rvert$
# - `"b"`: $\phi(t) + (K-1)\, c\,\lvert t \rvert$
# - `"c"`: $\phi((K-1)\rho) + (K-1)\, c\,\lvert \rho \rvert$ with $\rho = t/(K-1)$
# - `"d"`: $\phi((K-1)\rho) + K c\,\lvert \rho \rvert$ with $\rho = t/(K-1)$

# %% tags=["exercise"]
# begin solution
right_bound = "c"
# stub
# right_bound = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("04.5", right_bound)

# %% tags=["derivation"]
for name in ("C.Thm1", "C.Erratum4"):
    display(statement(name).verify())

# %% [markdown]
# ## How long, exactly
#
# The paper leaves $t^*$ as a minimizer. For label smoothing, and so for CE at $\alpha = 0$, it has a closed
# form: with $t = -(K-1)\,u$ the slope is $\phi'_{\mathrm{LS}} = \dfrac{1}{e^{u} + K - 1} - \dfrac{\alpha}{K}$.
#
# ### {{exercise 04.6}}
# Set $\phi'_{\mathrm{LS}} = c$ and solve for the score gap $u$, in `c`, `alpha` and `K`.

# %% tags=["exercise"]
c = sp.Symbol("c", positive=True)
# begin solution
score_gap = sp.log(1 / (c + alpha / K) - (K - 1))
# stub
# score_gap = ...  # an expression in c, alpha and K
# end solution
exercises.check("04.6", score_gap)

# %% [markdown]
# Then $\lVert w_k \rVert^2 = \sqrt{n\lambda_H/\lambda_W}\; u\, \frac{K-1}{K}$, and one condition stands in no
# theorem of the paper: the gap must be positive. At $t = 0$ the slope of $\phi_{\mathrm{LS}}$ is $(1-\alpha)/K$.
# If $c$ is at least that, contrast costs more than it ever returns, $t^* = 0$, and
#
# $$ W = H = 0 \quad \text{if and only if} \quad K c \ge 1 - \alpha . \tag{2} $$
#
# "Collapse" gets another meaning: no feature is left, and all logits are equal.
#
# ### {{exercise 04.7}}
# Take CIFAR-100 literally: $K = 100$, $n = 500$, $\lambda_W = \lambda_H = 5 \cdot 10^{-4}$ in (C 7). What is the
# score gap of cross-entropy's minimizer? A number.

# %% tags=["exercise"]
# begin solution
cifar_gap = 0
# stub
# cifar_gap = ...  # a number
# end solution
exercises.check("04.7", cifar_gap)

# %% [markdown]
# (Networks do train with such numbers. There decay acts on parameters and not on the features of all
# samples at once, so the model's $\lambda_H$ is another one.)
#
# Let solvers that know nothing of it run over a range of prices, for all four losses.

# %%
fine, tried = np.geomspace(0.002, 0.3, 200), np.geomspace(0.002, 0.28, 8)
curves, marks, misses = {}, {}, []
for loss, given in options.items():
    exact = minimizer(loss, num_classes, 1, fine, fine, bias_decay, **given)
    batch = [ufm.RegularizedUFM(num_classes, 1, dim, loss, x, x, bias_decay, **given) for x in tried]
    ends = ufm.solve(batch, seed=seed)
    curves[loss] = exact.positive_score - exact.negative_score
    marks[loss] = (tried, [float(end.H[0] @ (end.W[0] - end.W[1])) for end in ends])
    lowest = minimizer(loss, num_classes, 1, tried, tried, bias_decay, **given).objective
    misses += [end.objective - value for end, value in zip(ends, lowest, strict=True)]
names = {"xlabel": "price of contrast c (nats per logit)", "ylabel": "score gap u (logit units)"}
figure = plots.curves(fine, theory=curves, points=marks, xscale="log", **names)
seen = "Score gap over the price: dashed curves fall to zero, label smoothing first, then cross-entropy, "
plots.show(figure, alt=seen + "focal loss and mean squared error; solved marks lie on them.")

# %% [markdown]
# ## Mean squared error is different
#
# MSE asks for logits of a fixed size, not for contrast: adding a constant to all logits changes it. Paper C
# leaves it to others. A $\phi$ exists, the least loss at contrast $t$:
#
# $$ \phi_{\mathrm{MSE}}(t) = \frac{\kappa\,(K-1)}{\kappa + K - 1} \Bigl( \beta_{\mathrm{MSE}} + \frac{t}{K-1}
#    \Bigr)^2 . $$
#
# It is strictly convex. But tied logits attain it at one level only, and only a free bias ($\lambda_b = 0$)
# supplies that level. Then, for $d \ge K - 1$, the minimum is an ETF with gap $\beta_{\mathrm{MSE}} - c\,
# \frac{\kappa + K - 1}{2\kappa}$. (At $\kappa = 1$, as here, a decay of the bias does not move this gap; at
# $\kappa = 3$ it does.)
#
# **Without a bias** the scores must do the bias's work. For $d \ge K$ the minimum is another frame:
# $W H_i^\top = (\beta_{\mathrm{MSE}} - \frac{Kc}{2\kappa})\, I$. Where the gap or this factor is not positive,
# $W = H = 0$. A bias with much decay of its own lies between: MSE then meets (C 9) as printed, and its minimum
# is no ETF. (Lesson 06 meets such a phase with BCE.)

# %%
cosines = {}
for words, price_b in (("with a bias", bias_decay), ("with a dear bias", 1.0), ("without a bias", None)):
    given = options["mse"] | {"bias": price_b is not None}
    end = ufm.solve(ufm.RegularizedUFM(*shape, "mse", decay, decay, price_b or 0.0, **given), seed=seed)
    misses.append(end.gap)
    unit = end.W / end.W.norm(dim=1, keepdim=True)
    cosines[words] = float(unit[0] @ unit[1])
    if price_b == 1.0:
        continue
    figure = plots.cosines(end.W, title=f"Mean squared error {words}")
    off = "minus one ninth" if price_b else "zero"
    plots.show(figure, alt=f"Cosines of ten weights {words}: one on the diagonal, {off} elsewhere.")

# %% tags=["nbval-check-output"]
for loss in table.index:
    print(loss, "is a collapsed ETF:", bool(table.loc[loss, ["NC1", "NC2", "NC3"]].max() < 1e-3))
print("every solved model is at the closed form:", bool(np.abs(misses).max() < 1e-8))
distance = max(np.abs(np.interp(tried, fine, curves[loss]) - marks[loss][1]).max() for loss in curves)
print("every mark lies on its curve:", bool(distance < 0.01))
print("with a bias an ETF:", abs(cosines["with a bias"] + 1 / (num_classes - 1)) < 1e-3)
print("without, orthogonal:", abs(cosines["without a bias"]) < 1e-3)
print("with a dear bias, neither:", -1 / (num_classes - 1) + 1e-3 < cosines["with a dear bias"] < -1e-3)

# %% [markdown]
# ## Where the focal loss breaks
#
# For CE and label smoothing $\phi$ is strictly convex and nothing is left to prove. The focal $\phi$ is not
# convex: its slope is $\varsigma(\xi)/(K-1)$ with $\varsigma = (\xi - 1)\, \eta'(\xi)$, which rises to one peak
# and then falls,
#
# $$ \varsigma'(\xi) = \tfrac{\beta(\xi-1)^\beta}{\xi^{\beta+2}} \Bigl( -\log\xi + \tfrac{\beta \log
#    \xi}{\xi-1} + 1 + \tfrac{\beta+1}{\beta} \Bigr) $$
#
# (the paper prints $\beta$ for the summand $1$, to no effect). It matters whether the peak lies at negative
# $t$: for $\beta = 3$ not with ten classes, but with a hundred.
#
# ### The paper's pictures
#
# Figure 9 of paper C illustrates the first case, Figure 10 the second. Here they are computed, in the paper's
# colours, for $\beta = 3$. (The captions give $c$ as $-K\sqrt{n\lambda_W\lambda_H}$ and
# $K\sqrt{n\lambda_W\lambda_H}$: the slip of exercise 04.5, and a stray sign.) On the left, dashed, are prices; a
# stationary point of $\phi(t) + c\,\lvert t \rvert$ is a place where the slope meets the price. Each picture shows
# one $K$ and a few prices, on a grid of $t$; how the slope bends, the cell after them proves.

# %%
for name in ("C.fig9", "C.fig10"):
    pictured = experiments.get(name).recorded()
    print(f"{name}. {pictured.experiment.claim} This {pictured.verdict}.")
    plots.show(pictured.figure(), alt=pictured.experiment.alt)

# %% tags=["derivation"]
xi, above_one = focal.XI, {"domain": {focal.XI: sp.Interval.open(1, sp.oo)}}
eta = focal.loss()
print("slope ς = η'(ξ)(ξ - 1):", assert_identity(sp.diff(eta, xi) * (xi - 1), focal.slope(), **above_one))
print("positive:", assert_inequality(focal.slope(), ">", 0, **above_one))
rise = focal.bend_factor() * focal.bend()
print("its slope:", assert_identity(sp.diff(focal.slope(), xi), rise, **above_one))
for classes, sign in ((10, ">"), (100, "<")):
    at_zero = focal.bend(sp.Integer(classes)).subs(focal.FOCUSING, 3)
    print(f"{classes} classes, at t = 0:", assert_inequality(at_zero, sign, 0))

# %% [markdown]
# Two minima compete at the blue price, one with a gap and one at zero, and at some price they tie. Definition
# 1 then fails: $t^*$ is not unique. The paper sees it and writes that this "requires carefully chosen
# penalized parameters, which can be omitted". But the trouble is not confined to one price. For large $t$ the
# slope of $\phi$ falls to $\frac{1}{K-1}$; so for every $c$ above that, a line of slope $c$ overtakes $\phi$
# somewhere. Where $\phi'(0)$ is above it too, the slope $\phi'(0)$ is no way out, and the proof breaks: for
# $\beta = 3$ from $K = 6$ on. Does the theorem?
#
# Try models that give up on some classes: $m$ of thirty classes form an ETF, the others have $w_k = h_k = 0$
# and a bias of their own. `focal_minimum` finds the best gap and biases for each $m$; the price is close to
# the tie, $\beta = 3$.
#
# ### {{exercise 04.8}}
# Read the figure below. Its zero is the ETF of all thirty classes, the best that Theorem 1 allows. How many
# classes live at the lowest point?

# %%
tie, alive = 0.041225, np.arange(15, 31)
with_dead = np.array([focal_minimum(30, m, tie, 0.01, focusing=3) for m in alive.tolist()])
levels = {"neural collapse": 0.0, "everything zero": 1e5 * (phi("focal", 30, 0) - with_dead[-1])}
excess = {"some classes dead": 1e5 * (with_dead - with_dead[-1])}
names = {"xlabel": "living classes m, of 30", "ylabel": "objective above collapse (1e-5 nats)"}
figure = plots.curves(alive, excess, theory=levels, **names)
seen = "The objective over the number of living classes dips below the dashed line of neural collapse "
plots.show(figure, alt=seen + "between 20 and 29 and meets it at 30; zero lies far above.")

# %% tags=["exercise"]
# begin solution
living = 25
# stub
# living = ...  # a whole number
# end solution
exercises.check("04.8", living)

# %% [markdown]
# So the minimizer is *not* an ETF of all classes: **for the focal loss Theorem 1 is false there.** Does a
# solver, which starts with every number of living classes in turn, find the same, and what does it find at
# other prices? And does it matter what a bias costs?

# %% tags=["nbval-check-output"]
prices = (0.04121, tie, 0.041235)
batch = [ufm.RegularizedUFM(30, 1, 31, "focal", x, x, 0.01, focusing=3) for x in prices]
ends = ufm.solve(batch, seed=seed)
for x, end in zip(prices, ends, strict=True):
    print(f"c = {x}: {int((end.W.norm(dim=1) > 1e-3).sum())} of 30 classes alive")
print("the same objective:", bool(abs(ends[1].objective - with_dead.min()) < 1e-10))
print("lower than collapse:", bool(ends[1].objective < with_dead[-1] - 2e-5))
for cost in (0.001, 0.01, 0.03, 0.1):
    heights = [focal_minimum(30, m, tie, cost, focusing=3) for m in alive.tolist()]
    print(f"bias decay {cost}: lowest with {alive[np.argmin(heights)]} alive")

# %% tags=["derivation"]
for name in ("C.Erratum1", "C.Erratum6"):
    display(statement(name).verify())

# %% [markdown] tags=["theory-number"]
# The first table proves it in rational arithmetic for 26 living classes, which is low enough, if not the lowest;
# the second has conditions that the paper's theorems need and do not state. Be fair to the theorem, though.
#
# - The window is narrow: it lies between the first and the last of the three prices. It is about 0.00002 wide.
# - The gain in the figure is about one part in a hundred thousand. (With $K = 100$ at its tie, and the same
#   bias decay, it is one in ten thousand.)
# - It needs unequal biases, and so a bias that is cheap enough: here $\lambda_b = 0.03$ will do, 0.1 will not,
#   at least among the states of `focal_minimum`.
# - **For $c \le \frac{1}{K-1}$ Theorem 1 holds for the focal loss too, with every $\beta$**: the slope then
#   meets the price exactly once. If it does so at $t < 0$, that is the minimum; otherwise zero is. The line
#   fits (`statement("C.FocalSafe")`). That covers every price at which CE would not be zero, $c < \frac1K$.
# - Two minima can tie only if $\log K - 2 > 2\sqrt{\log K/(K-1)}$, which means $K \ge 18$, and for a given $\beta$
#   perhaps later: $\beta = 1$ needs $K \ge 24$.
#
# ## The laboratory
#
# All of this under your hands: $\phi$, the line at $t^*$, and the priced curve.

# %%
widgets.loss_lab("focal", num_classes=100)

# %% [markdown]
# ## Exercises
#
# You have met eight on the way. The last reads the laboratory.
#
# ### {{exercise 04.9}}
# With $K = 100$ raise $Kc$ slowly until $t^*$ is zero: once with cross-entropy, once with the focal loss
# at focusing 3. What becomes of the score gap of the minimizer of $\phi(t) + c\,\lvert t \rvert$ on the way?
#
# - `"a"`: both shrink to zero continuously
# - `"b"`: cross-entropy's shrinks continuously, the focal loss's jumps from above 2 to zero
# - `"c"`: cross-entropy's jumps, the focal loss's shrinks continuously
# - `"d"`: both jump

# %% tags=["exercise"]
# begin solution
way_to_zero = "b"
# stub
# way_to_zero = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("04.9", way_to_zero)

# %% [markdown]
# ## Recap
#
# - Softmax losses are bounded below by a function $\phi$ of one number, the contrast $t$, and contrast costs
#   $c = \sqrt{n\lambda_W\lambda_H}$ a unit. A line under $\phi$ joins the two: the minimizer is a simplex ETF
#   and the loss chooses only its size.
# - CE and label smoothing: gap $\log\bigl(\frac{1}{c + \alpha/K} - (K-1)\bigr)$, and zero once $Kc \ge 1 -
#   \alpha$.
# - MSE: an ETF with a free bias, an orthogonal frame without. The frame needs $d \ge K$, every ETF
#   $d \ge K - 1$.
# - The focal loss collapses for $c \le \frac{1}{K-1}$; beyond, two minima may tie, and near the tie dead
#   classes can lie lower than any ETF, if the bias is cheap enough.
#
# That a minimum is an ETF does not say that descent finds it: lesson 05 looks at the landscape.
#
# ## References
#
# - Paper C: J. Zhou, C. You, X. Li, K. Liu, S. Liu, Q. Qu, Z. Zhu, *Are All Losses Created Equal: A Neural
#   Collapse Perspective*, 2022, Section 3, Appendices B and C.
# - T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár: *Focal Loss for Dense Object Detection*, 2017.
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna: *Rethinking the Inception Architecture for
#   Computer Vision*, 2016, where label smoothing is introduced.
