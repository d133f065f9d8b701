# ---
# jupyter:
#   nccourse:
#     title: Minima on the sphere
#     objectives:
#       - bound both losses of the unconstrained feature model from below by one number, the mean logit gap
#       - prove paper A's Theorem 1, and say which inequality makes the minimiser an ETF
#       - find the false step of the printed proof of Theorem 2, and show that it holds at collapse only
#       - repair it by freezing two slopes, and check every step by machine
#       - try to get below the bounds with a solver, and explain why you cannot
#     prerequisites: ["03_unconstrained_features", "convex functions and their tangents"]
#     minutes: 75
#     profiles:
#       ci: {time: 20 s, memory: 1 GB}
#       laptop: {time: 15 s, memory: 1 GB}
#       gpu: {time: 15 s, memory: 1 GB}
#     papers: [A]
#     theorems: ["A Theorems 1 and 2 (17 and 10 in the supplement)", "A Lemmas 9, 11-15, 18-20"]
# ---

# %% [markdown]
# ## Question
#
# Lesson 03 inserted a simplex ETF into cross-entropy (CE) and binary cross-entropy (BCE) and found two
# numbers. So the minimum of each loss is *at most* that number. Solvers reached it and never got below, but
# a solver tries one path at a time, and there are infinitely many arrangements of vectors.
#
# **Why can nothing lie lower?** Paper A answers with two theorems. For unit weights and features, $K$
# classes of equal size, any biases and with $s(x) = \log(1 + e^x)$:
#
# $$ \text{Theorem 1:} \quad
#    f_{\mathrm{ce}} \ge \log\bigl( 1 + (K-1)\, e^{-\gamma K/(K-1)} \bigr), \tag{A 8} $$
# $$ \text{Theorem 2:} \quad f_{\mathrm{bce}} \ge f^* := s(b^* - \gamma)
#    + (K-1)\, s\Bigl( -\frac{\gamma}{K-1} - b^* \Bigr), \tag{A 10} $$
#
# where $b^*$, (A 11), is the best bias of lesson 03. Equality holds exactly if every feature is its class's
# weight, the weights are a simplex ETF, and all biases are equal, for Theorem 2 equal to $b^*$. That takes
# $d \ge K - 1$; the bounds hold in any dimension.
#
# The paper's proof of the first holds, slips of the pen aside. In that of the second a step is false,
# although the theorem is true. You will prove the first, find the false step in the second, and replace it
# by an idea taken from the first.

# %% tags=["parameters"]
num_classes = 10
samples_per_class = 5
dim = 16
scale = 6.0
num_starts = 100
seed = 0

# %%
import numpy as np
import sympy as sp
import torch
from IPython.display import display

from nccourse import exercises, geometry, losses, plots, theory, ufm, widgets
from nccourse.symbolic import K, assert_identity, assert_inequality, b, gamma, normalized, statement
from nccourse.symbolic.errata_a import lemma_14_remainder
from nccourse.symbolic.normalized_bce import mean_arguments
from nccourse.symbolic.normalized_ce import CONSTANT, mean_gap_of_vectors
from nccourse.symbolic.normalized_ce import mean_gap as mean_gap_of_logits

# %% [markdown]
# ## Your prediction
#
# Unit weights $w_k$, unit features $h_i^{(k)}$ (sample $i$ of class $k$, with $n$ samples in each of $K$
# classes), logits $z_j = \gamma\, w_j^\top h - b_j$, as in lesson 03. For a sample of class $k$, average
# over the other classes how far their logits lie above its own:
#
# $$ y_i^{(k)} = \frac{1}{K-1} \sum_{j \ne k} (z_j - z_k), \qquad
#    t = \frac{1}{nK} \sum_{k=1}^{K} \sum_{i=1}^{n} y_i^{(k)} . \tag{1} $$
#
# Call $t$ the *mean gap*. A good classifier makes it very negative. Now something wild: draw all vectors at
# random, ten classes, $\gamma = 6$, and give class $k$ the bias $b_k = 10\,(k - 1)$, so $0, 10, \dots, 90$.
# Single gaps $z_j - z_k$ then reach from about $-90$ to $90$.
#
# ### {{exercise 07.1}}
# What will the mean gap $t$ of this model be? Commit to a number; to within one is close enough.

# %% tags=["exercise"]
# begin solution
wild_gap = 0
# stub
# wild_gap = ...  # a number
# end solution
exercises.check("07.1", wild_gap)

# %% [markdown]
# ## One number
#
# Look. `measure` returns the mean gap and both losses of any model.

# %%
labels = torch.arange(num_classes).repeat_interleave(samples_per_class)
generator = torch.Generator().manual_seed(seed)


def measure(W, H, b):
    """Return mean gap, CE and BCE of a model."""
    logits = scale * H @ W.T - b
    own = logits[torch.arange(len(labels)), labels]
    gap = ((logits.sum(dim=1) - num_classes * own) / (num_classes - 1)).mean()
    ce, bce = losses.cross_entropy(logits, labels), losses.binary_cross_entropy(logits, labels)
    return gap.item(), ce.item(), bce.item()


W = geometry.oblique.random_point(num_classes, dim, generator=generator)
H = geometry.oblique.random_point(len(labels), dim, generator=generator)
for step in (0, 10):
    gap, ce, bce = measure(W, H, step * torch.arange(num_classes).double())
    print(f"biases in steps of {step:2d}: mean gap {gap:6.3f}   CE {ce:7.3f}   BCE {bce:8.3f}")

# %% [markdown]
# The losses feel the biases, the mean gap does not. Count how often $b_j$ enters the sum in (1): with a
# plus sign for the $n$ samples of its own class, each time with the full weight $(K-1)/(K-1)$; with a minus
# sign for the $n (K-1)$ samples of other classes, each time with weight $1/(K-1)$. They cancel, **because
# the classes have equal size**. What remains are the vectors: drawn at random they give $t$ the mean 0 and
# the standard deviation $\gamma/\sqrt{n (K-1) d}$, below a quarter here, so the draw above is rather low.
#
# Let $\tilde h_i = \frac1K \sum_j h_i^{(j)}$ be the mean over the classes of their $i$-th samples. For
# each $i$, which we drop,
#
# $$ \sum_k \sum_{j \ne k} (w_j - w_k)^\top h_k = \sum_j w_j^\top \sum_k h_k - K \sum_k w_k^\top h_k
#    = K \sum_k w_k^\top (\tilde h - h_k) . $$
#
# Sum over $i$ and divide by $nK(K-1)$:
#
# $$ t = \frac{\gamma}{n(K-1)} \sum_{i=1}^{n} \sum_{k=1}^{K}
#    w_k^\top \bigl( \tilde h_i - h_i^{(k)} \bigr) . \tag{A 155} $$
#
# ## How low can the mean gap go?
#
# Now use that the vectors have norm 1. For any two vectors,
#
# $$ u^\top v = \tfrac12 \lVert u + v \rVert^2 - \tfrac12 \lVert u \rVert^2 - \tfrac12 \lVert v \rVert^2
#    \;\ge\; -\tfrac12 \lVert u \rVert^2 - \tfrac12 \lVert v \rVert^2, \tag{A 77} $$
#
# with equality exactly if $v = -u$. Take $u = w_k$ and $v = \tilde h - h_k$, and sum over $k$. The first
# squares give $K$. The second are the scatter of $K$ unit vectors around their mean,
#
# $$ \sum_{k} \lVert \tilde h - h_k \rVert^2 = \sum_k \lVert h_k \rVert^2 - K \lVert \tilde h \rVert^2
#    = K - K \lVert \tilde h \rVert^2 . \tag{A 159} $$
#
# The machine checks these with symbolic entries: (A 155) for two samples a class in two dimensions, the
# product in three, the scatter coordinate by coordinate; where $K$ occurs, for $K = 2, \dots, 6$.

# %% tags=["derivation"]
q = sp.Symbol("q", nonnegative=True)
u, v = (sp.Matrix(sp.symbols(f"{name}_1:4", real=True)) for name in "uv")


def scatter(k):
    """Return the scatter of one coordinate of k vectors less its other form."""
    h = sp.symbols(f"h_1:{k + 1}", real=True)
    mean = sum(h) / k
    return sum((mean - x) ** 2 for x in h) - (sum(x**2 for x in h) - k * mean**2)


print("(1) = (A 155):", assert_identity(mean_gap_of_logits, mean_gap_of_vectors))
print("equality in (A 77):", assert_identity(u.dot(v), ((u + v).dot(u + v) - u.dot(u) - v.dot(v)) / 2))
print("(A 159), each coordinate:", assert_identity(scatter, lambda _: 0))

# %% [markdown]
# ### {{exercise 07.2}}
# Put (A 77) and (A 159) together: which lower bound do they give for $\sum_k w_k^\top (\tilde h - h_k)$?
# Write it as a sympy expression in `K` and `q`, where $q = \lVert \tilde h \rVert^2$.

# %% tags=["exercise"]
# begin solution
sum_bound = -K + K * q / 2
# stub
# sum_bound = ...  # an expression in K and q
# end solution
exercises.check("07.2", sum_bound)

# %% [markdown]
# Since $q \ge 0$, the sum is at least $-K$. Average over $i$ and multiply by $\gamma/(K-1)$:
#
# $$ t \;\ge\; -\frac{\gamma K}{K-1} \;=:\; -G , \tag{2} $$
#
# with equality exactly if $\tilde h_i = 0$ and $w_k = h_i^{(k)}$ for all $i$ and $k$. $G$ is the gap
# between the scores at an ETF, lesson 03's exercise. So **no arrangement has a lower mean gap than an
# ETF.** It remains to see how a loss depends on $t$.
#
# ## Convexity, the right way round
#
# A convex function lies above each of its tangents. Place the tangent at the mean $\bar x$ of some numbers
# $x_1, \dots, x_m$ and average: the linear parts sum to zero and
#
# $$ \frac1m \sum_i f(x_i) \;\ge\; \frac1m \sum_i \bigl( f(\bar x) + f'(\bar x) (x_i - \bar x) \bigr)
#    = f(\bar x) . \tag{3} $$
#
# This is Jensen's inequality; if $f'' > 0$, equality needs all $x_i$ equal. Paper A's Lemma 9 states it,
# then calls $e^x$ and $\log(1 + e^x)$ *concave* and prints
#
# $$ \log\bigl( 1 + e^{\bar x} \bigr) \;\ge\; \frac1m \sum_i \log\bigl( 1 + e^{x_i} \bigr) . \tag{A 33} $$
#
# ### {{exercise 07.3}}
# Refute (A 33) by a counterexample: a list of numbers $x_i$ for which it is false.

# %% tags=["exercise"]
# begin solution
refuting = [0, 2]
# stub
# refuting = ...  # a list of numbers
# end solution
exercises.check("07.3", refuting)

# %% [markdown]
# The proofs *use* the inequality in the true direction, so the slip does no harm here. The word "concavity"
# will come back.
#
# ## Theorem 1
#
# The cross-entropy of a sample of class $k$, divided through by $e^{z_k}$, is
#
# $$ \mathcal{L}_{\mathrm{ce}} = \log\Bigl( 1 + \sum_{j \ne k} e^{z_j - z_k} \Bigr)
#    \;\ge\; \log\Bigl( 1 + (K-1)\, e^{y} \Bigr) =: \Phi(y) , \tag{A 139} $$
#
# by (3) for $e^x$: the mean of the $K - 1$ exponentials is at least the exponential of their mean exponent,
# which is the $y_i^{(k)}$ of (1), written $y$ for short; and the logarithm is increasing. $\Phi$ is convex,
# so it lies above its tangent at $y = -G$:
#
# $$ \Phi(y) \;\ge\; \Phi(-G) + \mu\, (y + G), \qquad \mu = \Phi'(-G) . \tag{A 133} $$
#
# ### {{exercise 07.4}}
# What is the slope $\mu$? Give it as an expression in `gamma` and `K`.

# %% tags=["exercise"]
# begin solution
slope = (K - 1) / (K - 1 + sp.exp(gamma * K / (K - 1)))
# stub
# slope = ...  # an expression in gamma and K
# end solution
exercises.check("07.4", slope)

# %% [markdown]
# Here is the decisive point: $\mu$ and $G$ are **the same for every sample and every model**, constants.
# So the average over all samples is taken in one line, and $y$ becomes $t$:
#
# $$ f_{\mathrm{ce}} \;\ge\; \Phi(-G) + \mu\, (t + G) \;\ge\; \Phi(-G)
#    = \log\bigl( 1 + (K-1)\, e^{-\gamma K/(K-1)} \bigr) , \tag{A 8} $$
#
# because $\mu > 0$ and $t \ge -G$. That is Theorem 1's bound. The paper writes $\mu = 1/(1 + c_1')$ with
# $c_1' = e^{G}/(K-1)$ in (A 168), and one constant $C'$ for the rest of the line. The machine checks $f'' >
# 0$ for all three functions in use; that such a function lies above its tangents is calculus we take as
# known.

# %% tags=["derivation"]
x, y = sp.symbols("x y", real=True)
of_gap = sp.log(1 + (K - 1) * sp.exp(y))  # Φ
for function in (sp.exp(y), normalized.softplus(y), of_gap):
    print(function, "is convex:", assert_inequality(sp.diff(function, y, 2), ">", 0))
G, c = normalized.GAP, CONSTANT
mu = sp.diff(of_gap, y).subs(y, -G)
rest = c / (1 + c) * sp.log((1 + c) / c) + sp.log((1 + c) * (K - 1)) / (1 + c)
print("slope as in the paper:", assert_identity(mu, 1 / (1 + c)))
tangent = of_gap.subs(y, -G) + mu * (y + G)
print("its line is the tangent:", assert_identity(tangent, y / (1 + c) + rest))
print("slope is positive:", assert_inequality(mu, ">", 0))
print("value at -G is the ETF's:", assert_identity(of_gap.subs(y, -G), normalized.ce_at_etf(b)))

# %% [markdown]
# ## Who attains it
#
# A model at the bound must satisfy every inequality with equality:
#
# 1. the spheres, (2): $w_k = h_i^{(k)}$ and $\tilde h_i = 0$, hence $\sum_k w_k = 0$;
# 2. the tangent, (A 133): every sample has $y = -G$;
# 3. the mean of exponentials, (A 139): for each $k$ all $z_j$, $j \ne k$, are equal.
#
# From 1, $y$ of a sample of class $k$ is $\frac{K}{K-1} (b_k - \bar b - \gamma)$ with $\bar b$ the mean
# bias, so 2 makes all biases equal. Then 3 makes $w_j^\top w_k$ the same for all $j \ne k$, and $0 =
# w_k^\top \sum_j w_j$ fixes it at $-1/(K-1)$: a simplex ETF. Conversely an ETF with $h_i^{(k)} = w_k$ and
# equal biases satisfies all three; it exists if $d \ge K - 1$.
#
# Would two of the three have done? Let five of ten classes share the direction $e$ and the other five $-e$,
# with $h_i^{(k)} = w_k$ and $b = 0$, a *bipolar* model.

# %%
sides = torch.zeros(num_classes, dim, dtype=torch.float64)
sides[:, 0] = 1 - 2.0 * (torch.arange(num_classes) % 2)
gap, ce, _ = measure(sides, sides[labels], torch.zeros(num_classes))
lowest = -scale * num_classes / (num_classes - 1)
print(f"mean gap {gap:.4f}, the lowest possible is {lowest:.4f}")
print(f"CE {ce:.4f}, the bound is {theory.normalized.ce_minimum(num_classes, scale):.4f}")

# %% [markdown]
# ### {{exercise 07.5}}
# Its mean gap is the lowest possible, its loss far above the bound. Which inequality is strict here?
#
# - `"a"`: (A 139), the mean of exponentials
# - `"b"`: (A 133), the tangent
# - `"c"`: (2), the spheres

# %% tags=["exercise"]
# begin solution
strict_one = "a"
# stub
# strict_one = ...  # "a", "b" or "c"
# end solution
exercises.check("07.5", strict_one)

# %% [markdown]
# So the spheres alone do not make an ETF. They pull each feature to its weight and the mean to zero; *equal
# angles* come from the convexity of the exponential.
#
# ## Theorem 2: the printed proof
#
# BCE is a sum of values of $s$: one at $-z_k$, and $K - 1$ at the $z_j$ of the other classes. By (3), and
# this is Lemma 11,
#
# $$ f_{\mathrm{bce}} \;\ge\; f_{\mathrm J} := s(X) + (K-1)\, s(Y) , \tag{A 42} $$
#
# where $X$ is the mean of $-z_k$ over all samples and $Y$ the mean of $z_j$ over all samples and $j \ne k$.
# (J for Jensen; the paper writes $f'_{\mathrm{bce}}$.) It remains to bound $f_{\mathrm J}$, and that is
# Lemma 14.
#
# ### On the set $\mathbb{D}_4$
#
# The printed proof looks only at models where all own logits agree, all other logits agree, and the biases
# are the best ones for the vectors. The paper calls their set $\mathbb{D}_4$. Write $g = -t \le G$ for the
# own logit less another. On $\mathbb{D}_4$
#
# $$ z_k = g - \hat b(g), \qquad z_j = -\hat b(g) \quad (j \ne k), $$
# $$ \hat b(g) = \log \frac{(K-2) + \sqrt{(K-2)^2 + 4 (K-1)\, e^{g}}}{2} , \tag{A 50} $$
#
# for all samples: $\hat b$ is the best bias, counted from the score of another class. So everything hangs on
# the one number $g$, and $f_{\mathrm J} = F(g) := s(\hat b - g) + (K-1)\, s(-\hat b)$. With $s(-x) = s(x) -
# x$ in both terms it becomes
#
# $$ F(g) = -g + R(g), \qquad R(g) = -(K-2)\, \hat b + s(g - \hat b) + (K-1)\, s(\hat b) . \tag{A 76} $$
#
# The paper writes $C$ for the last two terms of $R$. Then it argues:
#
# | | claim | how | equation |
# |---|---|---|---|
# | `"a"` | $F(g) = -g + R(g)$ | rewrite | (A 76) |
# | `"b"` | $-g \ge -G$ | the spheres | (A 81) |
# | `"c"` | $R(g) \ge R(G)$ | $\hat b$ and $C$ keep their values at collapse | (A 89) |
# | `"d"` | $F(g) \ge -G + R(G) = f^*$ | add | (A 90) |
#
# Plot the parts for $K = 10$, $\gamma = 1$, over all $g$ that vectors on the sphere can have, from $-G$ (an
# ETF with all features reversed) to $G$. The dots mark collapse, $g = G$.

# %%
g = sp.Symbol("g", real=True)
remainder = lemma_14_remainder(g)  # R(g)
grid = np.linspace(-10 / 9, 10 / 9, 81)
R = sp.lambdify(g, remainder.subs(K, 10))(grid)
curves = {"-g": (-grid, "blue"), "R(g)": (R, "vermillion"), "F(g) = -g + R(g)": (R - grid, "green")}
figure, (left, right) = plots.new_figure(1, 2, width=9.0)
for name, ax in (("-g", left), ("R(g)", left), ("F(g) = -g + R(g)", left), ("R(g)", right)):
    values, colour = curves[name]
    ax.plot(grid, values, "--", color=plots.COLOURS[colour], label=name)
    ax.plot(grid[-1], values[-1], "o", color="black", markersize=5)
    ax.set(xlabel="g (logit)", ylabel="value (nats)")
    ax.legend(fontsize=8)
seen = "Over g: minus g falls along a straight line, R rises, and their sum F falls to its lowest value at "
plots.show(figure, alt=seen + "the right end, where dots stand. Beside it R alone: it rises up to its dot.")

# %% [markdown]
# ### {{exercise 07.6}}
# Which row of the table does not hold?

# %% tags=["exercise"]
# begin solution
false_claim = "c"
# stub
# false_claim = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("07.6", false_claim)

# %% [markdown]
# How bad is it? Since $\hat b$ is the best bias, moving it changes $F$ only to second order, and the slope
# of $F(g) = s(\hat b - g) + (K-1)\, s(-\hat b)$ is the partial derivative with respect to $g$ alone:
#
# $$ F'(g) = -p, \qquad p = p(g) = \sigma\bigl( \hat b(g) - g \bigr) , $$
#
# where $p$, between 0 and 1, is the probability the positive logit misses.
#
# ### {{exercise 07.7}}
# What then is the slope $R'(g)$, as an expression in $p$?

# %% tags=["exercise"]
p = sp.Symbol("p", positive=True)
# begin solution
remainder_slope = 1 - p
# stub
# remainder_slope = ...  # an expression in p
# end solution
exercises.check("07.7", remainder_slope)

# %% [markdown]
# The machine checks the slope, then shows the catalogue's entries for the two errata you have met. A
# *refuted* row states what is **true** at its counterexample; the paper prints the opposite. In the second
# table $\mathbb{D}_5$ is collapse, *gap* is $g$, what is *held constant* is $R(g) = -(K-2)\hat b + C$, and
# its slope is written $\sigma(g - \hat b)$: recall $\sigma(-x) = 1 - \sigma(x)$.

# %% tags=["derivation"]
best = sp.log(((K - 2) + sp.sqrt((K - 2) ** 2 + 4 * (K - 1) * sp.exp(g))) / 2)
missed = normalized.sigmoid(best - g)
on_d4 = normalized.softplus(best - g) + (K - 1) * normalized.softplus(-best)
print("F is -g + R:", assert_identity(on_d4, remainder - g))
print("slope of F is -p:", assert_identity(sp.diff(remainder - g, g), -missed))
print("p is below 1:", assert_inequality(normalized.sigmoid(x), "<", 1))
for name in ("A.Erratum1", "A.Erratum5"):
    display(statement(name).verify())

# %% [markdown]
# $R$ rises everywhere. So the step is not wrong in a corner: it replaces $R(g)$ by its *largest* value,
# which is too big at **every** point of $\mathbb{D}_4$ except collapse. The conclusion survives, because $F$
# falls; but it takes the sum to see that, and the proof treated the terms one by one.
#
# There is a second flaw. A bound on $\mathbb{D}_4$ is no bound elsewhere, and the printed proof leaves
# $\mathbb{D}_4$ "by the concavity of" the function, which is convex: the word of (A 33) again. A repair
# should need no such set at all.
#
# ## The repair
#
# What made Theorem 1 easy? *Its slope was the same constant for every model.* The printed proof of Theorem
# 2 also uses tangents, in Lemma 13, but lets them move along with the model, so that its constants vary. So
# **freeze them**: take the tangents of $s$ at the two values that $X$ and $Y$ have at collapse,
#
# $$ X^* = b^* - \gamma, \qquad Y^* = -\frac{\gamma}{K-1} - b^*, \qquad b^* = \hat b(G) - \frac{\gamma}{K-1}
#    . \tag{A 67} $$
#
# Their slopes are $\sigma(X^*)$ and $(K-1)\, \sigma(Y^*)$, counting the factor $K - 1$. Two different
# slopes would be a nuisance. But $b^*$ is where the slope of the loss in $b$ vanishes, and lesson 03's
# equation for that says precisely that they are **equal**. So call both $p^*$; it is $p(G)$:
#
# $$ p^* := \sigma(b^* - \gamma) = (K-1)\, \sigma\Bigl( -\frac{\gamma}{K-1} - b^* \Bigr) . \tag{4} $$
#
# The loss at an ETF with bias $b^*$ is $f^* = s(X^*) + (K-1)\, s(Y^*)$. Adding the two tangents, only the
# sum $X + Y$ is left:
#
# $$ f_{\mathrm J} = s(X) + (K-1)\, s(Y) \;\ge\; f^* + p^* \bigl( X + Y + \boxed{\,?\,} \bigr) . \tag{5} $$
#
# ### {{exercise 07.8}}
# What stands in the box? An expression in `gamma` and `K`.

# %% tags=["exercise"]
# begin solution
boxed = gamma * K / (K - 1)
# stub
# boxed = ...  # an expression in gamma and K
# end solution
exercises.check("07.8", boxed)

# %% [markdown]
# And $X + Y$ is an old acquaintance. $Y$ averages the other logits, $-X$ the own ones, so **$X + Y = t$**,
# the mean gap, in which the biases cancel for *any* model. The proof then ends like that of Theorem 1, with
# $t \ge -G$:
#
# $$ f_{\mathrm{bce}} \;\ge\; f_{\mathrm J} \;\ge\; f^* + p^* (t + G) \;\ge\; f^* . \tag{A 10} $$
#
# The machine checks each step, and that $f^*$ is what the paper prints.

# %% tags=["derivation"]
X, Y = sp.symbols("X Y", real=True)
below, above = normalized.bce_bias() - gamma, -gamma / (K - 1) - normalized.bce_bias()
sigmoid, s = normalized.sigmoid, normalized.softplus
print("one slope:", assert_identity(sigmoid(below), (K - 1) * sigmoid(above)))
tangents = s(b - gamma) + p * (X - (b - gamma))
tangents += (K - 1) * s(-gamma / (K - 1) - b) + p * (Y - (-gamma / (K - 1) - b))
paper = -2 * gamma - (K - 2) * b + s(gamma - b) + (K - 1) * s(b + gamma / (K - 1))
print("two tangents:", assert_identity(tangents, normalized.bce_at_etf(b) + p * (X + Y + G)))
print("X + Y of (A 42) is t:", assert_identity(lambda k: sum(mean_arguments(k)), mean_gap_of_logits))
print("f* as printed in (A 10):", assert_identity(normalized.bce_at_etf(b), paper))

# %% [markdown]
# No set $\mathbb{D}_1, \dots, \mathbb{D}_5$ is needed, and no condition on $\gamma$ or $K$. Equality forces
# the spheres' conditions as before; (A 42) with equality makes all own logits equal, and as $w_k^\top h =
# 1$ there, all biases; all other logits equal makes the angles equal, an ETF. Finally the tangent at $X^*$
# touches only there, so the common bias is $b^*$. Conversely every ETF with $h_i^{(k)} = w_k$ and bias $b^*$
# attains the bound. So **if $d \ge K - 1$, BCE has one minimiser, up to rotation and reflection.** The
# catalogue holds both chains step by step, `statement("A.Thm1")` and `statement("A.Thm2")`.
#
# ## Try to get below
#
# A proof can be attacked too. Start a solver that knows nothing of it from `num_starts` random models for
# each loss, with random biases, and let it minimise all $K + N$ vectors and $K$ biases freely. Then take
# dimensions away.


# %%
def random_model():
    """Return random unit weights and features and random biases."""
    rows = (num_classes, len(labels))
    vectors = (geometry.oblique.random_point(row, dim, generator=generator) for row in rows)
    return *vectors, 2 * torch.randn(num_classes, dtype=torch.float64, generator=generator)


shape = (num_classes, samples_per_class, dim, scale)
problems = {loss: ufm.NormalizedUFM(*shape, loss=loss) for loss in ("ce", "bce")}
starts = [random_model() for _ in range(num_starts)]
solved = {}
for loss, problem in problems.items():
    solved[loss] = ufm.solve([problem] * num_starts, start=starts)

# %% tags=["nbval-check-output"]
for loss, ends in solved.items():  # end.gap: loss minus bound
    print(loss, "never below the bound:", all(end.gap > -1e-12 for end in ends))
    print(loss, "reaches it from every start:", all(end.gap < 1e-9 for end in ends))
bound = theory.normalized.ce_minimum(num_classes, scale)
for room in (2, num_classes - 2, num_classes - 1):
    cramped = ufm.solve(ufm.NormalizedUFM(num_classes, 1, room, scale), seed=seed)
    print(f"ce reaches it in d = {room}:", abs(cramped.objective - bound) < 1e-9)

# %% [markdown]
# That *every* start ends at the bound is more than we proved: a bound says nothing about other places where
# a solver might get stuck. Those were the subject of lesson 05. And the last lines show what the theorems'
# condition $d \ge K - 1$ is for: *reaching* the bound. With too few dimensions there is no ETF, and the
# minimum stays above.
#
# Convexity also says where a model with mean gap $t$ can lie at all. By (3) for $\Phi$, CE is at least
# $\Phi(t)$. BCE is at least $F(-t)$, the least $s(X) + (K-1)\, s(Y)$ with $X + Y = t$: every such $X, Y$ is
# $b + t, -b$ for some $b$, and $\hat b(-t)$ is the best. Both floors rise with $t$, and $t \ge -G$: a second
# proof of both theorems. The frozen tangents did without $\hat b$ and $F$.
#
# Plot 300 random models, whose features lean towards their weights or away from them, and one model on its
# way down for each loss.

# %%
models = []
for cosine in torch.linspace(-0.99, 0.99, 300):  # of feature and weight, about
    lean = cosine / (1 - cosine**2).sqrt()
    W, H, b_random = random_model()
    models.append((W, torch.nn.functional.normalize(H + lean * W[labels]), 0.5 * b_random))
random_points = np.array([measure(*model) for model in models])
paths = {}
for loss, problem in problems.items():
    slow = {"method": "gradient_descent", "max_steps": 3000, "record": 20}
    path = ufm.solve(problem, start=starts[0], **slow).history
    states = zip(*(torch.as_tensor(path[name]) for name in "WHb"), strict=True)
    paths[loss] = np.array([measure(*state) for state in states])

# %%
gaps = np.linspace(lowest, -lowest, 200)
remainder_at = sp.lambdify(g, remainder.subs(K, num_classes))
floors = {"ce": np.log1p((num_classes - 1) * np.exp(gaps)), "bce": gaps + remainder_at(-gaps)}
figure, axes = plots.new_figure(1, 2, width=9.0, height=4.0)
grey, blue, red = (plots.COLOURS[name] for name in ("grey", "blue", "vermillion"))
for column, (loss, ax) in enumerate(zip(floors, axes, strict=True), start=1):
    ax.plot(*random_points[:, [0, column]].T, ".", color=grey, label="random")
    ax.plot(*paths[loss][:, [0, column]].T, ".-", color=blue, label="descent")
    ax.plot(gaps, floors[loss], "--", color="black", label="floor by theory")
    ax.plot(lowest, floors[loss][0], "*", color=red, markersize=13, label="ETF")
    ax.set(xlabel="mean gap t (logit)", ylabel="loss (nats)", title=loss.upper(), yscale="log")
axes[0].legend(fontsize=8)
seen = "CE and BCE over the mean gap. All grey and blue dots lie above a rising dashed curve; the "
plots.show(figure, alt=seen + "blue path ends on the star where that curve meets the lowest gap.")

# %% [markdown]
# The picture is the whole proof. *Convexity* keeps the dots above the dashed curve, *the curve rises*, and
# *the spheres* end it on the left: the lowest corner is the star. There is nothing else down there.
#
# ## Take a piece away
#
# Equality for BCE needed $b = b^*$. In the widget, **fix the bias at 0 for BCE** and read how far the loss
# rises above its value with a trained bias. The positive score leaves $\gamma$: at an ETF with $b = 0$ the
# loss would be 3.7, so the ETF is no longer the minimum. Weights and features lean apart to do the bias's
# work (lesson 14). Then do the same with CE, where nothing happens. Then lower $K$: for which $K$ does BCE
# not care either? Lesson 03 has the reason.
#
# (The read-out's conditions I and II and its slowest mode belong to lesson 08.)

# %%
widgets.gamma_explorer(num_classes, scale=scale, loss="bce")

# %% [markdown]
# ## Exercises
#
# You have met eight on the way. One more makes the proof a tool: given the logits of *any* model, a real
# network's too, the mean gap tells how low its loss could be at best.
#
# ### {{exercise 07.9}}
# Write `mean_gap(logits, labels)`: the $t$ of (1) for logits of shape `(N, K)` and labels of shape `(N,)`,
# as one number. The checker also tries classes of unequal size, where (1) is the mean over all samples.


# %% tags=["exercise"]
def mean_gap(logits, labels):
    """Return the mean over samples and other classes of z_j - z_own."""
    # begin solution
    own = logits.gather(1, labels[:, None])
    return (logits - own).sum() / (len(logits) * (logits.shape[1] - 1))
    # stub
    # return ...
    # end solution


exercises.check("07.9", mean_gap)

# %% [markdown]
# ## Recap
#
# - Both losses are bounded below by an increasing function of one number, the mean gap $t$. With classes of
#   equal size no bias occurs in it.
# - On unit spheres $t \ge -\gamma K/(K-1)$, with equality where weights meet their features and means are
#   zero.
# - Theorem 1: $f_{\mathrm{ce}} \ge \Phi(-G) + \mu\, (t + G) \ge \Phi(-G)$. Equal angles come from the
#   convexity of $e^x$.
# - Theorem 2 is true for all $\gamma > 0$, $K \ge 2$. Its printed proof bounds a rising term from below by
#   its largest value and leaves the set on which it works without a reason.
# - Repair: freeze the tangents at collapse. The equation for $b^*$ makes their slopes equal, and only $X +
#   Y = t$ remains.
#
# Equal class sizes were used where biases cancel and samples group into $\tilde h_i$; lesson 10 drops them.
# How *fast* the star is reached depends on $\mu$ and $p^*$, which fall exponentially with $\gamma$: that is
# lesson 08.
#
# ## References
#
# - Paper A: *Classification vs. Deep Feature Learning in Normalized Spaces with Different Scaling*,
#   Theorems 1 and 2, Lemmas 9, 11 to 15 and 18 to 20.
# - J. L. W. V. Jensen: *Sur les fonctions convexes et les inégalités entre les valeurs moyennes*, Acta
#   Mathematica 30 (1906).
# - J. Lu, S. Steinerberger: *Neural collapse under cross-entropy loss*, Applied and Computational Harmonic
#   Analysis 59 (2022), where the minimum of CE on the sphere is found without biases.
