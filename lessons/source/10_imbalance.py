# ---
# jupyter:
#   nccourse:
#     title: Imbalance
#     objectives:
#       - say what becomes of collapse when classes differ in size
#       - derive the margin of a class from its number of samples
#       - compute lengths and angles of the minimizer for any class sizes, and test them on solved models
#       - find a sentence in a paper that its own proposition contradicts
#     prerequisites: ["02_simplex_etf", "03_unconstrained_features", "weight decay"]
#     minutes: 70
#     profiles:
#       ci: {time: 20 s, memory: 1 GB}
#       laptop: {time: 2 minutes, memory: 1 GB}
#       gpu: {time: 1 minute, memory: 2 GB}
#     papers: [D]
#     theorems: ["D Theorem 1", "D Proposition 1", "D Corollaries 1 to 3"]
# ---

# %% [markdown]
# ## Question
#
# Every theorem so far assumed that all classes have the same number of samples. Data sets outside textbooks
# do not: there are ten thousand pictures of dogs and thirty of okapis. A simplex ETF treats all classes
# alike, so it can hardly be the answer any more. **What does collapse look like when classes differ in
# size?**
#
# Paper D answers exactly, for cross-entropy with weight decay and features that come out of a ReLU. The
# answer matters beyond curiosity: the classes with few samples are often the ones one built the classifier
# for, and the geometry says how the loss treats them before any test image is seen.

# %% tags=["parameters"]
largest = 120
smallest = 6
num_classes = 6
decay = 0.004
data_name = "digits"
epochs = 120
seed = 0

# %%
import numpy as np
import sympy as sp
import torch

from nccourse import data, exercises, experiments, geometry, plots, theory, training, ufm, widgets
from nccourse.symbolic import K, assert_identity, assert_inequality, statement

# %% [markdown]
# ## Your prediction
#
# ### {{exercise 10.1}}
# A large and a small class, trained together with cross-entropy and weight decay. Whose weight vector $w_k$
# will be longer?
#
# - `"a"`: that of the large class
# - `"b"`: that of the small class, which needs more help
# - `"c"`: both the same, as in a simplex ETF

# %% tags=["exercise"]
# begin solution
longer = "a"
# stub
# longer = ...  # "a", "b" or "c"
# end solution
exercises.check("10.1", longer)

# %% [markdown]
# ## The model
#
# Class $k$ has $n_k$ samples, $N = \sum_k n_k$. There is no unit sphere this time: lengths are free, but
# cost something. Features are not negative, as a final ReLU makes them. Paper D calls it UFM$_+$:
#
# $$ \min_{W,\; H \ge 0} \; \frac1N \sum_{k=1}^{K} \sum_{i=1}^{n_k} \mathcal{L}_{\mathrm{ce}}(W h_{k,i})
#    + \frac{\lambda_W}{2} \lVert W \rVert_F^2 + \frac{\lambda_H}{2} \lVert H \rVert_F^2 . \tag{D 4} $$
#
# Vectors without negative entries cannot point away from each other; lesson 02 showed that the best they
# can do is to be orthogonal. That takes a dimension for each class, $d \ge K$. Theorem 1 of paper D says that
# then this is what they do, **whatever the class sizes**. At every global minimizer
#
# - features of a class are equal (D 7), and features of different classes orthogonal (D 8): a *general
#   orthogonal frame*, "general" because its vectors have different lengths;
# - the weights are the features scaled by $\sqrt{n_k}$ and centred, $w_k \propto K \sqrt{n_k}\, h_k -
#   \sum_m \sqrt{n_m}\, h_m$ (D 10), so they sum to zero;
# - a sample of class $k$ has the logits $\frac{K-1}{K} M_k$ for its own class and $-\frac1K M_k$ for every
#   other (D 11, D 12).
#
# Compare with lesson 03. There a sphere fixed every length and only angles were free; here lengths are free
# and decay keeps them finite. And there is no bias, which would let the model prefer large classes without
# any geometry at all.
#
# One number for each class is left, the *margin* $M_k \ge 0$: by how much the right logit exceeds the others.

# %% [markdown]
# ## One class at a time
#
# What margin is best? With that structure the objective falls apart into one term for each class. The two
# decay terms together cost $c\, \sqrt{n_k}\, M_k$ for class $k$, with $c = \sqrt{\tfrac{K-1}{K} \lambda_W
# \lambda_H}$. So class $k$ minimises
#
# $$ g_k(M) = \frac{n_k}{N} \log\bigl( 1 + (K-1) e^{-M} \bigr) + c \sqrt{n_k}\, M . $$
#
# Read it as a bargain. A margin lowers the loss of all $n_k$ samples at once, so the gain grows like $n_k$.
# Its price grows like the square root only. For a margin only the product of the two lengths counts. A class
# has $n_k$ features to pay for, but they share the weights: let features shrink and weights lengthen. At a
# fixed product $\lVert w \rVert \lVert h \rVert$ the best trade of $\frac{\lambda_W}{2} \lVert w \rVert^2$ against
# $n_k \frac{\lambda_H}{2} \lVert h \rVert^2$ makes them equal, and together they cost
# $\sqrt{n_k \lambda_W \lambda_H}\, \lVert w \rVert \lVert h \rVert$. Large classes buy in bulk.
#
# That is one weight and one class. For the whole model, build $W$ and $H$ from (D 8) and (D 10). Orthogonal
# features get the strengths $a_k = \sqrt{n_k}\,\lVert h_k \rVert$, weights a free factor $r$. Class $k$ has the
# margin $M_k = w_k^\top h_k - w_j^\top h_k$. Keep the margins fixed, as $s_k = \sqrt{n_k} M_k$, and minimise the
# decay over $r$.

# %% tags=["derivation"]
classes = 4
r, lam_W, lam_H = sp.symbols("r lambda_W lambda_H", positive=True)
s = sp.Matrix(sp.symbols("s1:5", positive=True))
a = (s / (classes * r)).applyfunc(sp.sqrt)
W = r * (classes * sp.eye(classes) - sp.ones(classes)) * sp.diag(*a)
gaps = sp.Matrix(classes, classes, lambda k, j: (W[k, k] - W[j, k]) * a[k] if j != k else s[k])
print("margins are as given:", assert_identity(gaps, s * sp.ones(1, classes)))

decay_terms = sp.expand(lam_W / 2 * (W * W.T).trace() + lam_H / 2 * sum(x**2 for x in a))
best = sp.sqrt(lam_H / (lam_W * classes * (classes - 1)))
print("best r:", assert_identity(sp.diff(decay_terms, r).subs(r, best), 0))
print("convex in r:", assert_inequality(sp.diff(decay_terms, r, 2), ">", 0))
cost = sp.sqrt(sp.Rational(classes - 1, classes) * lam_W * lam_H)
print("its cost is c times the sum of s_k:", assert_identity(decay_terms.subs(r, best), cost * sum(s)))

# %% [markdown]
# So for $K = 4$ the decay costs $c \sum_k \sqrt{n_k} M_k$; for other $K$ change `classes` and the range of $s$.
#
# ### {{exercise 10.2}}
# Differentiate $g_k$, set the derivative to zero and solve: give $e^{M_k}$ as a sympy expression in `K`,
# `n_k`, `N`, `c`.

# %% tags=["exercise"]
n_k, N, c, M = sp.symbols("n_k N c M", positive=True)
# begin solution
exp_margin = (K - 1) * (sp.sqrt(n_k) / (N * c) - 1)
# stub
# exp_margin = ...  # an expression in K, n_k, N and c
# end solution
exercises.check("10.2", exp_margin)

# %% tags=["derivation"]
g = n_k / N * sp.log(1 + (K - 1) * sp.exp(-M)) + c * sp.sqrt(n_k) * M
stationary = sp.log((K - 1) * (sp.sqrt(n_k) / (N * c) - 1))
print("stationary:", assert_identity(sp.simplify(sp.diff(g, M).subs(M, stationary)), 0))
print("convex, so it is the minimum:", assert_inequality(sp.diff(g, M, 2), ">", 0))

# %% [markdown]
# This is paper D's (6). Two things can be read off it. Within one data set the margin grows with $n_k$, but
# slowly: of two classes with large margins, one ten times as large as the other, the margins differ by little
# more than $\frac12 \log 10$. And the other classes enter through $N$ and $K$ alone. So two classes of the
# same size always have the same margin, however the other samples are divided. Adding samples to a class is
# another matter. That raises $N$ too and lowers all other margins, and its own once it has more than half of
# all samples.
#
# The margin is positive where $\sqrt{n_k} > N c\, \tfrac{K}{K-1}$. In a smaller class the best margin is $0$, and
# with it the feature: the class has *collapsed*, the subject of lesson 11. Here all classes are safe.
#
# That no other structure does better is the real content of the paper's Theorem 1. The catalogue has a proof
# shorter than the printed one: a tangent to each sample's loss, chosen so that its slope and the decay
# cancel. Sums over classes in it are written out for $K = 2, \dots, 6$, the rest holds for general $K$.

# %% tags=["derivation"]
statement("D.Thm1").verify()

# %% [markdown]
# ## Solve it
#
# `ufm.NonnegativeUFM` minimises (D 4) over all weights and non-negative features from several random
# starts, knowing nothing of the theorem; several, because the landscape has false valleys (lesson 11). Features
# get $d = K + 2$ dimensions.

# %%
counts = [int(n) for n in np.geomspace(largest, smallest, num_classes).round()]
solved = ufm.solve(ufm.NonnegativeUFM(counts, num_classes + 2, decay, decay), seed=seed)
exact = theory.imbalanced.minimizer(counts, decay, decay)
H = torch.stack([solved.H[solved.labels == k].mean(dim=0) for k in range(num_classes)])
print("class sizes:", counts)

# %% tags=["nbval-check-output"]
print("objective is the closed form:", bool(abs(solved.objective / exact.objective - 1) < 1e-8))
print("features not negative:", bool(solved.H.min() >= 0))
gram = H @ H.T
print("features orthogonal:", bool((gram - torch.diag(gram.diagonal())).abs().max() < 1e-4))
print("weights sum to zero:", bool(solved.W.sum(dim=0).abs().max() < 1e-4))


# %%
def mean_cosines(vectors):
    """Return the mean cosine of each vector with the others."""
    return (geometry.cosines(vectors).sum(dim=1) - 1) / (len(vectors) - 1)


figure = plots.cosines(solved.W, title="Weights, largest class first")
seen = "Cosines of six weights: about equal in the first row, rising along the diagonal to the smallest two."
plots.show(figure, alt=seen)
print("mean cosine with the others:", mean_cosines(solved.W).numpy().round(3))

# %% [markdown]
# No ETF, whose value is the white of the colour bar: the angle between two weights depends on how large
# their classes are. Proposition 1 has it in closed form. With $s_k = \sqrt{n_k} M_k$,
#
# $$ \lVert w_k \rVert^2 \propto (K-1)^2 s_k + \sum_{m \ne k} s_m , \qquad
#    w_k^\top w_j \propto -(K-1)(s_k + s_j) + \sum_{m \ne k, j} s_m . $$
#
# ### {{exercise 10.3}}
# Make sure that the balanced case is what it should be: let all $s_k$ be equal and give $\cos(w_k, w_j) =
# w_k^\top w_j / (\lVert w_k \rVert \lVert w_j \rVert)$ as an expression in `K`, computed from the two
# formulas. It is an expression for every $K$, not a number.

# %% tags=["exercise"]
# begin solution
balanced_cosine = (-2 * (K - 1) + (K - 2)) / ((K - 1) ** 2 + (K - 1))
# stub
# balanced_cosine = ...  # an expression in the symbol K
# end solution
exercises.check("10.3", balanced_cosine)

# %% [markdown]
# ## Lengths
#
# Now lengths against class size, theory dashed, the solved model as marks.

# %%
figure = plots.curves(
    counts,
    theory={"weight": exact.weight_norms, "feature": exact.feature_norms},
    points={
        "weight": (counts, solved.W.norm(dim=1).numpy()),
        "feature": (counts, H.norm(dim=1).numpy()),
    },
    xlabel="samples in the class",
    ylabel="length (no unit)",
    xscale="log",
)
plots.show(
    figure,
    alt="Solved marks on dashed curves: weights grow with class size, features shrink by a third.",
)

# %% [markdown]
# Weights grow with their class: your prediction 10.1 can be judged. The paper says so too, in Corollary 2:
# $n_i \ge n_j$ implies $\lVert w_i \rVert \ge \lVert w_j \rVert$. But a page earlier, introducing Section
# 4.1, it writes that the classifier's "norm and the cosine of the angle formed with other classifier
# weights are negatively correlated with the number of sample $n_k$".
#
# ### {{exercise 10.4}}
# Which half of that sentence is true of the model above? As cosine of a class take its weight's mean cosine
# with the others; a single pair may go either way, as the first row of the map shows.
#
# - `"a"`: both: norm and cosine fall as $n_k$ grows
# - `"b"`: only that about the norm
# - `"c"`: only that about the cosine
# - `"d"`: neither

# %% tags=["exercise"]
# begin solution
true_half = "c"
# stub
# true_half = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("10.4", true_half)

# %% [markdown]
# Features are subtler. Their length is $\lVert h_k \rVert^2 = \sqrt{\tfrac{K-1}{K}
# \tfrac{\lambda_W}{\lambda_H}}\; M_k / \sqrt{n_k}$ (D 9): the margin grows with $n_k$, the root below it
# too.
#
# ### {{exercise 10.5}}
# Write `longest_feature(counts, decay)`: the index of the class with the longest feature, for $\lambda_W =
# \lambda_H$ = `decay`, from (D 6) and (D 9). Ties do not occur in the tests; some classes may have
# collapsed.


# %% tags=["exercise"]
def longest_feature(counts, decay):
    """Return the index k with the largest |h_k|."""
    # begin solution
    n, number = np.asarray(counts, dtype=float), len(counts)
    cost = n.sum() * decay * np.sqrt((number - 1) / number) / np.sqrt(n)
    margins = np.log(np.maximum((number - 1) * (1 / cost - 1), 1.0))
    return int(np.argmax(margins / np.sqrt(n)))
    # stub
    # return ...
    # end solution


exercises.check("10.5", longest_feature)

# %% [markdown]
# ## A real network
#
# Does a network follow? Take digits, keep the more of a class the smaller its number, and train an MLP with
# a ReLU on its features. Its weight decay acts on all layers, not on features, and its last layer has a bias.
# So lengths need not match the formula; what can be compared is the pattern. This takes a few seconds.

# %%
images = data.load(data_name)
tail = [int(n) for n in np.geomspace(largest, smallest, images.num_classes).round()]
chosen = images.select(data.with_counts(images.labels, tail, seed=seed))
config = training.TrainConfig(data=data_name, epochs=epochs, record=epochs, snapshots=1, seed=seed)
result = training.train(config, train_set=chosen)

# %%
shot = result.snapshots[-1]
relative = {
    "weight": shot.W.norm(dim=1) / shot.W.norm(dim=1).mean(),
    "class mean": shot.class_means.norm(dim=1) / shot.class_means.norm(dim=1).mean(),
}
figure = plots.curves(
    tail,
    {name: lengths.numpy() for name, lengths in relative.items()},
    xlabel="samples in the class",
    ylabel="length (1 = mean over classes)",
    xscale="log",
)
plots.show(figure, alt="A network's lengths over class size: weights grow with the class, class means fall.")

# %%
figure = plots.cosines(shot.class_means, title="Class means, not centred")
plots.show(
    figure,
    alt="Cosines of the network's class means: one on the diagonal, between zero and a third elsewhere.",
)
nearness = [mean_cosines(each.class_means).mean().item() for each in (result.snapshots[0], shot)]
print(f"mean cosine of two class means: before training {nearness[0]:.2f}, after it {nearness[1]:.2f}")

# %% [markdown]
# The pattern is there: weights rise with class size, class means fall, and class means turn towards right
# angles. That none has a negative cosine is no finding: features out of a ReLU cannot have one. It is a pattern
# only, as the class means are not quite orthogonal. One reason is time: with `epochs = 600` they come nearer.

# %% tags=["nbval-check-output"]
weights = shot.W.norm(dim=1)
print("longer weights for larger classes:", bool(weights[:3].mean() > weights[-3:].mean()))
print("class means nearer to orthogonal than before training:", nearness[1] < nearness[0] / 2)

# %% [markdown]
# ## The paper's networks
#
# Paper D trains with the decay of *features* that its model has, and without a bias: a wide MLP (Figure 1) and a
# ResNet18 (Figure 2) on 3,000 images of CIFAR-10 in classes of one to five hundred. It follows three metrics: NC1
# as in lesson 01; in (20) the distance of $W$ from the weights that the model would give to these class means; in
# (21) the distance of all logits from those that the margins (6) make. Both are taken after division by the norm,
# and are at most 2. Figure 3 shows the cosines of the MLP's class means.
#
# The recorded runs keep the setting and the proportions of the classes, with smaller networks, fewer images, of
# MNIST, and larger decays. The rules were fixed beforehand: each metric has to fall to a tenth, and no cosine may
# be above 0.1.

# %%
found = experiments.recorded("D.fig1", "D.fig2", "D.fig3")
experiments.verdicts(found)

# %%
for name, result in found.items():
    print(f"{name}: {result.origin}")
    plots.show(result.figure(), alt=result.experiment.alt)

# %% [markdown]
# The MLP does what the theorem says: features collapse, and the normalised weights and logits come within a
# tenth of those compared with. Mind what (20) compares with: weights built from the network's own class means,
# not the model's minimizer. The class means are nearly orthogonal, but their largest cosine is just above what
# the rule allows. (The rule takes the largest in each seed, then the mean; the map shows means over seeds.) The
# decay of features has a part in it: without it the same run, in one seed, ends with cosines half as large again
# in the mean.
#
# The small CNN, with half the images and half the epochs, falls short: NC2 and NC3 end above a tenth of their
# start. Halfway the learning rate is lowered. From there to the end NC2 and NC3 lose less than a quarter in both
# networks, NC1 more than a third. Whether all would come down with the paper's small decays and long training is
# not tested here. Paper D trains for thousands of epochs and says of its ResNet18 that metrics end at "small
# values", without printing them.

# %% [markdown]
# ## The laboratory
#
# Closed forms answer at once. Raise $R$, the ratio of the largest to the smallest class, and watch margins,
# lengths and angles; with strong decay the small classes go to zero altogether, where lesson 11 begins.

# %%
widgets.imbalance_lab(num_classes=10, ratio=8.0)

# %% [markdown]
# ## Exercises
#
# You have met five on the way. The last reads the laboratory.
#
# ### {{exercise 10.6}}
# In the laboratory set $K = 10$, two groups, and raise $R$ with a decay at which nothing collapses. Two of
# the small classes' weights: which way does their cosine go as $R$ grows?
#
# - `"a"`: downwards, towards $-1$: they repel each other
# - `"b"`: towards $-1/9$: they become an ETF of their own
# - `"c"`: upwards, towards $1$: they draw together

# %% tags=["exercise"]
# begin solution
small_weights = "c"
# stub
# small_weights = ...  # "a", "b" or "c"
# end solution
exercises.check("10.6", small_weights)

# %% [markdown]
# ## Recap
#
# - With ReLU features of dimension $d \ge K$ and cross-entropy, features collapse to class means and class
#   means are orthogonal, whatever the class sizes (D Theorem 1).
# - Each class has a margin of its own, $M_k = \log\bigl( (K-1)(\sqrt{n_k}/(Nc) - 1) \bigr)$, larger for
#   larger classes.
# - Weights of larger classes are longer. With two sizes, the weights of two large classes are further apart
#   than those of two small ones (Corollary 3). A balanced set gives the ETF back.
# - The paper's remark that the norm falls with $n_k$ contradicts its own Proposition 1.
# - Lesson 11 follows the small classes down to zero.

# %% [markdown]
# ## References
#
# - Paper D: Dang, Tran, Nguyen, Ho, *Neural Collapse for Cross-entropy Class-Imbalanced Learning with
#   Unconstrained ReLU Feature Model*, Sections 3 and 4.
# - C. Fang, H. He, Q. Long, W. J. Su: *Exploring deep neural networks via layer-peeled model: minority
#   collapse in imbalanced training*, PNAS 2021.
