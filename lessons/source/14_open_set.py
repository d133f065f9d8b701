# ---
# jupyter:
#   nccourse:
#     title: What the network has never seen
#     objectives:
#       - define AUROC and OSCR as averages over pairs, and program both, ties included
#       - say why collapse should help a network to notice unknown classes, and what it does not promise
#       - show what BCE does when its bias is taken away
#       - find numbers in a published table that no scores can have
#       - judge a claim about CE and BCE from recorded runs
#     prerequisites: ["02_simplex_etf", "07_minima_on_the_sphere", "sigmoid and softmax"]
#     minutes: 75
#     profiles:
#       ci: {time: 15 s, memory: 1 GB}
#       laptop: {time: 2 minutes, memory: 1 GB}
#       gpu: {time: 1 minute, memory: 2 GB}
#     papers: [A]
#     theorems: ["A Table 3", "A Table 10"]
# ---

# %% [markdown]
# ## Question
#
# A classifier answers every question. Shown a shoe, a network trained on digits will call it a digit, for it
# has no other words. In *open-set recognition* it may also say "none of these": some classes are *known*, the
# network is trained on them, and in testing *unknown* ones appear among them.
#
# Collapse sounds made for this. If all features of known classes sit in $K$ corners, whatever is elsewhere is
# unknown. Paper A reports that normalized BCE notices unknown classes better than normalized CE, and credits
# BCE's bias: take it away, and BCE falls far behind. **Is that so, and why should a bias matter?**

# %% tags=["parameters"]
data_name = "digits"
trial = 0
scale = 32.0
width = 64
epochs = 40
seed = 0

# %%
import numpy as np
import pandas as pd
import sympy as sp
import torch
from IPython.display import display

from nccourse import data, exercises, experiments, geometry, metrics, plots, training, ufm
from nccourse.symbolic import K, assert_identity, gamma
from nccourse.theory import normalized_offset

# %% [markdown]
# Paper A draws six of ten classes at random; they are known. Here is one draw, of the 8x8 digits.

# %%
images = data.load_open_set("mnist", trial=trial, data=data_name)
print("known:", images.known_classes, "unknown:", images.unknown_classes)
print(len(images.train), "known images to train on;", len(images.test), "known and", len(images.unknown))
print("unknown ones to test with")

# %% [markdown]
# ## Your prediction
#
# ### {{exercise 14.1}}
# A network is trained on the six known digits with normalized CE, $\gamma = 32$, until it classifies them all
# but perfectly. Now it sees the four unknown ones. For how many of these images is its largest softmax
# probability above `0.9`?
#
# - `"a"`: hardly any: the probabilities spread over the six classes
# - `"b"`: about a third
# - `"c"`: most of them

# %% tags=["exercise"]
# begin solution
confident = "c"
# stub
# confident = ...  # "a", "b" or "c"
# end solution
exercises.check("14.1", confident)

# %% [markdown]
# ## One score, two questions
#
# To say "unknown" one needs a number for each image, its *score*; below a threshold the image is unknown. The
# usual choice is the largest logit, $s = \max_k z_k$ with $z_k = \gamma \cos(h, w_k) - b_k$.
#
# **Does the score separate?** Take any known image $i$ and any unknown image $j$. The *AUROC* (area under the
# receiver operating characteristic) is the share of pairs in which the known one scores higher, a tie counting
# half:
#
# $$ \mathrm{AUROC} = \frac{1}{NM} \sum_{i=1}^{N} \sum_{j=1}^{M}
#    \Bigl( [s_i > u_j] + \tfrac12 [s_i = u_j] \Bigr) . \tag{1} $$
#
# One half is guessing, 1 is perfect. No threshold has to be chosen: the formula is the area under the curve
# of accepted known images over accepted unknown ones, for all thresholds.
#
# ### {{exercise 14.2}}
# Three known images score 3, 2 and 2, two unknown images 2 and 1. Their AUROC?

# %% tags=["exercise"]
# begin solution
by_hand = sp.Rational(5, 6)
# stub
# by_hand = ...  # a number
# end solution
exercises.check("14.2", by_hand)

# %% [markdown]
# ### {{exercise 14.3}}
# Write `auroc(known, unknown)` for two one-dimensional numpy arrays of scores.


# %% tags=["exercise"]
def auroc(known, unknown):
    """Return the share of pairs in which the known image scores higher, ties counted half."""
    # begin solution
    difference = known[:, None] - unknown[None, :]
    return ((difference > 0) + 0.5 * (difference == 0)).mean()
    # stub
    # return ...
    # end solution


exercises.check("14.3", auroc)

# %% [markdown]
# **And is the accepted image classified correctly?** An accepted known image that gets the wrong class is no
# success. The *OSCR* (area under the open-set classification rate) counts a pair for the known image only if
# the image is classified correctly:
#
# $$ \mathrm{OSCR} = \frac{1}{NM} \sum_{i=1}^{N} \sum_{j=1}^{M} [i \text{ correct}]
#    \Bigl( [s_i > u_j] + \tfrac12 [s_i = u_j] \Bigr) . \tag{2} $$
#
# ### {{exercise 14.4}}
# Write `oscr(known, correct, unknown)`; `correct` is an array of booleans, one for each known image.


# %% tags=["exercise"]
def oscr(known, correct, unknown):
    """Return the share of pairs won by a known image that is classified correctly, ties counted half."""
    # begin solution
    difference = known[:, None] - unknown[None, :]
    return (correct[:, None] * ((difference > 0) + 0.5 * (difference == 0))).mean()
    # stub
    # return ...
    # end solution


exercises.check("14.4", oscr)

# %% [markdown]
# Two laws follow from comparing (1) and (2) term by term. Dropping terms lowers a sum, so $\mathrm{OSCR} \le
# \mathrm{AUROC}$. And only wrong images are dropped, each worth at most $1/N$:
#
# $$ \mathrm{AUROC} - (1 - \text{accuracy}) \;\le\; \mathrm{OSCR} \;\le\; \mathrm{AUROC} . \tag{3} $$
#
# That is a proof. For the program, a thousand sets of scores with many ties:

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(seed)
kept = []
for _ in range(1000):
    known, unknown = (torch.from_numpy(rng.integers(4, size=n) * 1.0) for n in (7, 5))
    right = torch.from_numpy(rng.random(7) < 0.7)
    area, rate = metrics.auroc(known, unknown), metrics.oscr(known, right, unknown)
    kept.append(area - (1 - float(right.double().mean())) - 1e-12 <= rate <= area + 1e-12)
print("both laws hold in", sum(kept), "of", len(kept))

# %% [markdown]
# ## A table against its own definition
#
# Paper A prints both areas, in percent, for losses without bias and with biases that start around 0, 5 or 10
# (Table 10, $\gamma = 32$, means of five draws). "None" is without:

# %%
printed = experiments.paper_table("A.table10")
without = printed[printed.bias == "none"].drop(columns="bias").reset_index(drop=True)
display(without)

# %% [markdown]
# ### {{exercise 14.5}}
# Which of these rows contradict (3)? A list of pairs `(split, loss)`, by eye or by program.

# %% tags=["exercise"]
# begin solution
impossible = [(row.split, row.loss) for row in without.itertuples() if row.oscr > row.auroc]
# stub
# impossible = ...  # a list like [("mnist", "ce")]
# end solution
exercises.check("14.5", impossible)

# %% [markdown]
# Means of five draws obey (3) too, since every draw does. So the two areas of such a row cannot come from the
# same scores by (1) and (2). The paper does not say which score it took, nor how ties were treated, and ties
# are a candidate: probabilities of large logits round to exactly 1 in single precision, and an AUROC that
# counts ties against the network, with an OSCR that counts them for it, can end in the wrong order. Then the
# share of tied pairs must be at least the difference:

# %%
display(without.assign(oscr_less_auroc=without.oscr - without.auroc)[lambda t: t.oscr > t.auroc])

# %% [markdown] tags=["paper-number"]
# We do not know that this is what happened. We do know that the rows of Table 10 without bias cannot be read
# as they stand. They say two things: BCE without its bias falls to an AUROC of 66.60 against CE's 94.44 on
# SVHN; and on CIFAR10 and CIFAR+50 it has the *lower* AUROC (68.14 against 74.34, 62.17 against 78.34) and yet
# the *higher* OSCR (67.00 against 60.10, 63.87 against 61.22). By the lower bound in (3), CE's 74.34 and 60.10
# also mean that it gets at least 14 % of the known images wrong, though with a bias that does nothing for CE
# (lesson 06) the two areas differ by 2.3. Something else than the bias differed there, or chance.

# %% [markdown]
# ## Why collapse should help
#
# Let the known classes have collapsed, $h = w_k$ on the unit sphere, the weights a simplex ETF. A known image
# has the largest cosine 1. Where can an unknown feature $h$ be?
#
# The weights sum to zero, so its $K$ cosines do too, and the largest is never negative. Within the span of the
# weights it is larger still:
#
# ### {{exercise 14.6}}
# The place farthest from all corners, within the span, is opposite one of them: $h = -w_1$. Its largest cosine,
# as an expression in `K`?

# %% tags=["exercise"]
# begin solution
farthest = 1 / (K - 1)
# stub
# farthest = ...  # an expression in K
# end solution
exercises.check("14.6", farthest)

# %% [markdown]
# So an unknown feature scores between $0$, orthogonal to all weights, and $1$, in a corner. How much room is
# there? Draw directions at random, in the span of six weights and in a feature space of more dimensions:

# %%
generator = torch.Generator().manual_seed(seed)
known_number = len(images.known_classes)
largest = {}
for dim in (known_number - 1, width):
    corners = geometry.simplex_etf(known_number, dim, generator=generator)
    directions = torch.randn(4000, dim, generator=generator, dtype=corners.dtype)
    cosines = torch.nn.functional.normalize(directions) @ corners.T
    largest[f"random directions, d = {dim}"] = (torch.ones(1), cosines.max(dim=1).values)
figure = plots.known_unknown(
    largest, theory=dict.fromkeys(largest, 1.0), xlabel="largest cosine with a weight (no unit)"
)
seen = "Random directions far left of the known images at cosine 1, narrow and near zero in more dimensions."
plots.show(figure, alt=seen)

# %% [markdown]
# If unknown features were random, a collapsed network would spot all of them. They are not. Collapse is a
# statement about *training* images of *known* classes; the network is free to map an unknown four onto its
# nine, and it learnt to map everything it saw into corners. More collapse makes known images more alike. It
# does not promise that unknown ones stay away. That is for runs to say.
#
# ## What the bias is for
#
# CE compares logits of one image with each other, BCE compares each with zero.

# %% tags=["derivation"]
z = sp.symbols("z1:4", real=True)
shift = sp.Symbol("t", real=True)


def cross_entropy(z):
    """Return CE of three logits, the first class being the right one."""
    return sp.log(sum(sp.exp(other - z[0]) for other in z))


print("CE of shifted logits:", assert_identity(cross_entropy([x + shift for x in z]), cross_entropy(z)))

# %% [markdown]
# So CE's bias, if equal for all classes, does nothing: neither to training nor, as the next exercise shows, to
# the areas. A network trained with BCE is another matter.
#
# ### {{exercise 14.7}}
# A network was trained with BCE, and all its $b_k$ are equal to 5. After training you set them to 0 and compute
# the AUROC of the largest logit again. It
#
# - `"a"`: falls, since BCE needs its bias to tell classes apart
# - `"b"`: stays exactly the same
# - `"c"`: rises, since all scores rise

# %% tags=["exercise"]
# begin solution
deleted = "b"
# stub
# deleted = ...  # "a", "b" or "c"
# end solution
exercises.check("14.7", deleted)

# %% [markdown]
# The bias must act *in training*, then. What does BCE do if it never had one? It makes one. Let weights and
# features lean apart along a direction $u$ orthogonal to an ETF $v_1, \dots, v_K$:
#
# $$ w_k = \sqrt{\rho}\, u + \sqrt{1-\rho}\, v_k , \qquad h_k = -\sqrt{\rho}\, u + \sqrt{1-\rho}\, v_k . \tag{4} $$
#
# All scores then contain $-\gamma\rho$, a threshold as good as a bias; but the corners move together, since
# only $\sqrt{1-\rho}$ of each vector is left for the ETF.
#
# ### {{exercise 14.8}}
# The price: by how much does the score $\gamma\, w_k^\top h_k$ of the own class exceed $\gamma\, w_j^\top h_k$, $j \ne k$?
# An expression in `gamma`, `K` and `rho`.

# %% tags=["exercise"]
rho = sp.Symbol("rho", positive=True)
# begin solution
gap = gamma * (1 - rho) * K / (K - 1)
# stub
# gap = ...  # an expression in gamma, K and rho
# end solution
exercises.check("14.8", gap)

# %% tags=["derivation"]
own, other = gamma * (1 - 2 * rho), -gamma * (1 + (K - 2) * rho) / (K - 1)
print("gap:", assert_identity(own - other, gamma * (1 - rho) * K / (K - 1)))
print("mean score:", assert_identity((own + (K - 1) * other) / K, -gamma * rho))

# %% [markdown]
# The second line is useful: **the mean of all scores, divided by $-\gamma$, measures $\rho$** in any network.
# For BCE without bias the best $\rho$ minimises
#
# $$ \varphi(\rho) = \log\bigl( 1 + e^{-\gamma (1 - 2\rho)} \bigr)
#    + (K-1) \log\bigl( 1 + e^{-\gamma \frac{1 + (K-2)\rho}{K-1}} \bigr) , \tag{5} $$
#
# and no other unit vectors do better: two lines of convexity and Cauchy-Schwarz, written out at the top of
# `nccourse.theory.normalized_offset` and not machine-checked. What is checked is that a solver that knows
# nothing of (4) ends there. CE, and BCE with a bias, see the gap alone and do not lean.

# %%
lean = np.linspace(0, 0.6, 241)
own_score = scale * (1 - 2 * lean)
other_score = -scale * (1 + (known_number - 2) * lean) / (known_number - 1)
no_bias = np.logaddexp(0, -own_score) + (known_number - 1) * np.logaddexp(0, other_score)
cross = np.log1p((known_number - 1) * np.exp(other_score - own_score))
model = ufm.NormalizedUFM(known_number, 1, known_number + 2, scale, "bce", bias=False)
solved = ufm.solve(model, seed=seed)
found = -float((solved.H @ solved.W.T).mean())

# %%
figure = plots.curves(
    lean,
    theory={"BCE without bias": no_bias, "CE": cross},
    points={"BCE without bias": ([found], [solved.objective])},
    xlabel="ρ, how far weights and features lean apart (no unit)",
    ylabel="loss (nats)",
    yscale="log",
)
plots.show(
    figure, alt="Dashed losses over ρ: CE's rises from 0; BCE's falls to a minimum, with the solved model."
)

# %% tags=["nbval-check-output"]
best = normalized_offset.offset_without_bias(known_number, scale)
print("the solver leans as far as theory says:", bool(abs(found - best) < 1e-3))

# %% [markdown]
# ### {{exercise 14.9}}
# Read off the figure: at which $\rho$ does BCE without bias have its minimum? Two digits are enough.

# %% tags=["exercise"]
# begin solution
read_off = 0.29
# stub
# read_off = ...  # a number
# end solution
exercises.check("14.9", read_off)

# %% [markdown]
# ## Six networks on six digits
#
# Now networks: MLPs without a last ReLU, $\gamma = 32$ as in the paper, trained together in a few seconds.

# %%
settings = {
    "CE, b from 0": ("ce", {"bias_mean": 0.0}),
    "CE without bias": ("ce", {"bias": False}),
    "BCE without bias": ("bce", {"bias": False}),
    "BCE, b from 0": ("bce", {"bias_mean": 0.0}),
    "BCE, b from 5": ("bce", {"bias_mean": 5.0}),
    "BCE, b from 10": ("bce", {"bias_mean": 10.0}),
}

# %%
common = {"data": data_name, "data_options": {"known": known_number, "seed": trial}, "head": "cosine"}
common |= {"scale": scale, "learning_rate": 0.1, "weight_decay": 1e-4, "epochs": epochs, "record": epochs}
network = {"widths": (width, width), "final_relu": False}
configs = [
    training.TrainConfig(loss=loss, model_options=network | options, seed=seed, **common)
    for loss, options in settings.values()
]
runs = dict(zip(settings, training.sweep(configs, progress=False), strict=True))


# %%
def logits_of(result, part):
    """Return the logits of all images of a part."""
    batches = data.DeviceBatches(part, 1024, mean=images.train.mean, std=images.train.std)
    model = result.model.cpu()
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in batches.in_order()])


outputs = {name: (logits_of(run, images.test), logits_of(run, images.unknown)) for name, run in runs.items()}


# %%
rows, cosines = {}, {}
for name, (known, unknown) in outputs.items():
    b, (score, choice) = runs[name].model.head.b.detach(), known.max(dim=1)
    right, strangers = choice == images.test.labels, unknown.max(dim=1).values
    rows[name] = {
        "accuracy": float(right.double().mean()),
        "AUROC": metrics.auroc(score, strangers),
        "OSCR": metrics.oscr(score, right, strangers),
        "mean b": float(b.mean()),
        "ρ": -float((known + b).mean()) / scale,
    }
    cosines[name] = tuple((z + b).max(dim=1).values / scale for z in (known, unknown))
display(pd.DataFrame(rows).T.round(3))

# %%
at_collapse = dict.fromkeys(cosines, 1.0) | {"BCE without bias": 1 - 2 * best}
figure = plots.known_unknown(cosines, theory=at_collapse, xlabel="largest cosine with a weight (no unit)")
seen = "Six panels, known right of unknown, overlapping most for CE; the lower BCE's bias, the further left both."
plots.show(figure, alt=seen)

# %% [markdown]
# Now your prediction 14.1 can be judged, for a network that is right about nearly all known images:

# %% tags=["nbval-check-output"]
sure = float((outputs["CE, b from 0"][1].softmax(dim=1).max(dim=1).values > 0.9).double().mean())
print("most unknown images get a probability above 0.9:", sure > 0.6)
print("OSCR never above AUROC:", all(row["OSCR"] <= row["AUROC"] for row in rows.values()))
print("CE does not lean:", abs(rows["CE, b from 0"]["ρ"]) < 0.03)
print("BCE without bias does:", rows["BCE without bias"]["ρ"] > 0.1)

# %% [markdown]
# Softmax is sure of what it has never seen: it asks which of six, never whether. Read the table next to the
# histograms. None of the networks is near collapse; at this scale that takes far longer (lesson 08), and
# the dashed lines are far away. CE's unknown images reach into its known ones; its two rows differ because
# their initial weights are other random numbers, which says how much one run is worth. The lower BCE's bias,
# the more the network leans, as (5) wants, and the lower the scores an unknown image gets: *low unless there is a
# reason*, which is what one hopes for in an open set. In this one draw, BCE without bias is no loser at all.
#
# A word of caution about the score. CE cares for differences of logits only, so taking the largest logit as
# its score is not a choice that CE had a say in. The largest probability is another; for BCE it is the same
# order. The records below hold both.
#
# ## The paper's numbers beside ours
#
# One draw is an anecdote. What is recorded: several draws and seeds.

# %%
found = experiments.recorded("A.table3", "A.table10")
for name, result in found.items():
    display(experiments.side_by_side(result.compare()))
    print(f"{name}: {result.provenance()['about']}; {result.origin}.")
    print(f"Claim: {result.experiment.claim} It {result.verdict}.")

# %%
if "A.table10" in found:
    shown = ["auroc", "auroc_probability", "ones_known", "ones_unknown"]
    display(found["A.table10"].records.groupby(["loss", "bias"])[shown].mean().round(3))

# %% [markdown] tags=["paper-number"]
# How to read this fairly. Table 3, which is the row of Table 10 for biases from 5, rounded (95.07 there, 95.1
# here), says that BCE is ahead of CE by 0.6 to 2.4 points of AUROC. Where our runs agree, the gap is of a small
# MLP on easy images and on *one* of four splits, and part of it belongs to the score: with the largest
# probability CE does better than with the largest logit, as the last table shows. SVHN, CIFAR10 and CIFAR+50
# need the paper's network; `nccourse reproduce A.table10 --profile gpu` is their setting.
#
# About the bias our runs and the paper tell different stories. There, BCE without bias loses up to 28 points
# to CE. Here you have seen why it need not: it builds its own threshold by leaning. That costs gap (exercise
# 14.8), and in a network that cannot lean well, or not long enough, it may cost much more. But the printed rows also break
# a law that every score obeys (exercise 14.5). Until that is explained, "BCE needs its bias for open sets" is
# a conjecture, not a result.

# %% [markdown]
# ## Exercises
#
# You have met nine on the way. To go on without a checker: train with `trial = 1`, 2 and so on. How much of
# the difference between two losses is the draw of the classes?
#
# ## Recap
#
# - AUROC and OSCR are averages over pairs of a known and an unknown image; a tie counts half. OSCR lies between
#   AUROC less the error rate and AUROC.
# - At collapse known images have a largest cosine of 1, a random direction one near 0. Nothing in the theory
#   says that unknown images are random directions.
# - CE's bias does nothing. BCE's is a threshold, and where BCE has none it makes one: weights and features lean
#   apart by the $\rho$ that minimises (5).
# - Two rows of paper A's Table 10 have an OSCR above their AUROC, which no scores have.
#
# ## References
#
# - Paper A: *Classification vs. Deep Feature Learning in Normalized Spaces with Different Scaling*, Section 5,
#   Appendix C.7, Tables 3 and 10.
# - J. A. Hanley, B. J. McNeil: *The meaning and use of the area under a receiver operating characteristic
#   (ROC) curve*, Radiology 1982.
# - A. R. Dhamija, M. Günther, T. E. Boult: *Reducing network agnostophobia*, NeurIPS 2018.
# - G. Chen et al.: *Adversarial reciprocal points learning for open set recognition*, TPAMI 2021.
