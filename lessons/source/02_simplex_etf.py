# ---
# jupyter:
#   nccourse:
#     title: The simplex equiangular tight frame
#     objectives:
#       - prove that no $K$ unit vectors can all be further apart than cosine $-1/(K-1)$
#       - read rank, length and sum of a simplex ETF off its Gram matrix
#       - construct a simplex ETF in every dimension that has room for one
#       - explain why two of them differ only by a rotation
#       - turn an orthogonal frame into a simplex ETF by subtracting its mean
#     prerequisites: ["01_the_phenomenon", "Gram matrices and eigenvalues", "gradient descent"]
#     minutes: 60
#     profiles:
#       ci: {time: 15 s, memory: 1 GB}
#       laptop: {time: 12 s, memory: 1 GB}
#       gpu: {time: 12 s, memory: 1 GB}
#     papers: [A, D, E]
#     theorems: ["A Definition 7", "D Corollary 1 (centring)", "E Definition 1"]
# ---

# %% [markdown]
# ## Question
#
# In lesson 01 the class means of a trained network drifted apart until all pairs of them stood at nearly the
# same angle. Nobody asked for that angle: the loss only asked for the right label. So where does it come from,
# and could the means have done better?
#
# Strip the question of everything but geometry. Take $K$ unit vectors $u_1, \dots, u_K$ in $\mathbb{R}^d$,
# one for each class. Two of them can point in opposite directions, cosine $-1$. Three cannot all oppose
# each other. **What is the smallest value that no pair's cosine need exceed, and which arrangement reaches
# it?**
#
# The answer is the *simplex equiangular tight frame*, ETF for short: the shape that every theorem of this
# course ends in. This lesson proves that it is the best possible one, builds it, and shows that there is
# only one.

# %% tags=["parameters"]
num_classes = 5
steps = 300
seed = 0

# %%
import sympy as sp
import torch

from nccourse import exercises, experiments, geometry, plots, widgets
from nccourse.symbolic import K, assert_identity, assert_inequality, simplex_etf, statement

# %% [markdown]
# ## Your prediction
#
# Commit yourself before reading on; a guess that turns out wrong is remembered longer.
#
# ### {{exercise 02.1}}
# Suppose the dimension $d$ is as large as you like. As the number of classes grows, $K \to \infty$, what
# does the best common cosine tend to?
#
# - `"a"`: $-1$: with enough room all vectors can oppose each other
# - `"b"`: $-1/2$: the triangle is the best there is
# - `"c"`: $0$: they become nearly orthogonal
# - `"d"`: $1$: they crowd together

# %% tags=["exercise"]
# begin solution
tends_to = "c"
# stub
# tends_to = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("02.1", tends_to)

# %% [markdown]
# ## An experiment that knows nothing
#
# Before any theory, let nature try. In 1904 J. J. Thomson asked how electrons settle on a sphere when they
# repel each other. Put $K$ of them on the unit sphere of $\mathbb{R}^{K-1}$ at random, give each pair the
# energy $1 / \lVert u_i - u_j \rVert$, and let them slide downhill. The code has no notion of an ETF.
#
# A gradient points off the sphere, so each step has two parts, in the field's words: *project* the gradient
# on the tangent space, $g - u \langle u, g \rangle$, and *retract*, that is divide by the length to come
# back. (The matrices whose rows are unit vectors are called the *oblique* manifold; hence the name in the code.)

# %%
generator = torch.Generator().manual_seed(seed)
electrons = geometry.oblique.random_point(num_classes, num_classes - 1, generator=generator)
energies = []
for _ in range(steps):
    u = electrons.clone().requires_grad_()
    energy = (1 / torch.nn.functional.pdist(u)).sum()
    energy.backward()
    downhill = -geometry.sphere.riemannian_gradient(electrons, u.grad)
    electrons = geometry.sphere.retraction(electrons, 0.1 * downhill)
    energies.append(energy.item())

# %%
settled = geometry.simplex_etf(num_classes, num_classes - 1)
lowest = (1 / torch.nn.functional.pdist(settled)).sum().item()
seen = "Left: the energy falls steeply and levels off on the dashed line of the simplex ETF. "
seen += "Right, on a log axis: its excess over that line shrinks by many orders of magnitude."
plots.show(plots.energy_trace(energies, minimum=lowest, title="Electrons on a sphere"), alt=seen)

names = ("electron", "electron")
seen = "A square of cosines: one on the diagonal, the same negative value in every other cell."
plots.show(plots.cosines(electrons, title="Cosines once settled", names=names), alt=seen)

# %% tags=["nbval-check-output"]
off_diagonal = geometry.cosines(electrons)[~torch.eye(num_classes, dtype=torch.bool)]
difference = off_diagonal.mean() + 1 / (num_classes - 1)
print("all pairs at one angle:", bool(off_diagonal.std() < 1e-4))
print("that cosine is -1/(K-1):", bool(abs(difference) < 1e-4))

# %% [markdown]
# Every pair ended at the same cosine, and it is $-1/(K-1)$. An experiment shows that something happens, for
# one $K$ and one start; it does not show why, nor that nothing better exists. That takes a proof.

# %% [markdown]
# ## Nothing is better: the proof
#
# One observation carries everything: **a squared length is never negative**. Take the sum of all vectors,
#
# $$ 0 \le \Bigl\lVert \sum_{i} u_i \Bigr\rVert^2 = \sum_i \lVert u_i \rVert^2 + \sum_{i \ne j} \langle u_i, u_j \rangle
#    = K + \sum_{i \ne j} \langle u_i, u_j \rangle . \tag{1} $$
#
# There are $K(K-1)$ ordered pairs. Suppose first that all their cosines equal some $c$.
#
# ### {{exercise 02.2}}
# Insert $\langle u_i, u_j \rangle = c$ into (1) and find the smallest value $c$ can have, as a
# sympy expression in `K`. Any equivalent form is accepted.

# %% tags=["exercise"]
# begin solution
smallest_cosine = -1 / (K - 1)
# stub
# smallest_cosine = ...  # an expression in the symbol K
# end solution
exercises.check("02.2", smallest_cosine)

# %% [markdown]
# Equal cosines were an assumption. Without it, let $m$ be the *largest* of the cosines, the pair that is
# closest together. No cosine exceeds $m$, so the sum in (1) is $K(K-1)\,m - E$ with a shortfall $E \ge 0$.
# Write $q \ge 0$ for the squared length on the left of (1) and solve for $m$. The next cell does it with
# sympy, for a symbolic $K$; `assert_identity` raises an error with a counterexample if the two sides
# differ.

# %% tags=["derivation"]
m = sp.Symbol("m", real=True)
E, q = sp.symbols("E q", nonnegative=True)
largest = sp.solve(sp.Eq(K + K * (K - 1) * m - E, q), m)[0]
print(assert_identity(largest, -1 / (K - 1) + (E + q) / (K * (K - 1))))
print(assert_inequality(largest, ">=", -1 / (K - 1)))

# %% [markdown]
# So $m \ge -1/(K-1)$ for *any* unit vectors in *any* dimension, with equality exactly if $E = 0$ and $q =
# 0$: **all cosines are equal, and the vectors sum to zero**. More dimensions cannot help, since $d$ never
# appears. And $-1/(K-1) \to 0$: many classes in a large space can only be nearly orthogonal.
#
# The course keeps each theorem as a catalogue entry with its named steps. `verify()` runs every one of them
# and reports how: *proved symbolically* means for general $K$; *proved for small K* means that the matrices
# were written out for each of a few, mostly 2 to 6.

# %% tags=["derivation"]
statement("ETF.Cosine").verify()

# %% [markdown]
# ## What the Gram matrix knows
#
# Stack the vectors as rows of $W \in \mathbb{R}^{K \times d}$. The *Gram matrix* $W W^\top$ holds all inner
# products, and at the optimum they are known: $1$ on the diagonal, $-1/(K-1)$ off it. With $J$ the all-ones
# matrix,
#
# $$ W W^\top = G := \frac{K}{K-1} \Bigl( I - \frac{1}{K} J \Bigr) . \tag{A 9} $$
#
# This is the matrix in paper A's Theorem 1 and in Eq. (6) of paper E. $I - J/K$ is familiar: it subtracts
# the mean. Matrices of the form $a I + c J$ are closed under multiplication because $J^2 = K J$, so we can
# compute with the pair $(a, c)$ for general $K$; `simplex_etf.product` multiplies two such pairs.

# %% tags=["derivation"]
a, c = simplex_etf.GRAM
print("entries:", a + c, "and", c)
print("unit vectors:", assert_identity(a + c, 1))
print("rows of G sum to zero:", assert_identity(a + K * c, 0))
squared = sp.Matrix(simplex_etf.product((a, c), (a, c)))
print("G squared is K/(K-1) G:", assert_identity(squared, sp.Matrix([a, c]) * K / (K - 1)))

# %% [markdown]
# The last line is worth a pause. $G^2 = \frac{K}{K-1} G$ forces every eigenvalue $\mu$ of $G$ to satisfy
# $\mu^2 = \frac{K}{K-1} \mu$: it is either $0$ or $\frac{K}{K-1}$. The trace, the sum of the eigenvalues,
# tells how many are not zero, and that number is the rank: the number of dimensions the vectors span.
#
# ### {{exercise 02.3}}
# What is the smallest dimension $d$ in which ten classes can form a simplex ETF?

# %% tags=["exercise"]
# begin solution
smallest_dim = 9
# stub
# smallest_dim = ...  # a whole number
# end solution
exercises.check("02.3", smallest_dim)

# %% [markdown]
# The name can now be taken apart. A *simplex* is the $K$-point figure that generalises segment, triangle
# and tetrahedron. *Equiangular*: one angle for all pairs. *Frame*: the vectors span their space. *Tight*:
# all directions of that space are treated alike, $W^\top W = \frac{K}{K-1} I$ in $d = K - 1$; the
# eigenvalues just found say so, as $W^\top W$ and $W W^\top$ share the nonzero ones.
#
# For $K = 2$, 3 and 4 the figure can be drawn. The last is Figure 1 of paper E, which introduces the ETF with it.
# It is an illustration, and our own code draws it: the black vertices, with a mean and a weight of each class
# upon them, where collapse takes both. What can be checked is the frame, and its cosines are printed. That
# features of a network go there the picture does not show.

# %%
seen = {2: "Two arrows pointing in opposite directions.", 3: "Three arrows 120 degrees apart."}
for number, text in seen.items():
    frame = geometry.simplex_etf(number, 2)
    plots.show(plots.class_vectors(frame, title=f"K = {number}"), alt=text)

# %%
pictured = experiments.get("E.fig1").recorded()
print(f"E.fig1. {pictured.experiment.claim} This {pictured.verdict}.")
plots.show(pictured.figure(), alt=pictured.experiment.alt)
seen = "Four arrows from the centre to the corners of a regular tetrahedron, to be turned."
plots.rotatable(geometry.simplex_etf(4, 3), alt=seen)

# %% [markdown]
# ## Build one
#
# A Gram matrix is one thing, vectors with that Gram matrix another. The simplest construction takes the
# centring matrix itself: it is symmetric and centring twice is centring once, so its rows, rescaled, have
# Gram matrix $G$.
#
# ### {{exercise 02.4}}
# Write a function that returns a simplex ETF as a `(num_classes, num_classes)` float64 tensor: $K$ unit
# rows, sum zero, all cosines $-1/(K-1)$. Any rotated version counts. Do not call `geometry.simplex_etf`.


# %% tags=["exercise"]
def my_simplex_etf(num_classes):
    """Return K unit rows whose cosines are all -1/(K-1)."""
    # begin solution
    centring = torch.eye(num_classes, dtype=torch.float64) - 1 / num_classes
    return (num_classes / (num_classes - 1)) ** 0.5 * centring
    # stub
    # return ...
    # end solution


exercises.check("02.4", my_simplex_etf)

# %% [markdown]
# This uses $d = K$ coordinates, one more than the rank asks for. The papers do the same: A's Definition 7
# and E's Definition 1 move the frame into $\mathbb{R}^d$ with a matrix of orthonormal columns, $P \in
# \mathbb{R}^{d \times K}$ with $P^\top P = I_K$. The statements around them read "$d \ge K - 1$, i.e., the
# feature dimension is greater than the number of classes" (A, Theorem 1) and "$d \ge K - 1$" (E).
#
# ### {{exercise 02.5}}
# These do not fit together. For which dimension $d$, as an expression in `K`, does a simplex ETF
# exist although there is no such $P$?

# %% tags=["exercise"]
# begin solution
overlooked_dim = K - 1
# stub
# overlooked_dim = ...  # an expression in the symbol K
# end solution
exercises.check("02.5", overlooked_dim)

# %% [markdown]
# To reach $d = K - 1$, replace the centring matrix by an orthonormal basis of the space it projects on, the
# vectors of $\mathbb{R}^K$ that sum to zero. Helmert's basis has it in closed form, column $j$ being $(1,
# \dots, 1, -j, 0, \dots, 0) / \sqrt{j (j+1)}$ with $j$ ones. sympy proves its rows form an ETF for general
# $K$, and `geometry.simplex_etf(K, dim)` uses it.

# %% tags=["derivation"]
statement("ETF.Helmert").verify()

# %% tags=["nbval-check-output"]
for dim in (num_classes - 1, num_classes, 50):
    frame = geometry.simplex_etf(num_classes, dim, generator=generator)
    print(f"d = {dim:2d}: an ETF to twelve digits:", geometry.etf_distance(frame) < 1e-12)

# %% [markdown]
# ## There is only one
#
# Your frame of exercise 02.4, Helmert's and the electrons' all have the same inner products. Does that make
# them the same figure? Yes: the Gram matrix determines a frame up to rotation and reflection. For two ETFs
# $W$ and $V$ in $d = K-1$ the map can be written down,
#
# $$ R = \frac{K-1}{K}\, W^\top V, \qquad R^\top R = I, \qquad W R = V . \tag{2} $$
#
# The first equation says that $R$ is orthogonal, the second that it carries one frame to the other. Both
# follow from $W W^\top = V V^\top = G$ and tightness; the catalogue checks them on written-out frames for
# $K = 2, \dots, 6$.

# %% tags=["derivation"]
statement("ETF.Unique").verify()

# %% tags=["nbval-check-output"]
W = geometry.simplex_etf(num_classes, num_classes - 1)
V = geometry.simplex_etf(num_classes, num_classes - 1, generator=generator)
R = (num_classes - 1) / num_classes * W.T @ V
identity = torch.eye(num_classes - 1, dtype=R.dtype)
print("R is orthogonal:", bool(torch.allclose(R.T @ R, identity)))
print("R carries W to V:", bool(torch.allclose(W @ R, V)))

# %% [markdown]
# So when a later lesson says that class means *converge to a simplex ETF*, the claim is about shape alone:
# which way the figure points is left to chance, and the distance we measure must not see it. Our
# `etf_distance` compares normalised Gram matrices, as paper C does.
#
# ## From orthogonal frames
#
# Many networks end in a ReLU, so their features have no negative entry, and vectors without negative
# entries cannot have a negative cosine. The best such vectors can do is to be *orthogonal*, and paper D
# proves that this is what they become. Where is the ETF then? One subtraction away: at the *centred* means.
#
# Let $u_1, \dots, u_K$ be orthogonal with length $\rho$. Their Gram matrix is $\rho^2 I$; centring
# multiplies it by $I - J/K$ from both sides.

# %% tags=["derivation"]
rho = sp.Symbol("rho", positive=True)
twice = simplex_etf.product(simplex_etf.CENTRING, simplex_etf.CENTRING)
a, c = (rho**2 * part for part in twice)
print("squared length:", sp.factor(a + c))
print("cosine is that of the ETF:", assert_identity(c / (a + c), -1 / (K - 1)))

# %% [markdown]
# ### {{exercise 02.6}}
# Ten ReLU class means are orthogonal and have length 1. What length do they have after their mean is
# subtracted? Give a number, exact or to three digits.

# %% tags=["exercise"]
# begin solution
centred_length = sp.sqrt(sp.Rational(9, 10))
# stub
# centred_length = ...  # a number
# end solution
exercises.check("02.6", centred_length)

# %%
relu_means = geometry.orthogonal_frame(
    [1.0] * num_classes, 3 * num_classes, nonnegative=True, generator=generator
)
seen = "A square of cosines: one on the diagonal, zero in every other cell."
plots.show(plots.cosines(relu_means, title="ReLU means"), alt=seen)
centred_means = geometry.centred(relu_means)
seen = "One on the diagonal as before, the negative value of the ETF in every other cell."
plots.show(plots.cosines(centred_means, title="The same, centred"), alt=seen)

# %% [markdown]
# ## Try to beat it
#
# In the widget, $\sigma$ disturbs the vectors of an ETF. The read-out compares the *largest* cosine with
# the bound. Can you find a $K$ and a $\sigma$ for which it falls below?

# %%
widgets.etf_viewer(num_classes)

# %% [markdown]
# ## Exercises
#
# You have met six of them on the way. One more puts the pieces together.
#
# ### {{exercise 02.7}}
# A measure of collapse must vanish at a simplex ETF of *any* size and orientation, and nowhere else. Write
# a function that takes a `(K, d)` float64 tensor of class means, centres it, and returns the largest
# absolute difference between the cosines of different classes and $-1/(K-1)$, as a number.


# %% tags=["exercise"]
def largest_deviation(class_means):
    """Return max over j != k of |cos(m_j - m, m_k - m) + 1/(K-1)|."""
    # begin solution
    cosines = geometry.cosines(geometry.centred(class_means))
    number = len(class_means)
    different = ~torch.eye(number, dtype=torch.bool)
    return (cosines[different] + 1 / (number - 1)).abs().max()
    # stub
    # return ...
    # end solution


exercises.check("02.7", largest_deviation)

# %% [markdown]
# ## Recap
#
# - The largest cosine among $K$ unit vectors is at least $-1/(K-1)$, in any dimension, because a squared
#   length is not negative.
# - Equality means: all cosines equal and sum zero. That is the simplex ETF, with Gram matrix
#   $\frac{K}{K-1}(I - J/K)$.
# - It has rank $K - 1$: it exists in $\mathbb{R}^d$ exactly if $d \ge K - 1$, and $-1/(K-1)$ tends to zero
#   as classes multiply.
# - It is unique up to rotation and reflection, so it is measured through Gram matrices.
# - Orthogonal vectors of equal length become an ETF when their mean is subtracted.
#
# Not shown here: *why a loss function should care*. Nothing in this lesson had labels. Lesson 03 takes a
# classifier, removes the network, and finds the ETF waiting at the minimum.

# %% [markdown]
# ## References
#
# - Paper A, Definition 7, Eqs. (9), (25), (26): *Classification vs. Deep Feature Learning in Normalized
#   Spaces with Different Scaling*.
# - Paper D, Corollary 1: *Neural Collapse for Cross-entropy Class-Imbalanced Learning with Unconstrained
#   ReLU Feature Model*, Dang et al.
# - Paper E, Definition 1, Eq. (6): *Do We Really Need a Learnable Classifier at the End of Deep Neural
#   Network?*, Yang et al.
# - V. Papyan, X. Y. Han, D. L. Donoho: *Prevalence of neural collapse during the terminal phase of deep
#   learning training*, PNAS 2020.
# - J. J. Thomson: *On the structure of the atom*, Philosophical Magazine 7 (1904).
