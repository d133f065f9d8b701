# ---
# jupyter:
#   nccourse:
#     title: The fixed classifier
#     objectives:
#       - prove that features collapse on a fixed simplex ETF, whatever the class sizes
#       - split a gradient into what pulls a feature and what pushes it, and see where the push points
#       - derive the exact steps of dot regression, and the rate of cross-entropy
#       - find the gap in a published proof, and say in which regime its conclusion holds
#       - measure on a small network what a fixed classifier changes
#     prerequisites:
#       ["02_simplex_etf", "03_unconstrained_features", "gradient descent", "Jensen's inequality"]
#     minutes: 75
#     profiles:
#       ci: {time: 25 s, memory: 1 GB}
#       laptop: {time: 2 minutes, memory: 1 GB}
#       gpu: {time: 1 minute, memory: 2 GB}
#     papers: [E]
#     theorems: ["E Theorem 1", "E Eqs. (8)-(15)", "E Theorem 2", "E Figures 1 and 2"]
# ---

# %% [markdown]
# ## Question
#
# So far weights and features were learnt together, and with equally large classes they found a simplex ETF.
# If we know beforehand where the weights should end, why learn them? Paper E proposes to take a random
# simplex ETF as classifier, never to train it, and to let the features come.
#
# Two promises go with the proposal. Collapse should no longer depend on how many samples a class has. And a
# simpler loss, *dot regression*, should converge faster than cross-entropy. **Are both true?** The first is,
# and its proof takes a few lines. The second is true in one regime and false in another, and the line between
# them can be computed.

# %% tags=["parameters"]
large = 400
small = 4
num_classes = 4
descent_steps = 4000
data_name = "digits"
epochs = 60
ratio = 50.0
seed = 0

# %%
import numpy as np
import pandas as pd
import sympy as sp
import torch
from IPython.display import display
from sklearn.preprocessing import normalize

from nccourse import data, exercises, experiments, geometry, plots, training, ufm, widgets
from nccourse.experiments.definitions import etf_pictures
from nccourse.symbolic import K, assert_identity, assert_inequality, assert_limit, statement
from nccourse.symbolic.fixed_etf import pull as own_move


def show(*names):
    """Print each statement's title and show its derivation, checked."""
    for name in names:
        print(statement(name))
        display(statement(name).verify())


# %% [markdown]
# ## Your prediction
#
# ### {{exercise 12.1}}
# The classifier is a fixed simplex ETF. One class has four hundred samples, another four. Cross-entropy, and
# features no longer than $\sqrt{E_H}$. Where do the features of the small class end?
#
# - `"a"`: on their own weight, as long as those of the large class
# - `"b"`: on their own weight, but shorter
# - `"c"`: near those of other small classes, since the large class dominates the loss

# %% tags=["exercise"]
# begin solution
small_features = "a"
# stub
# small_features = ...  # "a", "b" or "c"
# end solution
exercises.check("12.1", small_features)

# %% [markdown]
# ## The model
#
# Let $w_1, \dots, w_K$ be a simplex ETF with rows of length $\sqrt{E_W}$. It is a constant. What is minimised
# is, for a loss $\mathcal{L}$,
#
# $$ \min_{H} \; \frac1N \sum_{k=1}^{K} \sum_{i=1}^{n_k} \mathcal{L}(W h_{k,i}) \quad \text{with} \quad
#    \lVert h_{k,i} \rVert^2 \le E_H . \tag{E 5} $$
#
# Paper E calls it the *decoupled layer-peeled model*. Decoupled is the word to notice. With $W$ free,
# features met in $W$: every class had a say in where the weights of the others went. Now each sample has a
# problem of its own, and a convex one: the logits are linear in $h$, cross-entropy is convex in the logits, a
# ball is convex.
#
# The picture is after the paper's Figure 1: four classes in space, the weights on black vertices. The
# features are drawn at random around them, not trained.

# %%
rng = np.random.default_rng(seed)
frame = geometry.simplex_etf(4, 3, generator=torch.Generator().manual_seed(seed))
labels = np.repeat(np.arange(4), 30)
features = frame.numpy()[labels] + rng.normal(scale=0.14, size=(120, 3))
means = np.stack([features[labels == k].mean(axis=0) for k in range(4)])
figure = plots.class_space(means, frame, features=features, labels=labels, azimuth=60, elevation=20)
seen = "Four clouds of features around the corners of a tetrahedron; means and weights end in the corners."
plots.show(figure, alt=seen)

# %% [markdown]
# ## Theorem 1
#
# *With cross-entropy, and whatever the class sizes, the only minimizer is $h^*_{k,i} = \sqrt{E_H / E_W}\;
# w_k$.* Take one sample, of class $c$, and call the other classes its *rivals*. Write $a = w_c^\top h$ for
# its own logit and $L = \sqrt{E_W E_H}$, a number, for the largest that logit can be.
#
# 1. The weights sum to zero, so the rivals' logits sum to $-a$, and their mean is $-a/(K-1)$.
# 2. The exponential is convex, so $K - 1$ rivals cost least when they tie at that mean (Jensen):
#    $$ \mathcal{L} \ge \log\Bigl( 1 + (K-1)\, e^{-\frac{K}{K-1} a} \Bigr) . $$
# 3. The right side falls as $a$ grows, and $a \le L$ (Cauchy-Schwarz), with equality at
#    $h = \sqrt{E_H/E_W}\, w_c$ only. There the rivals do tie, so the bound is reached.
#
# The count $n_k$ never appeared.
#
# ### The paper's way (optional, with Lagrange multipliers)
#
# The paper goes by a Lagrangian: for one sample the loss divided by $N$, plus $\mu\, (\lVert h \rVert^2 -
# E_H)$ with $\mu \ge 0$. With the softmax probabilities $p_j$, stationarity says
#
# $$ \frac1N \sum_{j \ne c} p_j (w_j - w_c) + 2 \mu h = 0 . \tag{E 23} $$
#
# - Multiply by $w_c$: the sum becomes $-\frac{K}{K-1} E_W \sum_{j \ne c} p_j$, which is not zero. So $\mu >
#   0$ and $\lVert h \rVert^2 = E_H$ (E 20-22).
# - Multiply by a rival's $w_m$: $\frac1N \frac{K}{K-1} E_W\, p_m = -2 \mu\, w_m^\top h$. So all rivals have a
#   negative logit, and the same ratio of $p_m$ to logit.
# - For $x < 0$ the function $e^x/x$ is one-to-one, so the rivals tie. The paper writes that it *increases*
#   there. It decreases, and the conclusion stands.
#
# As harmless is a second slip: the denominator printed in (E 18) leaves out the own class, while the gradient
# (E 19) has the full softmax.
#
# The machine checks the algebra. Jensen, Cauchy-Schwarz and the Lagrangian are steps of the catalogue's
# entries, shown below it; for the own class the second table writes $k$.

# %% tags=["derivation"]
L = sp.Symbol("L", positive=True)
a = sp.Symbol("a", real=True)
behind = -a / (K - 1) - a
bound = sp.log(1 + (K - 1) * sp.exp(behind))
print("mean rival minus own:", assert_identity(behind, -K / (K - 1) * a))
print("falls with a:", assert_inequality(sp.diff(bound, a), "<", 0))
softmax = sp.exp(L) / (sp.exp(L) + (K - 1) * sp.exp(-L / (K - 1)))
print("reached:", assert_identity(-sp.log(softmax), bound.subs(a, L)))
# With x = -v: e^x/x = -e^{-v}/v. It falls as x grows just when e^{-v}/v falls as v grows; both signs flip.
v = sp.Symbol("v", positive=True)
print("e^x/x falls for x = -v < 0:", assert_inequality(sp.diff(sp.exp(-v) / v, v), "<", 0))
show("E.Thm1", "E.Lagrangian")

# %% [markdown]
# Now let a solver meet it, with class sizes far apart. `ufm.FixedClassifierUFM` minimises over all features,
# each free in its ball: cross-entropy (`ce`), then dot regression (`dr`), the squared loss of (E 14) below.
# That is zero only where $a = L$, by step 3 at $h^*$ only, so its minimizer is the same.

# %% tags=["nbval-check-output"]
counts = [int(n) for n in np.geomspace(large, small, num_classes).round()]
W = geometry.simplex_etf(
    num_classes, num_classes + 1, norm=2.0, generator=torch.Generator().manual_seed(seed)
)
solved = {loss: ufm.solve(ufm.FixedClassifierUFM(counts, W, 3.0, loss), seed=seed) for loss in ("ce", "dr")}
optimum = 3.0 / 2.0 * W[solved["ce"].labels]
print("class sizes:", counts)
for loss, tolerance in (("ce", 1e-4), ("dr", 1e-2)):
    distance = (solved[loss].H - optimum).norm(dim=1).max() / 3.0
    print(f"{loss}: objective is the closed form:", bool(abs(solved[loss].gap) < 1e-9))
    print(f"{loss}: all features on their weights:", bool(distance < tolerance))

# %% [markdown]
# Both losses end at the same place, the four samples as exactly as the four hundred. Dot regression was given
# a looser tolerance, and not by accident. At an angle $\theta$ to $w_c$, on the sphere, it is
# $\frac{L}{2} (1 - \cos\theta)^2 \approx \frac{L}{8} \theta^4$: its bowl is flat at the bottom.
#
# ## Pull and push
#
# How does a feature get there? With the softmax probabilities $p_k$, the negative gradient of cross-entropy
# by the feature is
#
# $$ -\frac{\partial \mathcal{L}}{\partial h} = \underbrace{(1 - p_c)\, w_c}_{\text{pull}} \;
#    \underbrace{- \sum_{k \ne c} p_k\, w_k}_{\text{push}} \tag{E 12, 13} $$
#
# It *pulls* to the own weight and *pushes* away from the others. By the weight $w_k$ the same happens with
# features in place of weights (E 8): pulled by its own $n_k$ samples, pushed by the $N - n_k$ others. (As
# printed, (E 8) is the gradient of the summed loss; that of the mean has $1/N$ before it.) For a class with
# few samples the push is nearly all there is, and it is nearly the same for all small classes: that is why
# *learnt* weights of small classes merge, and why fixed ones cannot.
#
# ### {{exercise 12.2}}
# Suppose the rivals tie: $p_k = p$ for all $k \ne c$. Then pull and push together are a multiple of $w_c$.
# Which one? An expression in `K` and `p`.

# %% tags=["exercise"]
p = sp.Symbol("p", positive=True)
# begin solution
together = K * p
# stub
# together = ...  # an expression in K and p
# end solution
exercises.check("12.2", together)

# %% tags=["derivation"]
show("E.Eq12")

# %% [markdown]
# ### {{exercise 12.3}}
# Write `pull_and_push(h, c, W)` for a feature `h` of shape `(d,)`, its class `c` and weights `(K, d)`, all
# numpy: return the pair of arrays of (E 13). The tests use weights that are no ETF.


# %% tags=["exercise"]
def pull_and_push(h, c, W):
    """Return pull (d,) and push (d,)."""
    # begin solution
    from scipy.special import softmax

    probabilities = softmax(W @ h)
    pull = (1 - probabilities[c]) * W[c]
    push = probabilities[c] * W[c] - probabilities @ W
    return pull, push
    # stub
    # return ...
    # end solution


exercises.check("12.3", pull_and_push)

# %% [markdown]
# ## Arrows in the plane
#
# Paper E argues from its Figure 2: a feature of one class stands near the weight of another. There, the paper
# says, the gradient of cross-entropy is dominated by the push, "whose direction deviates" from the optimum,
# while the pull "is always accurate". So it drops the push. What remains is a pull whose strength needs a
# rule, and the paper takes a squared loss for it:
#
# $$ \mathcal{L}_{\mathrm{dr}} = \frac{1}{2L} \bigl( w_c^\top h - L \bigr)^2 , \qquad
#    -\frac{\partial \mathcal{L}_{\mathrm{dr}}}{\partial h} = \Bigl( 1 - \frac{w_c^\top h}{L} \Bigr) w_c .
#    \tag{E 14} $$
#
# (E 15) writes the bracket as $1 - \cos\angle(h, w_c)$. That holds on the sphere $\lVert h \rVert^2 = E_H$,
# where the paper's steps stay; inside, a short feature on its weight still has a force, as it should.
#
# In the figure look at the black arrow, pull and push together. The table measures the forces against two
# directions. One is $w_c$. The other is $h^* - h$, the way from where $h$ stands to the optimum $h^*$; the
# two agree only for a feature on the line of $w_c$.

# %%
pictured = experiments.get("E.fig2").recorded()
print(f"E.fig2. {pictured.experiment.claim} This {pictured.verdict}.")
plots.show(pictured.figure(), alt=pictured.experiment.alt)

W, h, drawn = etf_pictures.forces()
forces = {f"{loss}, {name}": force for loss, parts in drawn.items() for name, force in parts.items()}
forces["CE, pull + push"] = drawn["CE"]["pull"] + drawn["CE"]["push"]
own = W[2] / np.linalg.norm(W[2])
ways = {"off the own weight (degrees)": own, "off the way to h* (degrees)": own - h}
cosines = normalize(list(forces.values())) @ normalize(list(ways.values())).T
angles = np.degrees(np.arccos(cosines.clip(-1, 1)))
pd.DataFrame(angles, index=list(forces), columns=list(ways)).round(1)

# %% [markdown]
# Our code drew this. The push points elsewhere, and the sum is not parallel to $w_c$: that is what the
# verdict measures. But by the way to $h^*$, in the second column, the sum is nearest, and the two pulls are
# furthest off.
#
# **On the wrong weight.** Pull and push *together* are $w_c - \sum_k p_k w_k$, the own weight minus the mean
# weight that the model expects. Where it is sure of the wrong class $j$, that is $w_c - w_j$: the straight
# way from $w_j$ to $w_c$. A feature on the wrong weight is brought onto the optimum by **one** step of size
# $\sqrt{E_H/E_W}$, up to what softmax still gives to the other classes. Dot regression, whose arrow is
# parallel to $w_c$, misses it.
#
# **Where the push harms.** So Figure 2 shows where the push points, not that it harms. It can harm elsewhere:
# a feature beyond the wrong weight, at 170 degrees say, is turned away from its own by a short step of
# cross-entropy at $L = 16$.
#
# ## The laboratory
#
# Three classes in the plane, a feature of class 0 on the weight of another. The read-out says where one step
# of each loss leads.

# %%
widgets.pull_push(angle=120.0, scale=16.0)

# %% [markdown]
# ## Dot regression, step by step
#
# Let $\theta$ be the angle between $h$ and $w_c$, on the sphere. The paper's step for dot regression is
# $\sqrt{E_H/E_W}$, followed by the projection back on the ball: a division by the length, which keeps the
# angle. In units of $\sqrt{E_H}$ the step moves $h$ by $1 - \cos\theta$ along $w_c$.
#
# ### {{exercise 12.4}}
# Give $\tan\theta'$, the tangent of the angle after the step, as an expression in `theta`.

# %% tags=["exercise"]
theta = sp.Symbol("theta", positive=True)
# begin solution
tan_after = sp.sin(theta) / (sp.cos(theta) + (1 - sp.cos(theta)))
# stub
# tan_after = ...  # an expression in theta
# end solution
exercises.check("12.4", tan_after)

# %% tags=["derivation"]
tangent = sp.sin(theta) / (sp.cos(theta) + 1 - sp.cos(theta))
print("each step adds one:", assert_identity(1 + 1 / tangent**2, 1 + 1 / sp.sin(theta) ** 2))
t, q = sp.symbols("t q", positive=True)
print("angle² times steps:", assert_limit(t * sp.asin(1 / sp.sqrt(t + q)) ** 2, t, sp.oo, 1))

# %% [markdown]
# From there two lines of trigonometry solve the whole motion: $1/\sin^2\theta' = 1 + 1/\tan^2\theta' = 1 +
# 1/\sin^2\theta$. Every step adds one,
#
# $$ \frac{1}{\sin^2\theta_t} = t + \frac{1}{\sin^2\theta_0} , \tag{1} $$
#
# so the angle falls like $1/\sqrt{t}$. An error that shrinks by a constant factor in each step is called
# *linear* convergence; this is slower than any such factor, *sublinear*.
#
# ### {{exercise 12.5}}
# A feature starts at 30 degrees. After how many steps is $\sin\theta$ down to `0.01`? Use (1).

# %% tags=["exercise"]
# begin solution
steps = 10_000 - 4
# stub
# steps = ...  # a whole number
# end solution
exercises.check("12.5", steps)

# %% [markdown]
# ## Cross-entropy, step by step
#
# Displace a feature from its optimum orthogonally to *all* weights (this needs $d \ge K$). Then the rivals
# tie at every angle, and by exercise 12.2 a step $\eta$ moves $h$ along $w_c$, in units of $\sqrt{E_H}$, by
#
# $$ G(\theta) = \eta\, K p(\theta) \sqrt{E_W/E_H} , \qquad
#    p(\theta) = \frac{1}{K - 1 + e^{\frac{K}{K-1} L \cos\theta}} , \qquad
#    \tan\theta' = \frac{\sin\theta}{\cos\theta + G(\theta)} . \tag{2} $$
#
# At the optimum $G$ does not vanish: call it $g$; it is proportional to $\eta$. The pull of dot regression
# dies with the angle, that of cross-entropy does not. So small angles shrink by the factor $1/(1+g)$ in every
# step: **linear**.
#
# Displaced *within* the span, by $\epsilon$ (same units) along a unit vector $n$ orthogonal to $w_c$, the
# rivals no longer tie. Those the feature approaches gain probability, $p L \epsilon\; n^\top w_k /
# \sqrt{E_W}$, and push harder. As $\sum_k (n^\top w_k)\, w_k = \frac{K}{K-1} E_W\, n$, this takes
# $gA\epsilon$ off, with $A = L/(K-1)$, while the part along $w_c$ grows to $1 + g$: the factor is
# $(1 - gA)/(1+g)$. Too long a step overshoots: both factors are below 1 in size only if $g (A - 1) < 2$. The
# table below exercise 12.6 derives these lines.
#
# ### {{exercise 12.6}}
# A long step helps out of the span and overshoots within. For which $g$ is the *larger* of the two factors
# $\frac{1}{1+g}$ and $\bigl| \frac{1 - gA}{1+g} \bigr|$ as small as possible? An expression in `A`.

# %% tags=["exercise"]
A = sp.Symbol("A", positive=True)
# begin solution
best_g = 2 / A
# stub
# best_g = ...  # an expression in A
# end solution
exercises.check("12.6", best_g)

# %% tags=["derivation"]
# own_move(cos θ) is G(θ), and own_move() is g.
gap = sp.sin(theta) / (sp.cos(theta) + own_move(sp.cos(theta)))
at_optimum = sp.diff(gap, theta).subs(theta, 0)
print("out of the span:", assert_identity(at_optimum, 1 / (1 + own_move())))
show("E.CEDynamics", "E.BestStep")

# %% [markdown] tags=["paper-number"]
# ## Theorem 2, as printed and as it is
#
# How much does one step gain? Definition 2 of the paper calls $\eta_h$ (not a step size) the ratio $\lVert
# h^+ - h^* \rVert^2 / \lVert h - h^* \rVert^2$; small is good. Theorem 2 says that near the optimum, where
# rivals nearly tie, for any fixed learning rate
#
# $$ \eta_h^{(\mathrm{CE})} \;\ge\; \frac{1 + \cos\theta}{2} \;=\; \eta_h^{(\mathrm{DR})} . \tag{E 16} $$
#
# You have just derived that cross-entropy is linear and dot regression is not, so this cannot be right close
# to $h^*$. The printed proof runs as follows. (E 37): a projection does not increase distances, so $\lVert
# h^+ - h^* \rVert^2$ is *at most* the distance before projecting. (E 41): expanding, with rivals that tie,
# gives an expression in the step. (E 42, 43): its least value over all steps is $\frac{1+\cos\theta}{2}\,
# \lVert h - h^* \rVert^2$. (E 44): so $\eta_h^{(\mathrm{CE})} \ge \frac{1+\cos\theta}{2}$.
#
# ### {{exercise 12.7}}
# Where does it fail?
#
# - `"a"`: a projection may increase a distance
# - `"b"`: (E 41) bounds the new distance from above, which cannot show that it is at least something
# - `"c"`: rivals never tie exactly
# - `"d"`: a step may not be chosen with the angle in view

# %% tags=["exercise"]
# begin solution
fails_at = "b"
# stub
# fails_at = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("12.7", fails_at)

# %% [markdown] tags=["theory-number"]
# A counterexample, computed to 50 digits: $K = 4$, $E_W = E_H = 1$, step 5, a tenth of a radian out of the
# span. There $\eta_h^{(\mathrm{CE})}$ is 0.064, not at least 0.9975. And the equality on the right of (E 16)
# is an upper bound as well: at half a radian it says 0.939 for 0.803.
#
# What is true? Compare (1) and (2), where rivals tie. Dot regression moves $h$ along $w_c$ by $1 -
# \cos\theta$, cross-entropy by $G(\theta)$. At acute angles both steps leave the ball, so only the direction
# counts, and who moves further gains more. So **where rivals tie, cross-entropy is faster at $\theta$ exactly
# where $G(\theta) > 1 - \cos\theta$.**
#
# Near the optimum that always holds, since the right side goes to zero. But $G$ falls, as $L$ grows, nearly
# like $e^{-\frac{K}{K-1} L \cos\theta}$. With $K = 4$ and the paper's step, "near" begins at 0.052 radian for
# $L = 6$, and at 0.000066 for $L = 16$, where dot regression arrives after $2.3 \cdot 10^8$ steps. Until
# then, while rivals tie, the paper's recommendation is sound.
#
# Where rivals do not tie, cross-entropy can be faster far from the optimum, too: in the laboratory, at $L =
# 16$ and the paper's step, from 57 to 147 degrees.

# %% tags=["derivation"]
show("E.Erratum1", "E.Erratum2", "E.Thm2")

# %% [markdown]
# ## Both regimes, solved
#
# Paper E's projected gradient on the UFM itself, from one radian out of the span, at the same step
# $\sqrt{E_H/E_W}$ for all: `method="gradient_descent"` takes exactly these steps. The theory is (1) and (2)
# iterated. About two seconds. (The best step of exercise 12.6 is 10 times as long at $L = 1$, and about 750
# times at $L = 6$.) Step 0, at one radian, is missing in the picture: its axis is logarithmic.


# %%
def descend(scale, loss, options):
    """Return steps and angles of one feature, from a radian off its weight."""
    W = geometry.simplex_etf(4, 5, norm=scale**0.5)
    H = np.cos(1.0) * W + np.sin(1.0) * scale**0.5 * torch.eye(5, dtype=W.dtype)[4]
    problem = ufm.FixedClassifierUFM((1,) * 4, W, scale**0.5, loss)
    run = ufm.solve(problem, start=(W, H, torch.zeros(4)), max_steps=descent_steps, **options)
    chord = np.linalg.norm(run.history["H"][:, 0] - W[0].numpy(), axis=1) / scale**0.5
    return run.history["step"], 2 * np.arcsin(chord / 2)


def iterate(scale):
    """Return the angles of (2) for K = 4 and E_W = E_H."""
    angles = [1.0]
    while len(angles) <= descent_steps:
        G = 4 / (3 + np.exp(4 / 3 * scale * np.cos(angles[-1])))
        angles.append(np.arctan2(np.sin(angles[-1]), np.cos(angles[-1]) + G))
    return np.array(angles)


# %%
kept = [0, *np.unique(np.geomspace(1, descent_steps, 50).astype(int)).tolist()]
# The objective is a mean over N = 4 samples: a step of 1 for each feature is one of 4 for the objective.
options = {"method": "gradient_descent", "step_size": 4.0, "record": kept, "tolerance": 1e-13}
names = {"CE, L = 1": (1.0, "ce"), "CE, L = 6": (6.0, "ce"), "DR, any L": (6.0, "dr")}
runs = {name: descend(*setting, options) for name, setting in names.items()}
exact = {name: iterate(scale) for name, (scale, loss) in names.items() if loss == "ce"}
exact["DR, any L"] = np.arcsin(1 / np.sqrt(np.arange(descent_steps + 1) + 1 / np.sin(1.0) ** 2))

# %%
time = np.unique(np.geomspace(1, descent_steps, 300).astype(int))
theory = {name: np.where(angles[time] > 5e-7, angles[time], np.nan) for name, angles in exact.items()}
points = {name: (at[1:], angles[1:]) for name, (at, angles) in runs.items()}
labelled = {"xlabel": "steps (number)", "ylabel": "angle to the weight (radians)"}
figure = plots.curves(time, theory=theory, points=points, xscale="log", yscale="log", **labelled)
seen = "Angles over steps, marks on dashed theory. CE at L = 1 plunges within twenty steps; DR is a straight "
plots.show(figure, alt=seen + "line; CE at L = 6 begins above it and bends down.")

# %% tags=["nbval-check-output"]
for name, (at, angles) in runs.items():
    print(f"{name}: the steps are the theory's:", bool(np.abs(angles - exact[name][at]).max() < 1e-6))

# %% [markdown]
# ### {{exercise 12.8}}
# Read the figure: at $L = 6$, when does cross-entropy overtake dot regression?
#
# - `"a"`: at once
# - `"b"`: before step 100
# - `"c"`: between steps 1,000 and 4,000
# - `"d"`: not in this figure

# %% tags=["exercise"]
# begin solution
overtakes = "c"
# stub
# overtakes = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("12.8", overtakes)

# %% [markdown]
# Cross-entropy is ahead from step 2155 on, though at equal angles it gains more per step from three degrees
# downwards, as computed above. But it gets there at step 1499, dot regression at step 368.
#
# ## A real network
#
# Long-tailed digits, from the most frequent class to the rarest a factor of fifty, and an MLP with three
# endings: learnt weights and CE; a fixed ETF and CE, with longer weights so that the loss can become small; a
# fixed ETF and dot regression. The paper's Figure 3 asks how far the cosines between centred class means
# scatter; at an ETF all of them are $-1/(K-1)$. About four seconds.

# %%
images, test = data.load(data_name), data.load(data_name, train=False)
chosen = images.select(data.long_tailed(images.labels, ratio, seed=seed))
endings = {
    "learnt, CE": {"head": "linear", "loss": "ce"},
    "fixed ETF, CE": {"head": "etf", "loss": "ce", "model_options": {"weight_norm": 8.0}},
    "fixed ETF, DR": {"head": "etf", "loss": "dot_regression"},
}
results = {}
for name, ending in endings.items():
    config = training.TrainConfig(
        data=data_name, epochs=epochs, record=epochs, snapshots=1, seed=seed, **ending
    )
    results[name] = training.train(config, train_set=chosen, test_set=test)

# %%
rows = {}
for name, result in results.items():
    cosines = geometry.cosines(geometry.centred(result.snapshots[-1].class_means.double()))
    different = cosines[~torch.eye(len(cosines), dtype=torch.bool)]
    last = result.metrics.iloc[-1]
    measured = [different.mean(), different.std(), last.nc1, last.test_accuracy]
    rows[name] = [round(float(value), 4) for value in measured]
columns = ["mean cosine", "std of cosines", "NC1", "test accuracy"]
pd.DataFrame(rows, index=columns).T

# %% tags=["nbval-check-output"]
scatter = {name: row[1] for name, row in rows.items()}
print("fixed weights, CE: cosines scatter less:", scatter["fixed ETF, CE"] < scatter["learnt, CE"])
print("fixed weights, DR: cosines scatter less:", scatter["fixed ETF, DR"] < scatter["learnt, CE"])

# %% [markdown] tags=["paper-number"]
# With fixed weights the cosines scatter less and features lie closer to their means (NC1), as Theorem 1 leads
# one to expect; seeds 1 and 2 say the same. But the three differ in more than who trains the weights: in
# their length, for one. On accuracy one seed and a few rare digits decide nothing; here dot regression does
# not beat the learnt weights.
#
# In the paper's Table 1 (ResNet, CIFAR-10, three seeds, no Mixup) at $\tau = 1/200$ the learnt classifier has
# 66.1, the fixed one 60.4 with CE and 68.4 with DR; at $\tau = 1/50$ they are 77.1, 79.5 and 78.4; with equal
# classes 93.4, 92.6 and 92.9. So each of the three is ahead once.
#
# ## Exercises
#
# You have met eight on the way. To go on, in the laboratory: put $h$ at 170 degrees with $L = 16$, and the
# step size at its least. Which loss turns the feature away from its weight, and which arrow is to blame? And
# with step 1?
#
# ## Recap
#
# - With a fixed ETF as classifier the problem is convex and falls apart into samples; its only minimizer is
#   $\sqrt{E_H/E_W}\, w_k$, whatever the class sizes (E Theorem 1). Dot regression has the same one.
# - The gradient by a feature is pull plus push, together $w_c - \sum_k p_k w_k$. On a wrong weight that is
#   the straight way to the optimum.
# - Dot regression: $1/\sin^2\theta_t = t + 1/\sin^2\theta_0$, sublinear. Cross-entropy: factors
#   $\frac{1}{1+g}$ and $\frac{1-gA}{1+g}$, linear if $g (A - 1) < 2$.
# - Theorem 2 as printed reads an upper bound as a lower one. True where rivals tie: cross-entropy is faster
#   exactly where $G(\theta) > 1 - \cos\theta$; for large $L$ that is only very near the optimum. On a wrong
#   weight rivals do not tie, and cross-entropy can be faster.
#
# ## References
#
# - Paper E: Yang, Chen, Li, Xie, Lin, Tao, *Do We Really Need a Learnable Classifier at the End of Deep
#   Neural Network?*, Sections 4.1 to 4.3, Appendices A and B.
# - E. Hoffer, I. Hubara, D. Soudry: *Fix your classifier: the marginal value of training the last weight
#   layer*, ICLR 2018.
# - J. Nocedal, S. J. Wright: *Numerical Optimization*, 2006, Chapter 2, on rates of convergence.
