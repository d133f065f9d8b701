# ---
# jupyter:
#   nccourse:
#     title: The phenomenon
#     objectives:
#       - say what a network's last-layer features do after the last training error is gone
#       - compute NC1 to NC4 by hand on a handful of points and in a few lines of torch
#       - read a plot of the four metrics and tell collapse from mere accuracy
#       - spot a wrong normaliser in a published definition
#     prerequisites: ["00_start_here", "training a classifier with SGD", "covariance matrices"]
#     minutes: 60
#     profiles:
#       ci: {time: 25 s, memory: 1 GB}
#       laptop: {time: 3 minutes, memory: 1 GB}
#       gpu: {time: 1 minute, memory: 2 GB}
#     papers: [C, D, E]
#     theorems: ["C Section 4 (the metrics)", "E NC1 to NC4", "D Section 5.1"]
# ---

# %% [markdown]
# ## Question
#
# A classifier has learned its training set by heart: every training image gets the right label. The loss is
# still positive, so the optimiser still has something to push. Most courses stop here. **What happens to a
# network if you do not stop?**
#
# In 2020 Papyan, Han and Donoho looked, on many networks and data sets, and found the same thing each time.
# It does not happen in the weights of some layer or in the test accuracy, but in the *last-layer features*,
# the vectors that the final linear layer classifies. You will see it on real images in a minute.

# %% tags=["parameters"]
data = "digits"
model = "mlp"
epochs = 120
record = 4
learning_rate = 0.05
weight_decay = 5e-3
seed = 0

# %%
import torch

from nccourse import exercises, experiments, metrics, plots, training, widgets
from nccourse.data import load
from nccourse.plots import new_figure

# %% [markdown]
# ## Your prediction
#
# Picture the features of one class as a cloud of points, with the clouds of the other classes around it.
# Measure the size of a typical cloud *relative to the distances between clouds*, and watch that ratio
# while training goes on long after the last error has gone.
#
# ### {{exercise 01.1}}
# What will the ratio do?
#
# - `"a"`: settle at a constant: with nothing left to learn, nothing moves
# - `"b"`: grow: the network is overfitting
# - `"c"`: keep falling: each cloud goes on shrinking towards a point
# - `"d"`: fall to exactly zero at the epoch of the last error

# %% tags=["exercise"]
# begin solution
ratio_will = "c"
# stub
# ratio_will = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("01.1", ratio_will)

# %% [markdown]
# ## The images and the network
#
# At the fast profile these are 1,797 handwritten digits of 8 by 8 pixels, scanned from real forms; with
# `data = "mnist5k"` in the cell of parameters they are 5,000 images of MNIST.

# %%
images = load(data)
figure, axes = new_figure(1, 10, width=8, height=1.1)
for k, ax in enumerate(axes):
    ax.imshow(images.images[images.labels == k][0, 0], cmap="gray_r")
    ax.set(xticks=[], yticks=[], xlabel=images.class_names[k])
    ax.grid(visible=False)
seen = "Ten small grey pictures of handwritten digits, zero to nine, each with its label below."
plots.show(figure, alt=seen)

# %% [markdown]
# The network is a stack of layers that turns an image into a *feature* $h \in \mathbb{R}^d$, and a final
# linear layer, the *classifier* or *head*, with one weight vector $w_k \in \mathbb{R}^d$ and one bias $b_k$
# for each of the $K$ classes. It scores class $k$ with the *logit*
#
# $$ z_k = w_k^\top h - b_k . $$
#
# The minus sign is a convention of this course, taken from papers A and B; `torch.nn.Linear` has a plus. In
# code, the features of $N$ images are the rows of `features` with shape `(N, d)`, weights the rows of `W`
# with shape `(K, d)`, labels are numbers from 0.

# %% [markdown]
# ## Four numbers
#
# Before the film, its instruments. They measure four facets of collapse; each is 0 when collapse is perfect.
# We take the definitions of paper C (Section 4) and, for the fourth, paper E (Section 3.1).
# Write $\bar h_k$ for the mean of the features of class $k$ and $h_G$ for the mean
# of all $N$ features.
#
# **NC1, the clouds shrink.** The *within-class covariance* $\Sigma_W$ is the average of $(h - \bar h_k)(h -
# \bar h_k)^\top$ over all samples, the *between-class covariance* $\Sigma_B$ the average of $(\bar h_k -
# h_G)(\bar h_k - h_G)^\top$ over the classes. Their ratio is
#
# $$ \mathcal{NC}_1 = \frac{1}{K} \operatorname{trace}\bigl( \Sigma_W \Sigma_B^{\dagger} \bigr) . \tag{C, Sec. 4} $$
#
# The dagger is the pseudo-inverse: $\Sigma_B$ has rank at most $K - 1$, and directions in which the means
# do not differ do not count.
#
# ### {{exercise 01.2}}
# Do one by hand. Two classes on a line, $d = 1$: class 0 has the features $-3$ and $-1$, class 1 has $1$
# and $3$. What is $\mathcal{NC}_1$?

# %% tags=["exercise"]
# begin solution
nc1_on_a_line = 1 / 8
# stub
# nc1_on_a_line = ...  # a number
# end solution
exercises.check("01.2", nc1_on_a_line)

# %% [markdown]
# **NC2, the weights spread evenly.** How far is the shape of the weights from a *simplex ETF*? That is the
# arrangement of $K$ vectors of equal length in which every pair stands at the same angle and that angle is
# as large as possible: opposite directions for $K = 2$, a star with three equal arms for $K = 3$. Lesson 02
# proves all there is to know about it; here it is enough that its matrix of inner products is proportional
# to $I - \frac1K J$, with $J$ the all-ones matrix. So
#
# $$ \mathcal{NC}_2 = \Bigl\lVert \frac{W W^\top}{\lVert W W^\top \rVert_F} - \frac{1}{\sqrt{K-1}} \Bigl( I - \frac1K J \Bigr) \Bigr\rVert_F . $$
#
# Both matrices in it have Frobenius norm 1: size is divided out, only shape is left.
#
# ### {{exercise 01.3}}
# Suppose the weights are orthogonal instead, $W W^\top = I$. What is $\mathcal{NC}_2$, as a sympy
# expression in `K`? For two matrices of norm 1, $\lVert A - B \rVert_F^2 = 2 - 2 \langle A, B \rangle$,
# where $\langle A, B \rangle$ is the sum of the products of their entries. In sympy $\sqrt{K}/2$ is written
# `sp.sqrt(K) / 2`.

# %% tags=["exercise"]
import sympy as sp

K = sp.Symbol("K", positive=True)
# begin solution
nc2_of_orthogonal = sp.sqrt(2 - 2 * sp.sqrt((K - 1) / K))
# stub
# nc2_of_orthogonal = ...  # an expression in the symbol K
# end solution
exercises.check("01.3", nc2_of_orthogonal)

# %% [markdown]
# **NC3, weights and means align.** The same distance for $W \bar H^\top$ instead of $W W^\top$, where the
# rows of $\bar H$ are the centred means $\bar h_k - h_G$. It vanishes when the centred means form a simplex ETF
# and each weight vector points along its own mean: then the classifier *is* the means, up to scale, which is
# called self-duality.
#
# **NC4, the decision simplifies.** The fraction of samples for which the classifier's choice, $\arg\max_k
# w_k^\top h - b_k$, differs from the class whose mean is nearest, $\arg\min_k \lVert h - \bar h_k \rVert$.
# When it is 0, all the linear layer does is to find the nearest class mean.
#
# Now write the first one yourself.
#
# ### {{exercise 01.4}}
# Write `nc1(features, labels)` for `(N, d)` float64 features and `(N,)` labels $0, \dots, K-1$, all classes
# present. `torch.linalg.pinv` is the pseudo-inverse. The checker tries equal and unequal class sizes, and
# $d$ smaller and larger than $K$.


# %% tags=["exercise"]
def nc1(features, labels):
    """Return (1/K) trace(Sigma_W Sigma_B^+)."""
    # begin solution
    num_classes = int(labels.max()) + 1
    means = torch.stack([features[labels == k].mean(dim=0) for k in range(num_classes)])
    within = features - means[labels]
    between = means - features.mean(dim=0)
    sigma_W = within.T @ within / len(features)
    sigma_B = between.T @ between / num_classes
    return torch.trace(sigma_W @ torch.linalg.pinv(sigma_B, hermitian=True)) / num_classes
    # stub
    # return ...
    # end solution


exercises.check("01.4", nc1)

# %% [markdown]
# Definitions like these are easy to get wrong, in code and in print. Paper D recalls the global mean of a
# balanced data set, $n$ samples in each of $K$ classes, as
#
# $$ h_G := \frac{1}{K} \sum_{k=1}^{K} \sum_{i=1}^{n} h_{k,i} \qquad \text{(D, Section 5.1, as printed).} $$
#
# ### {{exercise 01.5}}
# What should stand in place of $\frac1K$? Answer with a sympy expression in `K` and `n`. (Our code uses the
# corrected form.)

# %% tags=["exercise"]
n = sp.Symbol("n", positive=True)
# begin solution
right_factor = 1 / (K * n)
# stub
# right_factor = ...  # an expression in the symbols K and n
# end solution
exercises.check("01.5", right_factor)

# %% [markdown]
# ## The film
#
# Now train, and go on long after the last error. The optimiser is plain SGD with momentum and weight decay;
# at every recorded epoch the features of the whole training set are collected and measured. This takes a
# few seconds at the fast profile.

# %%
config = training.TrainConfig(
    model=model,
    data=data,
    epochs=epochs,
    record=record,
    learning_rate=learning_rate,
    weight_decay=weight_decay,
    snapshots=20,
    seed=seed,
)
result = training.train(config)
log = result.metrics
columns = ["loss", "train_accuracy", "test_accuracy", "nc1", "nc2", "nc3", "nc4"]
log.set_index("epoch")[columns].iloc[::5].round(4)

# %%
perfect = int(log.epoch[log.train_accuracy == 1.0].min())
curves = {name: log[name] for name in ("nc1", "nc2", "nc3", "nc4")}
seen = "Four panels over epochs, a vertical line at the first epoch without training error. "
seen += "NC1, on a log axis, goes on falling after it, in zigzags; NC2 falls smoothly to a low "
seen += "level, NC3, on a log axis, in zigzags; NC4 is at zero soon."
plots.show(plots.collapse_curves(log.epoch, curves, mark=perfect), alt=seen)

# %% [markdown]
# The vertical line marks the first recorded epoch without a training error, `perfect` in the code. Training
# accuracy says that nothing happens to its right. The features disagree.
#
# ### {{exercise 01.6}}
# Read the plot, or compute with `log` (the table above shows every fifth row of it). By what factor did $\mathcal{NC}_1$ fall between the first
# recorded epoch without training error and the last epoch? A factor of two either way is accepted.

# %% tags=["exercise"]
# begin solution
factor = log.nc1[log.epoch == perfect].item() / log.nc1.iloc[-1]
# stub
# factor = ...  # a number above 1
# end solution
exercises.check("01.6", (factor, log))

# %% tags=["nbval-check-output"]
first, last = log.iloc[0], log.iloc[-1]
print("no training error at the end:", bool(last.train_accuracy == 1.0))
print("NC1 fell a hundredfold or more:", bool(last.nc1 < first.nc1 / 100))
print("NC2 and NC3 fell:", bool(last.nc2 < first.nc2 and last.nc3 < first.nc3))
print("nearest mean and classifier agree:", bool(last.nc4 == 0.0))

# %% [markdown]
# Does our instrument say the same as the definition? Measure a sample of the final features, equally many
# from each class, with `metrics.neural_collapse` and with $\Sigma_W$ and $\Sigma_B$ written out.

# %% tags=["nbval-check-output"]
shown = result.snapshots[-1]
again = metrics.neural_collapse(shown.features, shown.labels, shown.W, b=shown.b)
h, y, classes = shown.features.double(), shown.labels, len(shown.W)
means = torch.stack([h[y == k].mean(dim=0) for k in range(classes)])
within, between = h - means[y], means - h.mean(dim=0)
sigma_W, sigma_B = within.T @ within / len(h), between.T @ between / classes
by_hand = torch.trace(sigma_W @ torch.linalg.pinv(sigma_B, hermitian=True)) / classes
print("the definition gives the same NC1:", bool(abs(by_hand / again.nc1 - 1) < 1e-5))

# %% [markdown]
# (The package never forms a $d \times d$ matrix: with $B$ the matrix of centred means, $\Sigma_B^\dagger = K\,
# B^\dagger (B^\dagger)^\top$, so NC1 is the mean squared length of the residuals times $B^\dagger$. `make bench`
# shows what that buys.)

# %% [markdown]
# ## Watch it
#
# The player shows the same run as a film: the centred class means as arrows, the weights as dashed ones,
# some features as dots, seen in the three directions in which the final means differ most.

# %%
snapshots = result.snapshots
widgets.collapse_player(
    [s.epoch for s in snapshots],
    torch.stack([s.class_means for s in snapshots]),
    torch.stack([s.W for s in snapshots]),
    features=torch.stack([s.features for s in snapshots]),
    labels=snapshots[-1].labels,
    curves=curves,
)

# %% [markdown]
# Ten classes need nine dimensions to stand at equal angles, and a screen has two. What the projection
# cannot show, the cosines between the centred means do: at collapse every pair has the same one, $-1/9$.
# A run this short is still on its way: its cosines scatter around that value.

# %%
centred = snapshots[-1].class_means - snapshots[-1].class_means.mean(dim=0)
seen = "A ten by ten square of cosines: one on the diagonal; everywhere else small negative values "
seen += "scattered around minus one ninth."
plots.show(plots.cosines(centred, title="Cosines of the centred class means"), alt=seen)

# %%
seen = "Ten arrows from a common centre in a space one can turn; each weight vector lies on "
seen += "its class mean, and the features of a class sit close to the tip."
final = snapshots[-1]
cloud = {"features": final.features, "labels": final.labels}
plots.rotatable(final.class_means, final.W, **cloud, alt=seen)

# %% [markdown]
# Turn it. The dots of a class have come together (NC1), the dashed weights lie on the solid means (NC3). The
# even angles (NC2) get lost where nine dimensions become three: trust the cosines above.

# %% [markdown]
# ## The papers' own figures
#
# One run is one run. Papers A, B and C show such curves for ResNets, a DenseNet and a vision transformer on MNIST,
# CIFAR-10 and CIFAR-100: A in Figures 2 to 5, B in Figure 2, C in Figures 1 and 5. They compare losses, whose names
# are all you need here: cross-entropy (CE), which you have just used, binary cross-entropy (BCE, lesson 06), and
# squared error, focal loss and label smoothing (MSE, FL, LS, lesson 04). In the papers' figures the metrics
# approach zero with every one.
#
# This course has each figure as an experiment, with a claim that a run can contradict and a fixed rule that
# judges it: all metrics have to end below 0.2. What we have recorded is smaller: small networks, a few thousand
# images of MNIST, far fewer steps.

# %%
names = [*(f"A.fig{number}" for number in range(2, 6)), "B.fig2", "C.fig1", "C.fig5"]
found = experiments.recorded(*names)
experiments.verdicts(found)

# %%
for name, result in found.items():
    print(f"{name}: {result.origin}")
    plots.show(result.figure(), alt=result.experiment.alt)

# %% [markdown]
# The shape is the papers': a steep fall, then a slow one. With ten classes NC1 fell in every run, to a sixth or
# far less, and the MLPs of A's Figure 2 meet the rule with both losses. The other rules are not met, or cannot be
# tested:
#
# - **Too short.** Some metrics of the focal loss, of CE on few images and of the CNN level off above 0.2 when the
#   learning rate falls. That our runs are short does not show that longer ones would arrive.
# - **Not learnt.** A transformer of A's Figure 5 still errs on its training set, so it says nothing about what
#   follows.
# - **Another shape.** BCE's NC2 mostly *rises* first: its weights take up a common direction. In A's Figure 2 it
#   comes down again, in A's Figures 3 and 5 and in B's it stays up. In B's that is no lack of time. Weight decay
#   acts on the bias, and theory itself does not expect zero: lesson 06 computes the value.
# - **A hundred classes.** A's Figure 4, here forty images a class of CIFAR-100. After a hundred epochs CE has fitted
#   them. With a ReLU before the head AdamW is ahead of SGD, as in the paper: NC2 and NC3 end near 0.3 in place of
#   0.4, still above the rule's 0.2. Without it they stay near 1, and NC1 far above it: zero error came, collapse
#   did not. BCE is slower, and with SGD has learnt about four images in five.

# %% [markdown]
# ## Exercises
#
# You have met six on the way; the last asks what collapse is *not*.
#
# ### {{exercise 01.7}}
# Construct features in which collapse is far away although accuracy is perfect. Write a function that
# returns `features`, float64 of shape `(4, 2)`, for the labels $0, 0, 1, 1$, such that the classifier with
# $w_0 = (1, 0)$, $w_1 = (-1, 0)$, $b = 0$ classifies all four correctly and $\mathcal{NC}_1 > 10$.


# %% tags=["exercise"]
def accurate_but_spread():
    """Return (4, 2) features: all four classified correctly, NC1 above 10."""
    # begin solution
    points = [[1.0, 11.0], [1.0, -9.0], [-1.0, 9.0], [-1.0, -11.0]]
    return torch.tensor(points, dtype=torch.float64)
    # stub
    # return ...
    # end solution


exercises.check("01.7", accurate_but_spread)

# %% [markdown]
# ## Recap
#
# - After the last training error, features go on moving: each class contracts towards its mean (NC1),
#   weights and centred means become a simplex ETF (NC2), parallel to each other (NC3), and the classifier
#   turns into "which mean is nearest" (NC4).
# - The four metrics are 0 at collapse. NC1 divides out scale through $\Sigma_B^\dagger$; NC2 and NC3
#   compare normalised inner products with $I - J/K$.
# - Training accuracy cannot see any of it: it is the same before and after.
# - One run on one small network is an observation. Why this shape, of all shapes, is the question of the
#   next two lessons.

# %% [markdown]
# ## References
#
# - V. Papyan, X. Y. Han, D. L. Donoho: *Prevalence of neural collapse during the terminal phase of deep
#   learning training*, PNAS 2020.
# - Paper C, Section 4: Zhou et al., *Are All Losses Created Equal: A Neural Collapse Perspective*.
# - Paper E, Section 3.1: Yang et al., *Do We Really Need a Learnable Classifier at the End of Deep Neural
#   Network?*
# - Paper D, Section 5.1: Dang et al., *Neural Collapse for Cross-entropy Class-Imbalanced Learning with
#   Unconstrained ReLU Feature Model*.
