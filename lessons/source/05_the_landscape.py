# ---
# jupyter:
#   nccourse:
#     title: The landscape
#     objectives:
#       - read off a Hessian whether a critical point is a minimum, a saddle, or flat
#       - derive the lowest eigenvalue at zero, and how many directions lead down from there
#       - prove with a number, $\lVert G \rVert$, that a point is a global minimum, or construct the way down
#       - compute exactly where the focal loss is convex, and find the trap that lies outside
#       - show a critical point that contradicts a lemma, and local minima in a model outside the theorem
#     prerequisites: ["03_unconstrained_features", "04_all_losses_collapse", "eigenvalues", "singular values"]
#     minutes: 80
#     profiles:
#       ci: {time: 25 s, memory: 1 GB}
#       laptop: {time: 12 s, memory: 1 GB}
#       gpu: {time: 12 s, memory: 1 GB}
#     papers: [C]
#     theorems: ["C Theorem 2", "C Corollaries 1, 2", "C Lemmas 2, 5, 7", "C Appendix D"]
# ---

# %% [markdown]
# ## Question
#
# Lesson 04 says where the minimum is. Training does not know that: it follows the gradient downhill from
# some random place, and the objective is not convex, because weights and features are multiplied. Downhill
# could end in a hollow that is not the lowest one, or on a pass where the gradient vanishes.
#
# **Why does gradient descent find neural collapse anyway?** Paper C answers with Theorem 2: there are no other
# hollows, and every pass has a way down. You will see the passes, walk down from them, and find the
# places where the theorem stops.

# %% tags=["parameters"]
decay = 0.05
bias_decay = 0.1
dim = 4
focal_classes = 50
focal_decay = 0.0238
circle_runs = 24
seed = 0

# %%
import numpy as np
import sympy as sp
import torch
from IPython.display import display
from scipy.optimize import brentq

from nccourse import exercises, losses, plots, ufm, widgets
from nccourse.symbolic import K, assert_identity, assert_inequality, focal, focal_convexity, statement

torch.set_default_dtype(torch.float64)

# %% [markdown]
# ## Your prediction
#
# ### {{exercise 05.1}}
# Cross-entropy with a little weight decay. Start gradient descent at $W = H = 0$ with entries of about
# one millionth added at random. What happens?
#
# - `"a"`: it falls back to zero and stays there
# - `"b"`: nothing for a while, then it leaves and ends in neural collapse
# - `"c"`: it ends in a hollow that depends on the random entries

# %% tags=["exercise"]
# begin solution
from_zero = "b"
# stub
# from_zero = ...  # "a", "b" or "c"
# end solution
exercises.check("05.1", from_zero)

# %% [markdown]
# ## A Hessian in two cells
#
# The smallest model: one weight $w$, one feature $h$, two classes told apart by the sign of $wh$,
#
# $$ f(w, h) = \log\bigl( 1 + e^{-wh} \bigr) + \frac{\lambda}{2} \bigl( w^2 + h^2 \bigr) . $$
#
# The *gradient* is zero at $w = h = 0$: a **critical point**. What is it like there? The *Hessian*, the matrix
# of second derivatives, answers: a step $t v$ along a unit vector $v$ changes $f$ by $\frac{t^2}{2} v^\top
# \nabla^2 f\, v$, up to terms of third order. So its eigenvectors are directions, its eigenvalues curvatures.

# %% tags=["derivation"]
w, h = sp.symbols("w h", real=True)
lam = sp.Symbol("lambda", positive=True)
f = sp.log(1 + sp.exp(-w * h)) + lam / 2 * (w**2 + h**2)
at_zero = sp.hessian(f, (w, h)).subs({w: 0, h: 0})
half = sp.Rational(1, 2)
for vector, value in (([1, 1], lam - half), ([1, -1], lam + half)):
    v = sp.Matrix(vector)
    print(f"{vector}: curvature {value},", assert_identity(sp.ImmutableMatrix(at_zero * v), value * v))

# %%
side = np.linspace(-2.5, 2.5, 61)
value = np.log1p(np.exp(-np.outer(side, side))) + 0.05 * (side**2 + side[:, None] ** 2)
figure = plots.contours(
    side,
    side,
    value,
    xlabel="weight w (no unit)",
    ylabel="feature h (no unit)",
    value="objective (nats)",
    lines={"down: w = h": (1, 1), "up: w = -h": (1, -1)},
    title="A saddle and two minima, λ = 1/10",
)
plots.show(figure, alt="A map: a pass at the centre, hollows up right and down left, along the diagonal.")

# %% [markdown]
# All eigenvalues positive: a local minimum. One of them negative: $f$ falls along its eigenvector, and the
# point is a **strict saddle**. A flat direction, eigenvalue 0, decides nothing by itself. From a strict saddle
# gradient descent gets away: along a direction of curvature $-\mu$ a step $\eta$ multiplies the
# distance by $1 + \eta\mu$. It grows exponentially, unless the start has exactly no part along it.
#
# ## The model and the theorem
#
# The model of lesson 04, with $N = nK$ samples, logits $z_i = W h_i - b$ and Frobenius norms:
#
# $$ f(W, H, b) = \frac1N \sum_{i=1}^N \mathcal{L}(z_i, y_i) + \frac{\lambda_W}{2} \lVert W \rVert^2
#    + \frac{\lambda_H}{2} \lVert H \rVert^2 + \frac{\lambda_b}{2} \lVert b \rVert^2 . \tag{C 7} $$
#
# > **C Theorem 2.** Let $d > K$ and let $\mathcal{L}$ be convex in $z$. Then every critical point of $f$ is
# > either a global minimizer or a strict saddle.
#
# Cross-entropy is convex; so is label smoothing (Corollary 1); the focal loss only in part (Corollary 2).
#
# Let autograd compute the Hessian at zero, for three classes and two samples each.


# %%
def objective(x, classes=3, samples=2):
    """Return f of all entries of W, H and b, laid out flat."""
    sizes = (classes * dim, classes * samples * dim, classes)
    W, H, b = x.split(sizes)
    logits = H.view(-1, dim) @ W.view(-1, dim).T - b
    mean = losses.cross_entropy(logits, torch.arange(classes).repeat_interleave(samples))
    return mean + decay / 2 * (W @ W + H @ H) + bias_decay / 2 * b @ b


at_zero = torch.autograd.functional.hessian(objective, torch.zeros(9 * dim + 3))
eigenvalues = torch.linalg.eigvalsh(at_zero).numpy()
levels, times = np.unique(eigenvalues.round(9), return_counts=True)
for level, count in zip(levels, times, strict=True):
    print(f"{level:9.6f}  {count:2d} times")

# %% [markdown]
# So zero is a strict saddle, eight times with the same curvature. That level and its count have closed forms.
#
# ## Zero, derived
#
# Let $g(Z)$ be the mean loss as a function of the logits, and $G$, of shape $N \times K$, its gradient. Move
# by $D = (D_W, D_H, 0)$. The logits change by $D_H W^\top + H D_W^\top$ to first order and by $D_H D_W^\top$
# to second, so
#
# $$ \nabla^2 f[D, D] = 2 \langle G, D_H D_W^\top \rangle + \lambda_W \lVert D_W \rVert^2
#    + \lambda_H \lVert D_H \rVert^2 + g''\bigl[ D_H W^\top + H D_W^\top \bigr], \tag{1} $$
#
# where $g''[\cdot]$, the loss's own curvature along that change of logits, is what convexity makes
# non-negative. At zero it drops out. There all probabilities are $\frac1K$, so a row of $G$ is $\frac1N
# (\frac1K \mathbf{1} - e_y)$, and $G$ has $K-1$ equal singular values, $s = \frac{1}{K\sqrt n}$. Let $u$, $v$
# be a pair of singular vectors, $G v = s u$, and $a \in \mathbb{R}^d$ any unit vector. Along $D_W = x\, v
# a^\top$, $D_H = -y\, u a^\top$, (1) reads
#
# $$ \nabla^2 f[D, D] = \begin{pmatrix} x & y \end{pmatrix}
#    \begin{pmatrix} \lambda_W & -s \\ -s & \lambda_H \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix} . \tag{2} $$
#
# ### {{exercise 05.2}}
# Give the smaller eigenvalue of this matrix, in `lambda_W`, `lambda_H`, `s`.

# %% tags=["exercise"]
lambda_W, lambda_H, s = sp.symbols("lambda_W lambda_H s", positive=True)
# begin solution
lowest = (lambda_W + lambda_H) / 2 - sp.sqrt(((lambda_W - lambda_H) / 2) ** 2 + s**2)
# stub
# lowest = ...  # an expression in lambda_W, lambda_H and s
# end solution
exercises.check("05.2", lowest)

# %% tags=["derivation"]
statement("C.SaddleAtZero").verify()

# %%
slope = 1 / (3 * np.sqrt(2))
forms = {"λ − s": decay - slope, "λ + s": decay + slope}
order = np.arange(1, len(eigenvalues) + 1)
figure = plots.curves(
    order,
    {"autograd": eigenvalues},
    theory={name: float(form) for name, form in forms.items()},
    xlabel="number of the eigenvalue, from below",
    ylabel="eigenvalue (nats)",
    title="Hessian at zero, K = 3, n = 2, d = 4",
)
plots.show(figure, alt="A staircase of eigenvalues: the lowest eight on the dashed line of the closed form.")

# %% [markdown]
# The product of both eigenvalues is $\lambda_W \lambda_H - s^2$: zero is a saddle exactly if $K c < 1$, $c =
# \sqrt{n \lambda_W \lambda_H}$, and otherwise, lesson 04, it is the minimum. Label smoothing has $s =
# \frac{1 - \alpha}{K \sqrt n}$, any contrastive loss $\phi'(0)/\sqrt n$.
#
# ### {{exercise 05.3}}
# Ten classes, five samples each, $d = 16$, and $Kc < 1$. How many independent directions lead down from zero?
# Count the choices in (2), and test your formula on the list above.

# %% tags=["exercise"]
# begin solution
ways_down = 9 * 16
# stub
# ways_down = ...  # a whole number
# end solution
exercises.check("05.3", ways_down)

# %% [markdown]
# ## Leaving zero
#
# Now watch it happen: three classes, one sample each, from nearly zero. To make the walk interesting the start
# leans: a thousandth towards $w_2 = h_2 = -w_3 = -h_3$, a millionth at random.

# %%
problem = ufm.RegularizedUFM(3, 1, dim, "ce", decay, decay, bias_decay)
lean = torch.zeros(3, dim)
lean[1, 0], lean[2, 0] = 1.0, -1.0
generator = torch.Generator().manual_seed(seed)
noise = [1e-6 * torch.randn(3, dim, generator=generator) for _ in "WH"]
start = [1e-3 * lean + part for part in noise]
follow = {"method": "gradient_descent", "step_size": 0.5}
walk = ufm.solve(problem, start=(*start, torch.zeros(3)), max_steps=260, record=5, **follow)
plain = ufm.solve(problem, start=(*noise, torch.zeros(3)), max_steps=260, record=20, **follow)
print("without the lean, every 20 steps:", np.array(plain.history["objective"]).round(3))
pair = ufm.solve(problem, start=(lean, lean, torch.zeros(3)), max_steps=2000, **follow)
print("biases at the second saddle, added as in paper C:", (-pair.b).numpy().round(4))

# %%
across, up = walk.W[1] - walk.W[2], walk.W[0]  # orthogonal once the three form an ETF
plane = torch.stack([across / across.norm(), up / up.norm()], dim=1).numpy()
heights = {"zero": np.log(3), "a second saddle": pair.objective, "the minimum": problem.minimum}
past = {"steps": walk.history["step"], "objective": walk.history["objective"]}
W, H = walk.history["W"], walk.history["H"]
shown = [0, 6, *range(8, 13), 14, 17, 22, 25, 27, 29, 32, 38, 52]
frames = (
    plots.descent_frame(W[at] @ plane, H[at] @ plane, [0, 1, 2], at=at, levels=heights, reach=2.0, **past)
    for at in shown
)
captions = [f"step {past['steps'][at]}" for at in shown]
film = "Two opposite arrows grow from zero and wait; then the third class appears and all three open "
film += "to equal angles. The objective rests on two plateaus, zero and a second saddle, before the minimum."
plots.animation(frames, captions=captions, alt=film, dpi=90)

# %% [markdown]
# Prediction 05.1 can be judged by the run without the lean: one plateau, zero. The lean makes a second, where
# classes 2 and 3 are opposite and class 1 has no vector at all. That is a critical point too. Descent started
# with *exactly* this symmetry keeps it and ends there, which is how `pair` was computed.
#
# ## A lemma that it refutes
#
# Paper C, with $+b$ and the objective written as $g(WH + b\mathbf{1}^\top)$ plus decay, claims in Lemma 7 that **any**
# critical point has $b = \tau \mathbf{1}$, all biases equal. At `pair` they are not. The printed proof:
#
# $$ \nabla_b f = \nabla g\, \mathbf{1} + \lambda_b b = 0, \qquad
#    b = -\frac{\nabla g}{\lambda_b} \mathbf{1} = \tau \mathbf{1} . \tag{C 26} $$
#
# ### {{exercise 05.4}}
# Where does it go wrong?
#
# - `"a"`: $\nabla_b f$ is not $\nabla g\, \mathbf{1} + \lambda_b b$
# - `"b"`: $-\nabla g/\lambda_b$ is a $K \times N$ matrix; it is treated as a number $\tau$
# - `"c"`: one may not divide by $\lambda_b$

# %% tags=["exercise"]
# begin solution
wrong_step = "b"
# stub
# wrong_step = ...  # "a", "b" or "c"
# end solution
exercises.check("05.4", wrong_step)

# %% tags=["derivation"]
for name in ("C.Lem7", "C.Erratum3"):
    display(statement(name).verify())

# %% [markdown]
# The catalogue's point is another of the kind, with $w^2 = \log 8$, where all probabilities are rational.
# What remains true: for $\lambda_b > 0$ and a loss that ignores a common shift (CE, FL, LS) the biases sum to
# zero, and at *minimizers* they agree. Theorem 1 does not need the lemma.
#
# ## Why every pass has a way down
#
# The idea behind Theorem 2 is to look at one number, $\lVert G \rVert$: for $G$ alone this is the largest
# singular value, not the Frobenius norm. At a critical point $\lambda_W W = -G^\top H$ and $\lambda_H H = -G
# W$, so $\lambda_W \lVert W \rVert^2 = \lambda_H \lVert H \rVert^2 = -\langle G, H W^\top \rangle$ (C Lemma
# 5).
#
# **If $\lVert G \rVert \le \sqrt{\lambda_W \lambda_H}$, it is a global minimum.** A convex loss lies above its tangent.
# For any other $W', H'$ the tangent changes by $\langle G, H'W'^\top \rangle - \langle G, H W^\top \rangle$, and
#
# $$ \langle G, H' W'^\top \rangle \ge -\lVert G \rVert\, \lVert W' \rVert \lVert H' \rVert \ge
#    -\tfrac{\lambda_W}{2} \lVert W' \rVert^2 - \tfrac{\lambda_H}{2} \lVert H' \rVert^2 . \tag{3} $$
#
# What the tangent may lose, decay takes back. (Behind it is a *convex* problem: the least decay of a product $Z = HW^\top$ is
# $\sqrt{\lambda_W \lambda_H}$ times its nuclear norm, C Lemma 2; $\lVert G \rVert$ is the dual norm.)
#
# **If $\lVert G \rVert = \sigma > \sqrt{\lambda_W \lambda_H}$, there is a way down.** Since $d > K \ge
# \operatorname{rank} W$, some unit vector $a$ has $W a = 0$, and then $H a = 0$ as well: a dimension nobody
# uses. (For CE, FL and LS $d = K$ is enough: the rows of $G$ sum to zero, so $\lambda_W \mathbf{1}^\top W =
# -(G \mathbf{1})^\top H = 0$ and $\operatorname{rank} W \le K - 1$.) With $G v = \sigma u$ go along
#
# $$ D_W = \Bigl( \tfrac{\lambda_H}{\lambda_W} \Bigr)^{1/4} v a^\top, \qquad
#    D_H = -\Bigl( \tfrac{\lambda_W}{\lambda_H} \Bigr)^{1/4} u a^\top . \tag{4} $$
#
# The logits do not change to first order, so the term with $g''$ vanishes as it did at zero, and (1) is $-2
# (\sigma - \sqrt{\lambda_W\lambda_H}) < 0$.
#
# ### {{exercise 05.5}}
# Write (4): `escape(G, lambda_W, lambda_H, a)` returns `D_W` of shape `(K, d)` and `D_H` of shape `(N, d)`, for
# `G` of shape `(N, K)`. The checker inserts them into (1).


# %% tags=["exercise"]
def escape(G, lambda_W, lambda_H, a):
    """Return the directions of (4)."""
    # begin solution
    left, _, right = torch.linalg.svd(G)
    balance = (lambda_H / lambda_W) ** 0.25
    return balance * torch.outer(right[0], a), -torch.outer(left[:, 0], a) / balance
    # stub
    # return ...
    # end solution


exercises.check("05.5", escape)

# %% tags=["derivation"]
statement("C.Thm2").verify()


# %%
def judge(W, H, b):
    """Return the norm of G and the lowest Hessian eigenvalue at a critical point."""
    logits = (H @ W.T - b).requires_grad_()
    (G,) = torch.autograd.grad(losses.cross_entropy(logits, torch.arange(3)), logits)
    x = torch.cat([W.flatten(), H.flatten(), b])
    hessian = torch.autograd.functional.hessian(lambda x: objective(x, samples=1), x)
    return float(torch.linalg.matrix_norm(G, 2)), float(torch.linalg.eigvalsh(hessian)[0])


best = ufm.solve(problem, seed=seed)
points = {"zero": (torch.zeros(3, dim), torch.zeros(3, dim), torch.zeros(3))}
points |= {name: (at.W, at.H, at.b) for name, at in (("pair", pair), ("minimum", best))}

# %% tags=["nbval-check-output"]
for name, point in points.items():
    norm, least = judge(*point)
    kind = "strict saddle" if norm > decay + 1e-6 else "global minimum"
    print(f"{name:7s}  |G| = {norm:.4f}, lowest eigenvalue {round(least, 4) + 0.0:7.4f}: {kind}")

# %% [markdown] tags=["paper-number", "theory-number"]
# Three critical points, judged by that one number; beside it the lowest eigenvalue that autograd finds. For
# $\lambda_W = \lambda_H = \lambda \le \lambda_b$ it is $\lambda - \lVert G \rVert$ itself: as $\langle G, D_H
# D_W^\top \rangle \ge -\lVert G \rVert \lVert D_W \rVert \lVert D_H \rVert$, (1) is at least $(\lambda -
# \lVert G \rVert) \lVert D \rVert^2$, moves of $b$ add at least $\lambda_b \lVert D_b \rVert^2$, and (4)
# attains the bound. At the minimum it is 0: rotations of all vectors.
#
# ## The focal loss: where is it convex?
#
# Theorem 2 needs convexity, and the focal loss $-(1-p)^\beta \log p$ of the own probability $p$ is not convex everywhere.
#
# Paper C proves it convex where $p \ge 0.21$ (Corollary 2, Appendix D). It drops a positive term and is left with the
# sufficient condition
#
# $$ \log p + 2 (1 - p) \ge 0 , \tag{5} $$
#
# whose root below 1 is rounded up. Take the exponential: $-2p\, e^{-2p} = -2 e^{-2}$, so $p = -\frac12
# \operatorname{LambertW}(-2 e^{-2}) = 0.203188\ldots$ (see the [glossary](../GLOSSARY.md)).
#
# How much was lost with that term? Let $\mathbf{p}$ be all probabilities, $p$ that of the own class $k$,
# $\phi(p)$ the loss. The Hessian is $A\, (e_k - \mathbf{p})(e_k - \mathbf{p})^\top + B\,
# (\operatorname{diag}(\mathbf{p}) - \mathbf{p} \mathbf{p}^\top)$ with $B = -p\,\phi'(p) > 0$ and $A =
# -p\,B'(p)$, which may be negative. The worst direction treats all other classes alike. Along it the Hessian
# is non-negative exactly if $(1-p) A + p B \ge 0$, that is, if
#
# $$ F(p) = (2\beta + 1)(1 - p) + \beta \bigl( 1 - (1 + \beta)\, p \bigr) \log p \;\ge\; 0 . \tag{6} $$

# %% tags=["derivation"]
p, beta = focal_convexity.OWN, focal_convexity.FOCUSING
F = (2 * beta + 1) * (1 - p) + beta * (1 - (1 + beta) * p) * sp.log(p)
B = -p * sp.diff(-((1 - p) ** beta) * sp.log(p), p)
A = -p * sp.diff(B, p)
worst = ((1 - p) * A + p * B) / (p * (1 - p) ** (beta - 1))
print("F, from A and B:", assert_identity(sp.expand(sp.powsimp(sp.expand(worst))), F))
print("F is concave:", assert_inequality(sp.diff(F, p, 2), "<", 0))
print("F(1) = 0:", assert_identity(F.subs(p, 1), 0))
root = -sp.LambertW(-2 * sp.exp(-2)) / 2
print("root of (5):", assert_identity(root * sp.exp(-2 * root), sp.exp(-2)))
statement("C.FocalConvexity").verify()

# %% [markdown]
# A concave function that is $-\infty$ at 0, positive just below 1 and 0 at 1 has one more root: the exact
# threshold.
#
# ### {{exercise 05.6}}
# Write `convex_from(focusing)`, the smallest $p$ from which on the focal loss is convex, to six digits, for any
# $\beta > 0$. `brentq(function, low, high)` finds a root between two points of different sign.


# %% tags=["exercise"]
def convex_from(focusing):
    """Return the root of F below 1."""

    # begin solution
    def F(p):
        return (2 * focusing + 1) * (1 - p) + focusing * (1 - (1 + focusing) * p) * np.log(p)

    return brentq(F, 1e-300, 0.1)
    # stub
    # return ...
    # end solution


exercises.check("05.6", convex_from)

# %%
exponents = np.linspace(0.1, 8, 80)
F_of = sp.lambdify((p, beta), F)
exact = [brentq(F_of, 1e-300, 0.1, args=(exponent,)) for exponent in exponents]
figure = plots.curves(
    exponents,
    {"exact threshold": exact},
    theory={"sufficient (5)": float(root), "enough for every β": 0.0584444},
    xlabel="focusing parameter β (no unit)",
    ylabel="own probability p (no unit)",
    title="Convex above the curve",
)
plots.show(figure, alt="The exact threshold rises to a flat top near 0.058; the paper's bound is far above.")

# %% [markdown] tags=["theory-number"]
# The paper's region can be enlarged to $p \ge 0.0585$ for every $\beta$ at once: completing the square in $\beta$
# puts the highest threshold, 0.0584444, at $\beta = 2.3819$ (`statement("C.FocalConvexityBound")`).
#
# ## The focal trap
#
# At $W = H = 0$ every $p$ is $\frac1K$: for $\beta = 3$ outside the convex region once $K \ge 18$. Is that harmless? Paper C reports that
# gradient descent from random starts always reached collapse. Take fifty classes, $\beta = 3$, decay a little above
# $\phi'(0)$, and start with rows of length about `0.05`, 1 and 3.

# %% tags=["nbval-check-output"]
trapped = ufm.RegularizedUFM(focal_classes, 1, focal_classes + 1, "focal", *[focal_decay] * 3, focusing=3)
size, ends = (focal_classes, focal_classes + 1), {}
for name, length in (("small", 0.05), ("middle", 1.0), ("large", 3.0)):
    noise = torch.Generator().manual_seed(seed)
    vectors = [length * torch.randn(size, generator=noise) / size[1] ** 0.5 for _ in "WH"]
    options = {"method": "gradient_descent", "step_size": 10.0, "max_steps": 600}
    ends[name] = ufm.solve(trapped, start=(*vectors, torch.zeros(focal_classes)), **options)
slope = float(focal.slope_at_zero().subs({K: focal_classes, focal.FOCUSING: 3}))
print("zero is a strict local minimum in W and H:", slope < focal_decay)
for name, end in ends.items():
    dead = int((end.W.norm(dim=1) < 0.5).sum())
    print(f"{name} start: objective {end.objective:.3f}, classes without a vector: {dead}")

# %%
gap = np.linspace(0, 2.4, 121)
wrong = 1 - 1 / (1 + (focal_classes - 1) * np.exp(-gap))
ray = -(wrong**3) * np.log1p(-wrong) + focal_decay * (focal_classes - 1) * gap
etfs = [ends["small"], ends["large"]]
scores = [end.H @ end.W.T for end in etfs]
found = [float((z.trace() * focal_classes - z.sum()) / (z.numel() - focal_classes)) for z in scores]
figure = plots.curves(
    gap,
    theory={"simplex ETF": ray},
    points={"end of descent": (found, [end.objective for end in etfs])},
    xlabel="score gap of the ETF (logit units)",
    ylabel="objective (nats)",
    title="From zero to collapse: a barrier",
)
plots.show(figure, alt="The objective rises a little from zero, then falls well below it, then rises.")

# %% [markdown]
# Zero is a hollow that is not the lowest. At a price $c > \phi'(0)$ both eigenvalues of (2), with $s =
# \phi'(0)$, are positive (the biases curve upwards as well), while an ETF with a large gap is better. For a
# convex loss this cannot happen. Between zero and collapse lie more hollows: from the middle start the
# classes that live form an ETF, and the others stay dead. (Its Hessian, too large for this notebook, is
# positive but for rotations.) The window of such prices is narrow, and the large start does collapse, as the
# paper saw; but the focal loss's landscape is not benign everywhere.
#
# ## On a circle
#
# The way down (4) uses a dimension that no vector occupies, and lengths that are free. Take away both. That
# is *another model*, about which Theorem 2 says nothing in any dimension: unit vectors and the scale $\gamma$
# of lesson 03, three classes **on a circle**, $d = 2 = K - 1$. An ETF fits in. Run gradient descent with
# small steps from random starts, in the plane and in space.

# %%
mild, flat, space = (ufm.NormalizedUFM(3, 3, d, scale) for d, scale in ((2, 2.0), (2, 6.0), (3, 6.0)))
options = {"method": "gradient_descent", "step_size": 0.25, "max_steps": 800, "record": 40}
runs = {}
for model in (mild, flat, space):
    rows = [np.random.default_rng((seed, run)).standard_normal((12, model.dim)) for run in range(circle_runs)]
    rows = [torch.tensor(r / np.linalg.norm(r, axis=1, keepdims=True)) for r in rows]
    begins = [(r[:3], r[3:], torch.zeros(3)) for r in rows]
    runs[model] = ufm.solve([model] * circle_runs, start=begins, **options)
    stuck = sum(run.gap > 0.05 for run in runs[model])
    print(f"d = {model.dim}, γ = {model.scale:g}: {stuck} of {circle_runs} runs are stuck above the minimum")

# %%
caught = min((run for run in runs[flat] if run.gap > 0.05), key=lambda run: run.gap)
history = {"steps": caught.history["step"], "objective": caught.history["objective"]}
figure = plots.descent_frame(
    caught.W,
    caught.H,
    caught.labels,
    at=len(caught.history["step"]) - 1,
    levels={"minimum": flat.minimum},
    **history,
)
seen = "Three weights on a circle, not at equal angles; one feature stands opposite to its own weight. "
plots.show(figure, alt=seen + "The objective has settled on a level above the minimum.")

# %% tags=["nbval-check-output"]
rest = ufm.solve(flat, start=caught)  # Newton's method: is it a minimum, or only slow?
angles = torch.cat([torch.atan2(rows[:, 1], rows[:, 0]) for rows in (rest.W, rest.H)])


def on_circle(x):
    """Return the mean cross-entropy of vectors at the angles x[:12] with biases x[12:]."""
    W, H = (torch.stack([part.cos(), part.sin()], dim=1) for part in (x[:3], x[3:12]))
    return losses.cross_entropy(6 * H @ W.T - x[12:], rest.labels)


hessian = torch.autograd.functional.hessian(on_circle, torch.cat([angles, rest.b]))
curvature = torch.linalg.eigvalsh(hessian)
print("flat: one rotation and one common bias:", int((curvature.abs() < 1e-9).sum()) == 2)
print("all other curvatures positive:", bool((curvature[2:] > 1e-4).all()))
lifted = [torch.cat([rows, rows[:, :1] ** 2 / 1e3], dim=1) for rows in (rest.W, rest.H)]
lifted = [rows / rows.norm(dim=1, keepdim=True) for rows in lifted]
freed = ufm.solve(space, start=(*lifted, rest.b), **options)
print("one more dimension sets it free:", bool(freed.gap < 0.02 < rest.gap))

# %% [markdown]
# A true local minimum on the circle, in twelve angles and three biases; in space, a pass: the trapped feature
# leaves the plane and goes over the heads of the others. The trap needs fixed lengths, no spare dimension,
# and a $\gamma$ that is not too small: with ETF weights and no biases, the feature opposite to its weight
# has, $p$ being its own probability, the curvature $\frac34 (1 - p)\, \gamma\, (\gamma - 2)$. (With decay,
# and $W$ fixed, $f$ is strictly convex in each $h_i$: no single feature can be trapped. We met no trap at $d
# = K - 1$ there, which is no proof.)
#
# ## The laboratory
#
# Critical points with names: zero, two living classes, one dead class, collapse. Slide through the eigenvalues and
# look along each; raise $\lambda$ until $K\lambda = 1$, and the ways down from zero are gone.

# %%
widgets.landscape_lab(num_classes=4, point="pair")

# %% [markdown]
# ## Exercises
#
# Six are behind you. The last reads the picture of the circle.
#
# ### {{exercise 05.7}}
# One feature stands opposite to its own weight. Why does it not turn around?
#
# - `"a"`: its loss is already zero
# - `"b"`: on either way round it would first come closer to a wrong class's weight
# - `"c"`: its weight turns away from it

# %% tags=["exercise"]
# begin solution
why_stuck = "b"
# stub
# why_stuck = ...  # "a", "b" or "c"
# end solution
exercises.check("05.7", why_stuck)

# %% [markdown]
# ## Recap
#
# - Eigenvalues of the Hessian are curvatures; one below zero makes a strict saddle, which descent leaves
#   exponentially fast.
# - At zero the lowest is $\frac{\lambda_W + \lambda_H}{2} - \sqrt{(\frac{\lambda_W - \lambda_H}{2})^2 + s^2}$, in $(K-1)\,d$
#   directions; negative exactly if $Kc < 1$ for CE.
# - At any critical point of a convex loss $\lVert G \rVert \le \sqrt{\lambda_W\lambda_H}$ certifies a global minimum; otherwise
#   an unused dimension leads down, if $d > K$ (for CE, FL, LS: $d \ge K$).
# - Biases may differ at a critical point; the printed Lemma 7 says they cannot.
# - The focal loss is convex from the root of (6) on, far below the printed bound; outside lie real traps.
# - Unit vectors on a circle can get stuck in true local minima if $\gamma$ is large; a third dimension opens them.
#
# ## References
#
# - Paper C: Zhou, You, Li, Liu, Liu, Qu, Zhu, *Are All Losses Created Equal: A Neural Collapse Perspective*, NeurIPS 2022.
#   Theorem 2, Corollaries 1 and 2, Lemmas 2, 5 and 7, Appendix D.
# - Zhu, Ding, Zhou, Li, You, Sulam, Qu, *A Geometric Analysis of Neural Collapse with Unconstrained Features*, NeurIPS
#   2021: the landscape for cross-entropy, to whose proof paper C refers.
# - Ge, Huang, Jin, Yuan, *Escaping From Saddle Points*, COLT 2015: noisy gradient descent leaves strict saddles.
# - All statements with their checks: `nccourse theorems C`.
