# ---
# jupyter:
#   nccourse:
#     title: Unconstrained features
#     objectives:
#       - state the unconstrained feature model and say what it leaves out
#       - derive binary cross-entropy from the wish for one threshold that holds for all samples
#       - compute both losses at a simplex ETF, and the bias $b^*(\gamma, K)$ from stationarity
#       - predict what the scale γ does to scores, bias and loss, and check it on solved models
#       - find the step of a printed proof that runs in one direction only
#     prerequisites: ["01_the_phenomenon", "02_simplex_etf", "softmax and sigmoid"]
#     minutes: 75
#     profiles:
#       ci: {time: 15 s, memory: 1 GB}
#       laptop: {time: 15 s, memory: 1 GB}
#       gpu: {time: 15 s, memory: 1 GB}
#     papers: [A]
#     theorems: ["A Theorem 1 (value at the ETF)", "A Theorem 2 (value and bias at the ETF)", "A Lemma 16", "A Eqs. (5), (6), (8), (10)-(13)"]
# ---

# %% [markdown]
# ## Question
#
# Lesson 01 watched the class means of a trained network settle on a simplex ETF; lesson 02 proved that
# nothing spreads more evenly. Neither says why a *loss function* should bring it about, and a network has
# so many moving parts that it is hard to see which one is responsible.
#
# So take the network away. Keep the loss, the classifier and the last-layer features, and let every feature
# be any vector it likes. **If collapse still happens, a network is not needed for it.**

# %% tags=["parameters"]
num_classes = 10
samples_per_class = 5
dim = 16
scale = 6.0
steps = 600
seed = 0

# %%
import numpy as np
import sympy as sp
import torch
from IPython.display import display

from nccourse import exercises, plots, theory, ufm, widgets
from nccourse.symbolic import (
    K,
    assert_identity,
    assert_inequality,
    assert_limit,
    b,
    gamma,
    normalized,
    statement,
)

# %% [markdown]
# ## Your prediction
#
# Give each of the $N$ training samples its own unit vector $h_i$, free to point anywhere, and each class a
# unit vector $w_k$. No image is involved: the samples of a class have nothing in common but their label.
# Minimise the mean cross-entropy over all these vectors at once.
#
# ### {{exercise 03.1}}
# At the minimum, the features of one class will be
#
# - `"a"`: all equal
# - `"b"`: spread around $w_k$, since nothing ties them together
# - `"c"`: spread as far apart as possible, since they are free
#

# %% tags=["exercise"]
# begin solution
same_class = "a"
# stub
# same_class = ...  # "a", "b" or "c"
# end solution
exercises.check("03.1", same_class)

# %% [markdown]
# ## The model
#
# The *unconstrained feature model* (UFM) of paper A has three free variables: $W \in \mathbb{R}^{K \times d}$
# and $H \in \mathbb{R}^{N \times d}$ with rows of length 1, and a bias $b \in \mathbb{R}^K$. There are $n$
# samples in each class, $N = nK$, and $d \ge K-1$, so that an ETF fits (lesson 02). A *scale factor*
# $\gamma > 0$ stretches the logits, because cosines alone reach only from $-1$ to $1$:
#
# $$ z_k = \gamma\, w_k^\top h - b_k , $$
#
# and the objective is the mean of one loss over all samples, cross-entropy (CE) or the binary cross-entropy
# (BCE) that the next section is about:
#
# $$ f(W, H, b) = \frac{1}{nK} \sum_{k=1}^{K} \sum_{i=1}^{n} \mathcal{L}\bigl( z^{(k)}_i \bigr) . \tag{A 6} $$
#
# What is left out? That features come from images through a network with finitely many weights. A large
# network has many of them, which is why one may hope that the model predicts what it does. Later lessons
# test this on real networks; here we study the model.
#
# Let it run: plain gradient descent from a random start, each row put back on its sphere after each step,
# as in lesson 02.

# %%
problem = ufm.NormalizedUFM(num_classes, samples_per_class, dim, scale, loss="ce")
follow = {"method": "gradient_descent", "max_steps": steps, "step_size": 8.0}
descent = ufm.solve(problem, seed=seed, record=10, **follow)
figure = plots.curves(
    descent.history["step"],
    {"gap to the bound": descent.history["gap"]},
    xlabel="step of gradient descent",
    ylabel="loss minus bound (nats)",
    yscale="log",
)
seen = "On a log axis the loss minus the bound of Theorem 1 falls steeply at first, "
plots.show(figure, alt=seen + "then along a nearly straight line.")

# %%
classes = [descent.H[descent.labels == k] for k in range(num_classes)]
apart = max(float(torch.cdist(features, features).max()) for features in classes)
print(f"largest distance between two features of one class: {apart:.1e}")
means = torch.stack([features.mean(dim=0) for features in classes])
names = ("class mean", "weight")
seen = "Cosines of ten class means with ten weights: one on the diagonal, minus one ninth elsewhere."
plots.show(plots.cosines(means, descent.W, names=names, title="After the descent"), alt=seen)

# %% [markdown]
# No network, no images, and yet: the features of a class have come together, their weight points along them,
# and every other pair stands at the one cosine of lesson 02. The first plot measures the loss from a number
# that you will derive in a moment.

# %% [markdown]
# ## Why binary cross-entropy at all
#
# Cross-entropy (CE) asks each sample for one thing: the right class should have the largest logit. Paper A
# observes that *feature learning* asks for more: compact classes, far apart. Call $s^+ = \gamma w_y^\top h$
# the *positive score* of a sample of class $y$ and $s^-_j = \gamma w_j^\top h$, $j \ne y$, its *negative
# scores*, both without the bias. Such classes are helped by the wish that **one** threshold works for
# everybody: all positive scores above it, all negative scores below it (A 3, A 4). Being about scores, the
# wish also ties each weight to its class: hand the weights of an ETF to the wrong classes and no threshold
# works, compact as the features are.
#
# Allow each class its own threshold, the bias $b_j$; at the minimum they turn out equal. Turn each of the $K$
# comparisons into a probability with the sigmoid $\sigma$, and ask for all of them at once:
#
# $$ \mathcal{L}_{\mathrm{bce}} = -\log \sigma(z_y) - \sum_{j \ne y} \log\bigl( 1 - \sigma(z_j) \bigr) $$
#
# or, written out with $\sigma(z) = 1/(1 + e^{-z})$,
#
# $$ \mathcal{L}_{\mathrm{bce}} = \log\bigl( 1 + e^{-z_y} \bigr) + \sum_{j \ne y} \log\bigl( 1 + e^{z_j} \bigr) . \tag{A 5} $$
#
# ### {{exercise 03.2}}
# Write (A 5) in torch: `bce(logits, labels)` for logits $z$ of shape `(N, K)`, returning one loss for each
# sample, shape `(N,)`. The checker also tries logits of a few thousand, where $e^z$ overflows.


# %% tags=["exercise"]
def bce(logits, labels):
    """Return log(1 + exp(-z_y)) + sum_{j != y} log(1 + exp(z_j)) for each sample."""
    # begin solution
    sign = torch.ones_like(logits)
    sign[torch.arange(len(labels)), labels] = -1
    return torch.nn.functional.softplus(sign * logits).sum(dim=1)
    # stub
    # return ...
    # end solution


exercises.check("03.2", bce)

# %% [markdown]
# ## The scores at an ETF
#
# Suppose collapse is complete: every feature of class $k$ equals $w_k$, and the $w_k$ form a simplex ETF.
# Lesson 02 then gives all scores,
#
# $$ s^+ = \gamma\, w_k^\top w_k = \gamma, \qquad s^- = \gamma\, w_j^\top w_k = -\frac{\gamma}{K-1} . \tag{A 12, A 13} $$
#
# ### {{exercise 03.3}}
# Ten classes, $\gamma = 8$. By how much does the positive score exceed the negative ones? Give a number,
# exact or to three digits.

# %% tags=["exercise"]
# begin solution
score_gap = sp.Rational(80, 9)
# stub
# score_gap = ...  # a number
# end solution
exercises.check("03.3", score_gap)

# %% [markdown]
# ## Cross-entropy there
#
# Insert the scores into $-\log \operatorname{softmax}$. With equal biases, $b_k = b$ for all $k$, the bias
# cancels:

# %% tags=["derivation"]
own, other = sp.exp(gamma - b), sp.exp(-gamma / (K - 1) - b)
ce = -sp.log(own / (own + (K - 1) * other))
print("value:", assert_identity(ce, sp.log(1 + (K - 1) * sp.exp(-gamma * K / (K - 1)))))
print("no bias in it:", assert_identity(sp.diff(ce, b), 0))
print("at scale zero it is log K:", assert_limit(ce.subs(b, 0), gamma, 0, sp.log(K)))

# %% [markdown]
# This is the right-hand side of paper A's Theorem 1,
#
# $$ f_{\mathrm{ce}}(W, H, b) \ge \log\Bigl( 1 + (K-1)\, e^{-\gamma K/(K-1)} \Bigr) . \tag{A 8} $$
#
# Be clear about what is proved at this point. We know the loss *at* the ETF, which exists as $d \ge K-1$, so
# the minimum is **at most** this. That nothing lies lower is the theorem's real content; lesson 07 proves it.
# Until then we let solvers try to get below.

# %% [markdown]
# ## Binary cross-entropy there
#
# ### {{exercise 03.4}}
# Insert the same scores into (A 5), with one bias $b$ for all classes. Write the loss as a sympy expression
# in `gamma`, `K`, `b`.

# %% tags=["exercise"]
# begin solution
bce_at_etf = sp.log(1 + sp.exp(b - gamma)) + (K - 1) * sp.log(1 + sp.exp(-gamma / (K - 1) - b))
# stub
# bce_at_etf = ...  # an expression in gamma, K and b
# end solution
exercises.check("03.4", bce_at_etf)

# %% [markdown]
# Now the bias matters, and in a definite way. The derivative with respect to $b$ compares two sigmoids; a
# second derivative that is positive everywhere leaves room for only one minimum.

# %% tags=["derivation"]
loss = normalized.bce_at_etf(b)
slope = normalized.sigmoid(b - gamma) - (K - 1) * normalized.sigmoid(-gamma / (K - 1) - b)
print("slope:", assert_identity(sp.diff(loss, b), slope))
print("convex in b:", assert_inequality(sp.diff(loss, b, 2), ">", 0))

# %% [markdown]
# Setting the slope to zero says: *the probability that the positive logit lacks, $1 - \sigma(z_y)$, equals all
# that the negative ones have, $\sum_{j \ne y} \sigma(z_j)$*. With $x = e^b$ and the denominators multiplied out it is a quadratic equation,
#
# $$ x^2 - (K-2)\, e^{-\gamma/(K-1)}\, x - (K-1)\, e^{\gamma - \gamma/(K-1)} = 0 . \tag{A 53} $$
#
# ### {{exercise 03.5}}
# Solve it: give $b^*(\gamma, K)$ as a sympy expression in `gamma` and `K`. Mind which root can be an
# exponential.

# %% tags=["exercise"]
# begin solution
low = sp.exp(-gamma / (K - 1))
p, q = (K - 2) * low, (K - 1) * low * sp.exp(gamma)
b_star = sp.log((p + sp.sqrt(p**2 + 4 * q)) / 2)
# stub
# b_star = ...  # an expression in gamma and K
# end solution
exercises.check("03.5", b_star)

# %% tags=["derivation"]
root = sp.exp(normalized.bce_bias())
print("slope zero at b*:", assert_identity(normalized.bias_quadratic(root), 0))
print("two classes need no bias:", assert_identity(normalized.bce_bias().subs(K, 2), 0))

# %% [markdown]
# That root's logarithm is (A 11); `normalized.bce_bias()` shows it to you, should you want to compare. CE has a whole line of equally good biases; **BCE has one**, and it depends on $\gamma$
# and $K$.
#
# ### {{exercise 03.6}}
# As $\gamma \to 0$ all scores become zero and the model can say nothing about a sample. Yet $b^*$ does not
# vanish for $K > 2$. What is its limit for ten classes? Think of the probability that BCE should then give
# to each class, or take the limit of (A 11).

# %% tags=["exercise"]
# begin solution
bias_limit = sp.log(9)
# stub
# bias_limit = ...  # a number
# end solution
exercises.check("03.6", bias_limit)

# %% [markdown]
# ## Does the bias separate?
#
# BCE was built so that $b$ would be a threshold between positive and negative scores. Is it, at the
# minimum? Paper A's Lemma 16 says yes, $-\gamma/(K-1) < b^* < \gamma$, when
#
# $$ \gamma > \Bigl( 1 - \frac1K \Bigr) \log(2K - 3) . \tag{A 111} $$
#
# The slope of the loss decides it quickly: the loss is convex in $b$ with its minimum at $b^*$, so $b^* <
# \gamma$ exactly if the slope at $b = \gamma$ is positive, and $-\gamma/(K-1) < b^*$ exactly if it is negative at
# $b = -\gamma/(K-1)$.

# %% tags=["derivation"]
at_top, at_bottom = slope.subs(b, gamma), slope.subs(b, -gamma / (K - 1))
edge = normalized.SEPARATION_SCALE
print("slope at b = γ vanishes at the edge:", assert_identity(at_top.subs(gamma, edge), 0))
print("and grows with γ:", assert_inequality(sp.diff(at_top, gamma), ">", 0))
lowest = normalized.sigmoid(-gamma * K / (K - 1)) - (K - 1) / 2
print("slope at b = -γ/(K-1) is σ(-γK/(K-1)) - (K-1)/2:", assert_identity(at_bottom, lowest))

# %% [markdown]
# The sigmoid of a negative number is below $\frac12$, so the last slope is negative at every scale: the lower
# inequality is never in danger. The lemma's condition is exactly right, for $K = 2$ too, although the paper asks for $K > 2$. But its
# printed proof goes on, after arriving at (A 124), which is the condition above:
#
# $$ \Bigl( 1 - \frac1K \Bigr) \log(2K-3) < \gamma \quad\Leftrightarrow\quad \log(2K - 3) < \gamma . \tag{A 124, A 125} $$
#
# ### {{exercise 03.7}}
# The double arrow claims two implications, and one of them is wrong. Prove it with a counterexample: give a $\gamma$, as a number, at
# which for $K = 10$ one side is true, the other false. (Which side is it that $b^*$ obeys?)

# %% tags=["exercise"]
# begin solution
counterexample = sp.Rational(27, 10)
# stub
# counterexample = ...  # a number
# end solution
exercises.check("03.7", counterexample)

# %% [markdown]
# ## Solve it: the models land on the theory
#
# Now let a solver that knows none of this minimise $f_{\mathrm{ce}}$ and $f_{\mathrm{bce}}$ over all
# features, weights and biases, for fourteen values of $\gamma$. `ufm.solve` takes the list as one batch and
# gives each solution its *gap*, the loss reached minus the right-hand side of Theorem 1 or, for BCE, of
# Theorem 2, which is the loss of exercise 03.4 at $b = b^*$. At $\gamma = 64$ the bound of CE is near
# $10^{-30}$, and states far from collapse come within $10^{-10}$ of it. So divide the gap by the bound, and
# look at the cosines too.

# %%
scales = np.geomspace(0.1, 64, 14).tolist()
problems = {
    loss: [ufm.NormalizedUFM(num_classes, samples_per_class, dim, s, loss=loss) for s in scales]
    for loss in ("ce", "bce")
}
solved = {loss: ufm.solve(batch, seed=seed) for loss, batch in problems.items()}

# %% tags=["nbval-check-output"]
for loss, batch in solved.items():
    gaps = [s.gap / p.minimum for s, p in zip(batch, problems[loss], strict=True)]
    print(loss, "gap at most 1e-10 of the bound at every scale:", max(gaps) <= 1e-10)
    print(loss, "never below the bound, within rounding:", min(gaps) > -1e-12)
    own_class = batch[0].labels[:, None] == torch.arange(num_classes)
    expected = torch.where(own_class, 1.0, -1 / (num_classes - 1)).double()
    cosines_off = max(float((s.H @ s.W.T - expected).abs().max()) for s in batch)
    print(loss, "every cosine of feature and weight as at the ETF, to 1e-5:", cosines_off <= 1e-5)
    print(loss, "equal biases, to 1e-4:", max(float(s.b.max() - s.b.min()) for s in batch) <= 1e-4)

# %% [markdown]
# To see it, take from each BCE solution the mean positive score $\gamma\, w_y^\top h$ and the mean bias, and
# lay them on the curves of (A 12), (A 13) and (A 11). The curves are the closed forms of this lesson as plain
# functions, in `theory.normalized`; they hold their digits where the exponentials in (A 11) would overflow.

# %%
fine = np.geomspace(0.1, 64, 200)
positive, negative = theory.normalized.unbiased_scores(num_classes, fine)
best_bias = theory.normalized.bce_bias(num_classes, fine)
own_cosine = [float((s.H * s.W[s.labels]).sum(dim=1).mean()) for s in solved["bce"]]
solved_score = np.multiply(scales, own_cosine)
solved_bias = [float(s.b.mean()) for s in solved["bce"]]

# %%
figure = plots.curves(
    fine,
    theory={"positive score": positive, "negative score": negative, "bias": best_bias},
    points={"positive score": (scales, solved_score), "bias": (scales, solved_bias)},
    xlabel="scale γ (no unit)",
    ylabel="score or bias (logit units)",
    xscale="log",
    yscale="symlog",
)
seen = "Three dashed curves over the scale: positive score rising, negative score falling, "
seen += "the bias between them except at small scales, where it lies above both. "
plots.show(figure, alt=seen + "Solved models sit on the curves of positive score and bias.")

# %% [markdown]
# Read the picture from right to left. At large $\gamma$ the bias separates the scores. It lies about
# $\frac12 \log(K-1)$ above the middle between them; relative to $\gamma$, half way. As $\gamma$ falls the
# scores close in on zero, but $b^*$ stays near $\log(K-1)$: left of the crossing no sample has a positive
# logit. The loss still has its minimum at the ETF; what has gone is the interpretation as a threshold.

# %% [markdown]
# ## Move γ yourself
#
# Try this first: lower $\gamma$ until $b^*$ passes the positive score. Is it where (A 111) says?

# %%
widgets.gamma_explorer(num_classes, scale=scale, loss="bce")

# %% [markdown]
# ## Exercises
#
# You have met seven on the way. One more looks ahead.
#
# ### {{exercise 03.8}}
# How much of the positive score does the bias use up at large scale: what does $b^*/\gamma$ tend to as $\gamma \to
# \infty$, for general $K$? Answer with a sympy expression in `K`. Read the plot of the solved models, or
# find the one term of (A 11) that survives.

# %% tags=["exercise"]
# begin solution
share = (K - 2) / (2 * (K - 1))
# stub
# share = ...  # an expression in the symbol K
# end solution
exercises.check("03.8", share)

# %% [markdown]
# That share is what gives BCE half of CE's exponent in lesson 08, where the question is how fast the
# minimum is reached.
#
# The catalogue holds Lemma 16 with every step of its proof and the printed equation numbers, and, apart from
# it, the counterexample to (A 125):

# %% tags=["derivation"]
for name in ("A.Lem16", "A.Erratum7"):
    display(statement(name).verify())

# %% [markdown]
# ## Recap
#
# - The unconstrained feature model keeps loss, classifier and free features. It collapses all the same: no
#   network is needed. CE or BCE, unit lengths, balanced classes and $d \ge K-1$ are enough.
# - BCE is the loss of the wish for one threshold for all samples; CE only compares the logits of one
#   sample.
# - At a simplex ETF the scores are $\gamma$ and $-\gamma/(K-1)$, CE is $\log(1 + (K-1) e^{-\gamma
#   K/(K-1)})$ for any equal bias, BCE has the single best bias $b^*(\gamma, K)$.
# - $b^*$ separates the scores exactly if $\gamma > (1 - 1/K) \log(2K-3)$, and tends to $\log(K-1)$ as
#   $\gamma \to 0$.
# - Solved models reach these values and, within rounding, none gets below them. Why none can is lesson 07.

# %% [markdown]
# ## References
#
# - Paper A: *Classification vs. Deep Feature Learning in Normalized Spaces with Different Scaling*,
#   Sections 3 and 4.1, Lemma 16.
# - D. G. Mixon, H. Parshall, J. Pi: *Neural collapse with unconstrained features*, 2020, where the model
#   comes from.
# - C. Yaras et al.: *Neural collapse with normalized features: a geometric analysis over the Riemannian
#   manifold*, NeurIPS 2022.
