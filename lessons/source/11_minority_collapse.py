# ---
# jupyter:
#   nccourse:
#     title: Minority collapse
#     objectives:
#       - compute the size at which a class loses its feature, and see it happen in solved models
#       - solve the paper's condition for the imbalance ratio, which it states only implicitly
#       - say what holds a feature at zero, and check a remark about multipliers
#       - find where a proof stops once a class has collapsed, and how to mend it
#       - tell a collapsed class from a dead one, and get past dead ones with several starts
#     prerequisites: ["10_imbalance", "Lagrange multipliers", "gradient descent"]
#     minutes: 75
#     profiles:
#       ci: {time: 25 s, memory: 1 GB}
#       laptop: {time: 1 minute, memory: 1 GB}
#       gpu: {time: 1 minute, memory: 2 GB}
#     papers: [D]
#     theorems: ["D Corollary 4", "D Theorem 1 (collapsed classes)", "D Eqs. (17), (18)"]
# ---

# %% [markdown]
# ## Question
#
# Lesson 10 ended with margins: a class with more samples gets a larger one. Now make some classes ever rarer,
# or the others ever more frequent. The weights of the rare ones draw together, and C. Fang and colleagues
# observed in 2021 that at some ratio they *merge*: the classifier gives all of them the same logit, and no
# longer even tries to tell them apart. They called it *minority collapse*.
#
# Is that a limit, approached but never reached, or does it happen at a definite size? And when a class is
# found at zero, is it there because that is best, or because the optimiser got stuck? **Where exactly does a
# class die, and of what?**

# %% tags=["parameters"]
small_count = 4
majors = 3
minors = 3
decay = 0.01
num_starts = 40
data_name = "digits"
epochs = 200
seed = 0

# %%
import numpy as np
import pandas as pd
import sympy as sp
import torch
from IPython.display import display
from torch.nn.functional import cross_entropy

from nccourse import exercises, geometry, plots, training, ufm, widgets
from nccourse.symbolic import K, assert_identity, statement
from nccourse.theory import imbalanced

# %% [markdown]
# ## Your prediction
#
# ### {{exercise 11.1}}
# A model with ReLU features and weight decay, trained to the minimum. A rare class still has its own feature.
# Now you collect ten times as many pictures of the *large* classes, and change nothing else. In the model of
# lesson 10, what becomes of the rare class?
#
# - `"a"`: nothing: its samples are what they were
# - `"b"`: its margin grows, since the features get better
# - `"c"`: its margin shrinks, and it may lose its feature altogether

# %% tags=["exercise"]
# begin solution
rare_class = "c"
# stub
# rare_class = ...  # "a", "b" or "c"
# end solution
exercises.check("11.1", rare_class)

# %% [markdown]
# ## A definite size
#
# Recall the bargain of lesson 10. Class $k$ chooses the margin $M$ that minimises
#
# $$ g_k(M) = \frac{n_k}{N} \log\bigl(1 + (K-1) e^{-M}\bigr) + c \sqrt{n_k}\, M , \qquad
#    c = \sqrt{\tfrac{K-1}{K} \lambda_W \lambda_H} , \qquad M \ge 0 , $$
#
# and where the derivative vanishes $M_k = \log\bigl( (K-1)(\sqrt{n_k}/(Nc) - 1) \bigr)$ (D 6). A negative
# margin is not on offer: features are not negative. If the formula gives one, the best margin is zero and the
# feature is zero. The price of the first bit of margin exceeds what it brings. So there is a size at which
# a class collapses, and it is reached, not approached. The minimum of the objective is the sum of all bargains,
# $\sum_k g_k(M_k)$.
#
# ### {{exercise 11.2}}
# For which $n_k$ is $M_k = 0$? Answer in `N`, `K`, `lambda_W` and `lambda_H`.

# %% tags=["exercise"]
N, lambda_W, lambda_H = sp.symbols("N lambda_W lambda_H", positive=True)
# begin solution
threshold = N**2 * K / (K - 1) * lambda_W * lambda_H
# stub
# threshold = ...  # an expression in N, K, lambda_W and lambda_H
# end solution
exercises.check("11.2", threshold)

# %% tags=["derivation"]
C, n_k = sp.symbols("C n_k", positive=True)
cost = sp.sqrt((K - 1) / K * lambda_W * lambda_H)
slope = -n_k / N * (K - 1) / K + cost * sp.sqrt(n_k)
bound = N**2 * K / (K - 1) * lambda_W * lambda_H
print(
    "slope of g at M = 0:",
    assert_identity(slope.subs(n_k, C * bound), cost * sp.sqrt(C * bound) * (1 - sp.sqrt(C))),
)

# %% [markdown]
# The slope of $g_k$ at zero, for a class of $C$ times that size, is positive exactly for $C < 1$: then zero is
# the minimum. This is **Corollary 4**: a class with $n_k \le N^2 \frac{K}{K-1} \lambda_W \lambda_H$ has
# $h_k = 0$. By (D 10) its weight is $w_k \propto 0 - \sum_m \sqrt{n_m}\, h_m$, the *same* vector for all
# collapsed classes. Their samples have all logits zero: the model guesses among $K$.
#
# Two things deserve a pause. One threshold serves all classes. And it grows with $N^2$: every sample that
# *any* class gets raises it for everybody. The loss is a mean, so a sample's share of it is $1/N$; the decay of
# its feature is not divided by anything. That is a property of the objective (D 4), not of imbalance.
#
# ### {{exercise 11.3}}
# Write `collapsed(counts, lambda_W, lambda_H)`: a list of booleans, one a class, in the order of `counts`.


# %% tags=["exercise"]
def collapsed(counts, lambda_W, lambda_H):
    """Return for each class whether it has collapsed."""
    # begin solution
    K = len(counts)
    threshold = sum(counts) ** 2 * K / (K - 1) * lambda_W * lambda_H
    return [n <= threshold for n in counts]
    # stub
    # return ...
    # end solution


exercises.check("11.3", collapsed)

# %% [markdown]
# ## Two groups
#
# Let $K_A$ classes have $n_A$ samples and $K_B$ classes $n_B = n_A / R$. The paper states when the minority
# collapses as
#
# $$ R \;\ge\; \frac{1}{K_A} \Bigl( \frac{K-1}{N K \lambda_W \lambda_H} - K_B \Bigr) . \tag{D 17} $$
#
# This is true, but it looks more finished than it is: with $n_B$ fixed, $N = n_B (R K_A + K_B)$ contains $R$.
# Read as a number it misleads, for at small $R$ the right side is far too large.
#
# ### {{exercise 11.4}}
# Solve $n_B \le N^2 \frac{K}{K-1} \lambda_W \lambda_H$ for $R$, with $n_B$ fixed: give the smallest ratio at
# which the minority collapses, in `K`, `n_B`, `K_A`, `K_B`, `lambda_W` and `lambda_H`.

# %% tags=["exercise"]
n_B, K_A, K_B = sp.symbols("n_B K_A K_B", positive=True)
# begin solution
ratio = (sp.sqrt((K - 1) / (n_B * K * lambda_W * lambda_H)) - K_B) / K_A
# stub
# ratio = ...  # an expression
# end solution
exercises.check("11.4", ratio)

# %% [markdown]
# The majority is not safe either. Its threshold is the same: at (D 18), $N^2/n_A \ge \frac{K-1}{K \lambda_W
# \lambda_H}$, all classes are at zero, the paper's *complete collapse*. Here $N^2/n_A = n_B (R K_A +
# K_B)^2/R$ falls until $R = K_B/K_A$ and grows from there on. So (D 18) has up to two roots in $R$; the
# larger one is the second ratio. `theory.imbalanced.collapse_ratios` returns both ratios. Below are the two
# statements, then margins over $R$: closed form dashed, solved models as marks, each minimised over all its
# features.

# %% tags=["derivation"]
display(statement("D.Cor4").verify(), statement("D.Erratum7").verify())

# %%
ratios = np.array([1, 2, 4, 8, 12, 20, 40, 100, 200, 300])
sizes = [[small_count * int(R)] * majors + [small_count] * minors for R in ratios]
dim = majors + minors
solved = ufm.solve([ufm.NonnegativeUFM(counts, dim, decay, decay) for counts in sizes], seed=seed)
margins = []
for one in solved:
    logits = one.H @ one.W.T
    own = logits.gather(1, one.labels[:, None])
    rival = logits.scatter(1, one.labels[:, None], -torch.inf).amax(dim=1, keepdim=True)
    margins.append((own - rival)[[0, -1], 0].numpy())
margins = np.array(margins)

# %%
fine = np.arange(1, 401)
exact = [
    imbalanced.minimizer([small_count * int(R)] * majors + [small_count] * minors, decay, decay) for R in fine
]
groups = {"large classes": 0, "small classes": -1}
figure = plots.curves(
    fine,
    theory={name: [one.margins[k] for one in exact] for name, k in groups.items()},
    points={name: (ratios, margins[:, k]) for name, k in groups.items()},
    xlabel="ratio R of class sizes (no unit)",
    ylabel="margin M (logit units)",
    xscale="log",
)
seen = "Two dashed curves fall as R grows, marks upon them: small classes reach zero near R = 14, large ones "
plots.show(figure, alt=seen + "near R = 230; beyond, both stay at zero.")

# %% tags=["nbval-check-output"]
first, second = imbalanced.collapse_ratios(small_count, majors, minors, decay, decay)
expected = np.array([[one.margins[0], one.margins[-1]] for one in (exact[R - 1] for R in ratios)])
print(f"the minority collapses from R = {first:.3f}, everything from R = {second:.3f}")
print("solved margins are the closed form:", bool(np.abs(margins - expected).max() < 1e-4))
gone = solved[5]
print("at R = 20 small features are zero:", bool(gone.H[gone.labels >= majors].abs().max() < 1e-4))
print("and their weights one vector:", bool((gone.W[majors:] - gone.W[-1]).abs().max() < 1e-4))

# %% [markdown]
# ## The laboratory
#
# Ten samples in each small class. Raise $R$ and watch the threshold climb over them, then over everybody.

# %%
widgets.minority_lab(majors=5, minors=5, ratio=8.0)

# %% [markdown]
# ### {{exercise 11.5}}
# Start from the default and raise $R$ past the first dotted line. What becomes of the margin of the *large*
# classes, now that their weak rivals are gone?
#
# - `"a"`: it grows again
# - `"b"`: it stays where it was when the minority collapsed
# - `"c"`: it goes on falling, and reaches zero at a larger $R$

# %% tags=["exercise"]
# begin solution
large_margin = "c"
# stub
# large_margin = ...  # "a", "b" or "c"
# end solution
exercises.check("11.5", large_margin)

# %% [markdown]
# ## What holds the zeros
#
# At the minimizer most entries of $H$ are zero: features of different classes share no coordinate. With $d =
# K$ and every class alive, as below, each lives on an axis of its own. A constraint $H \ge 0$ that is active
# pushes back with a *multiplier* $\mu \ge 0$; the KKT conditions say that the gradient of the objective by
# $H$ equals $\mu$ and that $\mu$ vanishes wherever $H > 0$.
#
# The paper remarks in Section 7.1: the constraints are affine, so "strong duality holds with dual variables
# equal 0's", the KKT conditions are satisfied, and hence the gradient by $H$ vanishes at the optimum. Look at
# the gradients themselves, one sample of each class on the axis of each class.

# %%
counts = (8, 4, 2)
three = ufm.solve(ufm.NonnegativeUFM(counts, 3, decay, decay), seed=seed)
H = three.H.clone().requires_grad_()
objective = cross_entropy(H @ three.W.T, three.labels) + decay / 2 * (H**2).sum()
(gradient,) = torch.autograd.grad(objective, H)
samples = [0, counts[0], counts[0] + counts[1]]
axes = three.H[samples].argmax(dim=1)
on_axes = gradient[samples][:, axes].numpy()
names = [f"class {k}" for k in range(3)]
pd.DataFrame(on_axes, index=names, columns=[f"axis of {name}" for name in names]).round(6) + 0.0

# %% tags=["nbval-check-output"]
n, lengths = np.array(counts), imbalanced.minimizer(counts, decay, decay).feature_norms
formula = decay / 2 * np.sqrt(n[None, :] / n[:, None]) * lengths[None, :]
others = ~np.eye(3, dtype=bool)
print("zero on the own axis:", bool(np.abs(np.diag(on_axes)).max() < 1e-6))
print("elsewhere the formula below:", bool(np.abs(on_axes - formula)[others].max() < 1e-6))

# %% [markdown]
# ### {{exercise 11.6}}
# Which is the *first* false statement in the remark?
#
# - `"a"`: the constraints are affine, so a minimizer satisfies the KKT conditions
# - `"b"`: the dual variables are zero
# - `"c"`: the gradient by $H$ vanishes at the optimum

# %% tags=["exercise"]
# begin solution
false_first = "b"
# stub
# false_first = ...  # "a", "b" or "c"
# end solution
exercises.check("11.6", false_first)

# %% [markdown]
# For a surviving class $k$, on the axis of another surviving class $j$, the multiplier is
#
# $$ \mu_{kj} = \frac{\lambda_H}{K-1} \sqrt{\frac{n_j}{n_k}}\; \lVert h_j \rVert \;>\; 0 . $$
#
# Moving a feature towards another class's axis raises that class's logit, and so the loss, at once. The paper
# needs the remark for its Lemma 1, $\lVert W \rVert^2 = \frac{\lambda_H}{\lambda_W} \sum_k n_k \lVert h_k
# \rVert^2$, and that is true all the same: it takes a trace, in which each multiplier meets a zero of $H$.
#
# ## Where the proof stops
#
# The proof of Theorem 1 bounds each class's loss from below by a tangent, and chooses all tangents so that one
# number $c_1$ serves all classes, $y_k = c_1/\sqrt{n_k}$ for the slope of class $k$. The bound is attained if
# each tangent touches at that class's margin. A collapsed class has slope $\frac{K-1}{K}$ at its margin zero.
# If $\frac{K-1}{K} < y_k < 1$, its tangent touches at a *negative* margin, which no feature has: the bound is
# still below the minimum, but no longer equal to it. From $y_k \ge 1$ on, as for the small classes above at
# $R = 20$, no tangent has that slope. Either way the chain of inequalities does not close.
#
# The theorem survives. Give a collapsed class the tangent at $M = 0$, of slope $\frac{K-1}{K} < y_k$. The
# decay then outweighs what it has to cancel, and the argument goes through; this is how the catalogue proves
# it. All of it, checked, with the counterexample to the printed equality:

# %% tags=["derivation"]
for name in ("D.KKT", "D.Erratum1", "D.Erratum2", "D.Erratum3"):
    display(statement(name).verify())

# %% [markdown]
# ## Dead, though it should live
#
# So far zeros were best. Now take three classes of two samples each, far above the threshold: no imbalance at
# all. Set one feature to zero *by hand*, and leave the other two at their best.
#
# ### {{exercise 11.7}}
# $K$ classes of equal size, all of which should survive, and the minimum is $f$. What is the objective if one
# of them is at zero and the others are as good as they can be? By the bargain above each class minimises a
# function of its own; the others keep their margins. Answer in `K` and `f`.

# %% tags=["exercise"]
f = sp.Symbol("f", positive=True)
# begin solution
with_one_dead = (K - 1) / K * f + sp.log(K) / K
# stub
# with_one_dead = ...  # an expression in K and f
# end solution
exercises.check("11.7", with_one_dead)

# %% [markdown]
# Can gradient descent get out? Put class 0 on the first axis, spread class 1 over the second and third, leave
# class 2 at zero, and disturb everything a little. In three dimensions every axis is in use; a fourth would
# be free.


# %%
def with_dead_class(dim):
    """Return W, H, b near the state described, for three classes of two samples."""
    means = np.zeros((3, dim))
    means[0, 0], means[1, 1:3] = 1.0, np.sqrt(0.5)
    means *= imbalanced.minimizer((2, 2, 2), decay, decay).feature_norms[0]
    W = np.sqrt(2 / 6) * (3 * means - means.sum(axis=0))
    noise = np.random.default_rng(seed)
    H = np.repeat(means, 2, axis=0) + 1e-3 * np.abs(noise.normal(size=(6, dim)))
    return torch.from_numpy(W + 1e-3 * noise.normal(size=(3, dim))), torch.from_numpy(H), torch.zeros(3)


# %%
paths = {}
options = {"method": "gradient_descent", "max_steps": 400, "record": 4, "tolerance": 0.0}
for dim in (3, 4):
    problem = ufm.NonnegativeUFM((2, 2, 2), dim, decay, decay)
    run = ufm.solve(problem, start=with_dead_class(dim), **options)
    paths[f"d = {dim}"] = np.interp(np.arange(0, 401, 4), run.history["step"], run.history["objective"])
best = imbalanced.minimizer((2, 2, 2), decay, decay).objective
levels = {"minimum": best, "one class dead": 2 / 3 * best + np.log(3) / 3}
labelled = {"xlabel": "steps (number)", "ylabel": "objective (nats)"}
figure = plots.curves(np.arange(0, 401, 4), paths, theory=levels, **labelled)
seen = "Objective over steps: with three dimensions it stays on the dashed line of one dead class, with four "
plots.show(figure, alt=seen + "it falls to the minimum within a hundred steps.")

# %% [markdown]
# With every axis in use the dead class is a **local minimum that is not global**: wherever its feature might
# grow, another class lives, and its weight pushes back. On a free axis nobody pushes, and the point is a
# strict saddle from which descent escapes. The minimum is not a single point: class 1, features and weights
# together, can turn within its two axes at no cost. At the ends of that flat valley one axis is free:
# saddles. The paper does not discuss this; its theorem is about global minimizers and remains true. But
# whoever *computes* one must know.

# %% tags=["derivation"]
statement("D.DeadClass").verify()

# %% [markdown]
# Is the trap rare? Descend from random starts, in three dimensions and in eight.

# %%
rows = {}
descent = {"method": "gradient_descent", "max_steps": 2500, "tolerance": 1e-6}
for dim in (3, 8):
    problem, noise = ufm.NonnegativeUFM((2, 2, 2), dim, decay, decay), np.random.default_rng(seed)
    W = torch.from_numpy(noise.normal(size=(num_starts, 3, dim)) / dim**0.5)
    H = torch.from_numpy(np.abs(noise.normal(size=(num_starts, 6, dim))) / dim**0.5)
    starts = [(w, h, torch.zeros(3)) for w, h in zip(W, H, strict=True)]
    ends = ufm.solve([problem] * num_starts, start=starts, **descent)
    longest = [end.H.reshape(3, 2, dim).norm(dim=2).amax(dim=1) for end in ends]
    rows[f"d = {dim}"] = {
        "starts": num_starts,
        "a class died": sum(bool(lengths.min() < 1e-3) for lengths in longest),
        "found the minimum": sum(end.objective < best + 1e-4 for end in ends),
    }
display(pd.DataFrame(rows).T)

# %% [markdown]
# ### {{exercise 11.8}}
# Suppose one start in six gets stuck, independently of the others. What is the smallest number of starts for
# which the chance that *all* fail is below one in a million?

# %% tags=["exercise"]
# begin solution
starts_needed = 8
# stub
# starts_needed = ...  # a whole number
# end solution
exercises.check("11.8", starts_needed)

# %% [markdown]
# That is what `ufm.solve` does: it starts anew until the objective reaches the closed form, and its `.starts`
# tells how often. Without a closed form it can only keep the best.
#
# ## A real network
#
# Ten digits, five of them with sixty images each, five with fewer and fewer; an MLP without bias, a decay
# four times the course's usual one. Its decay is on all layers, not on features, so the threshold is not the
# formula's. The pattern can be compared: do the features of small classes vanish, and their weights merge?
# And is it the decay? A second run of each, without any, is the control. About eight seconds.

# %%
few, off, found = [60, 6, 2, 1], ~torch.eye(5, dtype=torch.bool), []
setup = {"data": data_name, "epochs": epochs, "seed": seed, "record": epochs, "snapshots": max(few)}
setup["model_options"] = {"bias": False}
for small in few:
    setup["data_options"] = {"counts": [60] * 5 + [small] * 5, "seed": seed}
    for run in training.sweep([training.TrainConfig(weight_decay=each, **setup) for each in (0.02, 0.0)]):
        shot = run.snapshots[-1]
        W, minor = shot.W.double(), shot.labels >= 5
        fitted = ((shot.features @ shot.W.T).argmax(dim=1) == shot.labels)[minor].double().mean()
        lengths = [shot.features[rows].norm(dim=1).mean() for rows in (~minor, minor)]
        cosine, correct = geometry.cosines(W[5:])[off].mean(), run.metrics.iloc[-1].test_accuracy
        found.append([float(value) for value in (cosine, fitted, *lengths, correct)])
strong, none = np.array(found).reshape(len(few), 2, 5).transpose(1, 0, 2)

# %%
columns = ["cosine, small", "fitted, small", "length, large", "length, small", "test accuracy"]
names = [f"R = {60 // small}, decay {each}" for small in few for each in (0.02, 0)]
display(pd.DataFrame(found, index=names, columns=columns).round(2))
lines = {f"{name}, decay 0.02": strong[:, k] for k, name in enumerate(("cosine", "fitted"))}
figure = plots.curves(
    60 / np.array(few),
    lines | {f"{name}, no decay": none[:, k] for k, name in enumerate(("cosine", "fitted"))},
    theory={"simplex ETF": -1 / 9},
    xlabel="ratio R of class sizes (no unit)",
    ylabel="small classes: cosine; fraction fitted",
    xscale="log",
)
seen = "With decay the cosine jumps towards one at R = 60 and the fraction of fitted training images drops; "
plots.show(figure, alt=seen + "without decay the cosine rises far less and all stay fitted.")

# %% tags=["nbval-check-output"]
print("balanced, weights are near the ETF:", bool(abs(strong[0, 0] + 1 / 9) < 0.03))
print("at R = 60 with decay weights of small classes draw together:", bool(strong[-1, 0] > 0.7))
print("and most of their training images are not fitted:", bool(strong[-1, 1] < 0.5))
print(
    "without decay they stay apart:", bool(none[-1, 0] < 0.5), "and all are fitted:", bool(none[-1, 1] > 0.9)
)

# %% [markdown]
# At `R = 60` with the strong decay the network gives small classes up: their features are short, their
# weights draw together, and most of their training images are not fitted. Without decay the same training
# fits every one. Test accuracy would not tell: it is a half or little more in both rows, as one image a class
# hardly generalises. As in the model the collapse has its place: at `R = 30` all training images are still
# fitted. Lesson 12 asks what a classifier that cannot merge its weights would change.
#
# ## Exercises
#
# You have met eight on the way. To go on: in the laboratory, choose one large class, eight small ones and
# $\lambda \approx 1/25$, so that at $R = 1$ everything is at zero. Does a larger $R$ bring a class back? Why?
#
# ## Recap
#
# - A class collapses exactly if $n_k \le N^2 \frac{K}{K-1} \lambda_W \lambda_H$; collapsed classes share one
#   weight and guess (D Corollary 4).
# - (D 17) is implicit, as $N$ contains $R$; solved, $R \ge \frac{1}{K_A} \bigl( \sqrt{\frac{K-1}{n_B K
#   \lambda_W \lambda_H}} - K_B \bigr)$. From the larger root of (D 18) on everything collapses.
# - For surviving classes the multipliers of $H \ge 0$ are positive where another of them lives, not zero as
#   the paper remarks; its Lemma 1 needs only a trace.
# - The printed proof does not close when a class collapses; with its tangent at margin zero it does.
# - A dead class can be a local minimum when no axis is free, even in balanced data: use several starts.
#
# ## References
#
# - Paper D: Dang, Tran, Nguyen, Ho, *Neural Collapse for Cross-entropy Class-Imbalanced Learning with
#   Unconstrained ReLU Feature Model*, Sections 4.2 and 7.
# - C. Fang, H. He, Q. Long, W. J. Su: *Exploring deep neural networks via layer-peeled model: minority
#   collapse in imbalanced training*, PNAS 2021.
# - J. Nocedal, S. J. Wright: *Numerical Optimization*, 2006, Chapter 12, on multipliers and the KKT conditions.
