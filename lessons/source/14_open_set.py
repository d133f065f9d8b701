# ---
# jupyter:
#   nccourse:
#     title: What the network has never seen
#     objectives:
#       - define AUROC and OSCR as averages over pairs, and program both, ties included
#       - say why collapse should help a network to notice unknown classes, and what it does not promise
#       - show what BCE does when its bias is taken away
#       - find numbers in a published table that no one score can have
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
from nccourse.symbolic import K, assert_identity, gamma, statement
from nccourse.theory import normalized, normalized_offset

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
# To say "unknown" one needs a number for each image, its *score*; below a threshold the image is unknown. A
# common choice is the largest logit, $s = \max_k z_k$ with $z_k = \gamma \cos(h, w_k) - b_k$. The classic one
# is the largest probability, a softmax for CE, a sigmoid for BCE. We take the first and keep the second in
# view.
#
# **Does the score separate?** Take any known image $i$ and any unknown image $j$. The *AUROC* (area under the
# receiver operating characteristic) is the share of pairs in which the known one scores higher, a tie
# counting half:
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
# (Table 10, $\gamma = 32$, means of five draws). First the rows without; then CE's AUROC for every start,
# "none" being without:

# %%
printed = experiments.paper_table("A.table10")
without = printed[printed.bias == "none"].drop(columns="bias").reset_index(drop=True)
of_ce = printed[printed.loss == "ce"].pivot(index="split", columns="bias", values="auroc")
display(without, of_ce[["none", "0", "5", "10"]])

# %% [markdown]
# ### {{exercise 14.5}}
# Which rows of the first table contradict (3)? A list of pairs `(split, loss)`, by eye or by program.

# %% tags=["exercise"]
# begin solution
impossible = [(row.split, row.loss) for row in without.itertuples() if row.oscr > row.auroc]
# stub
# impossible = ...  # a list like [("mnist", "ce")]
# end solution
exercises.check("14.5", impossible)

# %% [markdown] tags=["paper-number"]
# Means of five draws obey (3) too, since every draw does. So the two areas of such a row cannot come from one
# score by (1) and (2). The paper does not say which score it took, nor how it counted ties. Rounding makes
# ties: in single precision the sigmoid of a logit above about 17 is exactly 1. One of the networks below will
# show what that can do.
#
# The other rows break no law; on MNIST and CIFAR10 they put BCE 6.5 and 6.2 points of AUROC behind CE. But
# look at the second table. CE's bias, if equal for all classes, does nothing (lesson 06), and its last three
# columns agree within 0.31. Yet without bias CE itself loses 9.5 points on CIFAR10 (83.86 to 74.34), 9.5 on
# CIFAR+50 and 1.9 on MNIST, none on SVHN. Something else than the bias differed in these rows, or chance.

# %% [markdown]
# ## Why collapse should help
#
# Let the known classes have collapsed, $h = w_k$ on the unit sphere, the weights a simplex ETF. A known image
# has the largest cosine 1. Where can an unknown feature $h$ be?
#
# The weights sum to zero, so its $K$ cosines do too, and the largest is never negative. Within the span of
# the weights it is larger still:
#
# ### {{exercise 14.6}}
# The place farthest from all corners, within the span, is opposite one of them: $h = -w_1$. Its largest
# cosine, as an expression in `K`?

# %% tags=["exercise"]
# begin solution
farthest = 1 / (K - 1)
# stub
# farthest = ...  # an expression in K
# end solution
exercises.check("14.6", farthest)

# %% [markdown]
# So the largest cosine of an unknown feature lies between $0$, orthogonal to all weights, and $1$, in a
# corner. How much room is there? Draw directions at random, in the span of six weights and in a feature space
# of more dimensions, and accept those with a largest cosine above a threshold:

# %%
generator = torch.Generator().manual_seed(seed)
known_number = len(images.known_classes)
threshold, accepted = np.linspace(0, 1, 101), {}
for dim in (known_number - 1, width):
    corners = geometry.simplex_etf(known_number, dim, generator=generator)
    directions = torch.randn(4000, dim, generator=generator, dtype=corners.dtype)
    largest = (torch.nn.functional.normalize(directions) @ corners.T).max(dim=1).values.numpy()
    accepted[f"random, d = {dim}"] = [(largest > level).mean() for level in threshold]
axes = {"xlabel": "threshold on the largest cosine with a weight (no unit)", "ylabel": "share accepted"}
figure = plots.curves(threshold, accepted, theory={"collapsed": 1.0}, **axes)
seen = (
    "Share accepted over the threshold: collapsed images all; random directions fall to 0, early at d = 64."
)
plots.show(figure, alt=seen)

# %% [markdown]
# If unknown features were random, a collapsed network would spot nearly all of them, with ease if $d$ is much
# larger than $K$. They are not. Collapse is a statement about *training* images of *known* classes; the
# network is free to map an unknown nine onto its four, and it learnt to map everything it saw into corners.
# More collapse makes known images more alike. It does not promise that unknown ones stay away. That is for
# runs to say.
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
# So CE's bias, if equal for all classes, does nothing: neither to training nor, as the next exercise shows,
# to the areas. A network trained with BCE is another matter.
#
# ### {{exercise 14.7}}
# A network was trained with BCE, and all its $b_k$ are equal to 5. After training you set them to 0 and
# compute the AUROC of the largest logit again. It
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
# That takes $d \ge K$. All $\gamma\, w_j^\top h_k$ then contain $-\gamma\rho$, which acts like a bias. But
# the corners come closer, since only $\sqrt{1-\rho}$ of each vector is left for the ETF.
#
# ### {{exercise 14.8}}
# The price: by how much does $\gamma\, w_k^\top h_k$ of the own class exceed $\gamma\, w_j^\top h_k$, where
# $j \ne k$? An expression in `gamma`, `K` and `rho`.

# %% tags=["exercise"]
rho = sp.Symbol("rho", positive=True)
# begin solution
gap = gamma * (1 - rho) * K / (K - 1)
# stub
# gap = ...  # an expression in gamma, K and rho
# end solution
exercises.check("14.8", gap)

# %% [markdown]
# Here is what the catalogue proves of leaning; its first step holds both products. The last line below is
# their mean over all classes.

# %% tags=["derivation"]
display(statement("A.NoBias").verify())
own, other = 1 - 2 * rho, -(1 + (K - 2) * rho) / (K - 1)
print("mean product:", assert_identity((own + (K - 1) * other) / K, -rho))

# %% [markdown]
# **So $\rho = -\bar w^\top \bar h$ measures the lean of any network**, with means over classes and images; it
# is negative if weights and features lean the same way. With all $b_k$ held at $b$, BCE at (4) is
#
# $$ \varphi_b(\rho) = \log\bigl( 1 + e^{-\gamma (1 - 2\rho) + b} \bigr)
#    + (K-1) \log\bigl( 1 + e^{-\gamma \frac{1 + (K-2)\rho}{K-1} - b} \bigr) , \tag{5} $$
#
# and no unit vectors do better than its minimum over $\rho \in [0, 1]$: two lines of convexity and
# Cauchy-Schwarz, written out for $b = 0$ at the top of `nccourse.theory.normalized_offset` and not
# machine-checked. What is checked is that a solver that knows nothing of (4) ends there. CE sees the gap
# alone and does not lean.

# %%
lean, others = np.linspace(0, 0.6, 241), known_number - 1
own, other = scale * (1 - 2 * lean), -scale * (1 + (known_number - 2) * lean) / others
held = {b: np.logaddexp(0, b - own) + others * np.logaddexp(0, other - b) for b in (0, 5, 10, 15)}
cross = np.log1p(others * np.exp(other - own))
model = ufm.NormalizedUFM(known_number, 1, known_number + 2, scale, "bce", bias=False)
solved = ufm.solve(model, seed=seed)
found = -float((solved.H @ solved.W.T).mean())
print("best ρ where b is held:", {b: round(float(lean[loss.argmin()]), 2) for b, loss in held.items() if b})
print("b* =", round(normalized.bce_bias(known_number, scale), 1))

# %%
theory = {"BCE without bias": held[0], "BCE, b held at 5": held[5], "BCE, b held at 10": held[10]}
figure = plots.curves(
    lean,
    theory=theory | {"CE": cross},
    points={"BCE without bias": ([found], [solved.objective])},
    xlabel="ρ, how far weights and features lean apart (no unit)",
    ylabel="loss (nats)",
    yscale="log",
)
seen = (
    "Losses over ρ: CE's lowest at 0; BCE's at a ρ that is larger for lower b, the solved model at b = 0's."
)
plots.show(figure, alt=seen)

# %% tags=["nbval-check-output"]
best = normalized_offset.offset_without_bias(known_number, scale)
print("the solver leans as far as theory says:", bool(abs(found - best) < 1e-3))

# %% [markdown]
# A bias that is trained to the end reaches $b^*$ (lesson 07), and then nothing leans. With one held well
# below it BCE does.
#
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
# ## Eight networks on six digits
#
# Now networks: MLPs without a last ReLU, $\gamma = 32$ as in the paper, trained together in a few seconds.
# Two of them cannot lean: their weights are a fixed ETF (lesson 12), whose mean is zero.

# %%
settings = {
    "CE, b from 0": ("ce", {"bias_mean": 0.0}),
    "CE without bias": ("ce", {"bias": False}),
    "BCE without bias": ("bce", {"bias": False}),
    "BCE, b from 0": ("bce", {"bias_mean": 0.0}),
    "BCE, b from 5": ("bce", {"bias_mean": 5.0}),
    "BCE, b from 10": ("bce", {"bias_mean": 10.0}),
    "CE, fixed ETF, no bias": ("ce", {"weight_norm": scale}),
    "BCE, fixed ETF, no bias": ("bce", {"weight_norm": scale}),
}

# %%
common = {"data": data_name, "data_options": {"known": known_number, "seed": trial}, "seed": seed}
common |= {"learning_rate": 0.1, "weight_decay": 1e-4, "epochs": epochs, "record": epochs}
network = {"widths": (width, width), "final_relu": False}
configs = []
for loss, options in settings.values():
    head = {"head": "etf"} if "weight_norm" in options else {"head": "cosine", "scale": scale}
    configs.append(training.TrainConfig(loss=loss, model_options=network | options, **head, **common))
runs = dict(zip(settings, training.sweep(configs, progress=False), strict=True))


# %%
def logits_of(result, part):
    """Return the logits of all images of a part."""
    batches = data.DeviceBatches(part, 1024, mean=images.train.mean, std=images.train.std)
    model = result.model.cpu()
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in batches.in_order()])


outputs = {name: (logits_of(run, images.test), logits_of(run, images.unknown)) for name, run in runs.items()}
probabilities = {
    name: tuple((z.softmax(dim=1) if name[0] == "C" else z.sigmoid()).max(dim=1).values for z in pair)
    for name, pair in outputs.items()
}


# %%
rows, cosines = {}, {}
for name, (known, unknown) in outputs.items():
    b, (score, choice) = runs[name].model.head.b.detach(), known.max(dim=1)
    right, strangers = choice == images.test.labels, unknown.max(dim=1).values
    p, q = probabilities[name]
    rows[name] = {"accuracy": float(right.double().mean()), "OSCR": metrics.oscr(score, right, strangers)}
    rows[name] |= {"AUROC": metrics.auroc(score, strangers), "AUROC by p": metrics.auroc(p, q)}
    rows[name]["OSCR by p, ties won"] = float(((p[:, None] >= q) & right[:, None]).double().mean())
    rows[name]["unknown, p > 0.9"] = float((q > 0.9).double().mean())
    rows[name] |= {"mean b": float(b.mean()), "ρ": -float((known + b).mean()) / scale}
    cosines[name] = tuple((z + b).max(dim=1).values / scale for z in (known, unknown))
display(pd.DataFrame(rows).T.round(3))

# %%
learned = {name: pair for name, pair in cosines.items() if "ETF" not in name}
at_collapse = dict.fromkeys(learned, 1.0) | {"BCE without bias": 1 - 2 * best}
figure = plots.known_unknown(learned, theory=at_collapse, xlabel="largest cosine with a weight (no unit)")
seen = "Six panels, known right of unknown, all overlapping; the lower BCE's bias, the further left both."
plots.show(figure, alt=seen)

# %% [markdown]
# Now your prediction 14.1 can be judged, for a network that is right about nearly all known images. Its share
# is in the column "unknown, p > 0.9".

# %% tags=["nbval-check-output"]
print("most unknown images get a probability above 0.9:", rows["CE, b from 0"]["unknown, p > 0.9"] > 0.6)
print("OSCR never above AUROC:", all(row["OSCR"] <= row["AUROC"] for row in rows.values()))
print("CE does not lean:", abs(rows["CE, b from 0"]["ρ"]) < 0.03)
print("BCE without bias does:", rows["BCE without bias"]["ρ"] > 0.1)
tied = rows["BCE, fixed ETF, no bias"]
print("ties alone put OSCR above AUROC:", tied["OSCR by p, ties won"] > tied["AUROC by p"])

# %% [markdown]
# Softmax is sure of what it has never seen: it asks which of six, and $\gamma = 32$ makes small differences
# large. BCE's sigmoids do ask whether. Yet with $b$ from 10 and on the fixed ETF most are as sure. That says
# little about AUROC, which knows the order of scores only.
#
# **Leaning.** None of the networks is near collapse; at this scale that takes far longer (lesson 08). The
# lower BCE's bias, the more its network leans, as (5) wants of a bias well below $b^*$; `epochs` are too
# few for it to get there. With the lean all largest cosines fall, unknown ones and known ones. In this draw BCE's
# AUROC rises as $b$ falls; in the records below it does not. CE's two rows with learned weights differ
# because their initial weights are other random numbers, which says how much one run is worth.
#
# BCE without bias does not lose here. Is leaning the reason? On the fixed ETF nothing leans, and there BCE is
# ahead of CE as well, by largest logit. Leaning gives BCE a threshold; how much that helps its AUROC we have
# not shown.
#
# **The score.** CE cares for differences of logits only, so the largest logit is not a score that it had a
# say in. By the largest probability its AUROC is another. BCE's is the same, except in the last row: there
# most known images have a logit that rounds to a sigmoid of 1, and so have some unknown ones. Half of each
# tie is lost. An OSCR that counts ties as won is then *above* the AUROC, as in exercise 14.5. A network that
# leans as (5) wants has no such ties.
#
# ## The paper's numbers beside ours
#
# One draw is an anecdote. What is recorded: five draws of the classes, three seeds each, on larger images.
# "±" is the standard deviation of these 15 runs, and the draw makes most of it. So compare losses draw by
# draw, as the last table does.

# %%
found = experiments.recorded("A.table3", "A.table10")
for name, result in found.items():
    display(experiments.side_by_side(result.compare()))
    print(f"{name}: {result.provenance()['about']}; {result.origin}.")
    print(f"Claim: {result.experiment.claim} On what was run it {result.verdict}.")

# %%
if "A.table10" in found:
    records = found["A.table10"].records
    shown = ["auroc", "auroc_probability", "ones_known", "ones_unknown"]
    display(records.groupby(["loss", "bias"])[shown].mean().round(3))
    pairs = records[records.bias.isin(["none", "5"])]
    pairs = 100 * pairs.pivot_table(index="trial", columns=["loss", "bias"], values=shown[:2])
    gaps = pairs.xs("bce", axis=1, level="loss") - pairs.xs("ce", axis=1, level="loss")
    display(pd.concat([gaps, gaps.mean().to_frame("mean").T]).round(1))

# %% [markdown] tags=["paper-number"]
# `auroc` is by largest logit, `auroc_probability` by largest probability; `ones` are the shares of images
# with a probability of exactly 1. The last table is BCE's AUROC less CE's, in points. CE's rows for 0, 5 and
# 10 are one experiment, thrice.
#
# **The claim.** Table 3 is the row of Table 10 for biases from 5, rounded (95.07 there, 95.1 here). It puts
# BCE ahead of CE by 0.6 to 2.4 points of AUROC, 0.6 on MNIST. Ours agrees in sign only: 12.8 points. Our
# MLP's AUROC is 23 (CE) and 11 points (BCE) below that of the paper's network, and two thirds of its gap
# belong to the score: by largest probability 4.5 points are left. SVHN, CIFAR10 and CIFAR+50 need the paper's
# network; `nccourse reproduce A.table10 --profile gpu` is their setting.
#
# **The broken rows.** Our BCE without bias leans and has no ones. At the optimum of (5) its own logit is 13.2
# for six classes and 16.0 for four, too low to round. So ties can be the cause only if the paper's
# networks did not lean as far, or if it took another probability. We cannot tell.
#
# **The bias.** On MNIST, the one split that both have, the paper puts BCE without bias 6.5 points behind CE
# and we have it 11.8 ahead, 4.4 by largest probability. We do not know why. In the paper two of four such
# rows break a law that any one score obeys, and in three CE falls too, which has no use for a bias. Until
# that is explained, "BCE needs its bias for open sets" is a conjecture, not a result.

# %% [markdown]
# ## Exercises
#
# You have met nine on the way. To go on without a checker: train with `trial = 3`, where CE with a bias is
# ahead of BCE without, then 1, 2 and 4. How much of the difference between two losses is the draw of the
# classes?
#
# ## Recap
#
# - AUROC and OSCR are averages over pairs of a known and an unknown image; a tie counts half. OSCR lies between
#   AUROC less the error rate and AUROC.
# - At collapse known images have a largest cosine of 1, a random direction one near 0 if $d$ is much larger
#   than $K$. Nothing in the theory says that unknown images are random directions.
# - CE's bias, equal for all classes, does nothing. BCE's is a threshold. Where it is missing, or held well
#   below $b^*$, weights and features lean apart by the $\rho$ that minimises (5).
# - Two rows of paper A's Table 10 have an OSCR above their AUROC, which no one score has by (1) and (2).
#
# ## References
#
# - Paper A: *Classification vs. Deep Feature Learning in Normalized Spaces with Different Scaling*, Section 5,
#   Appendix C.7, Tables 3 and 10.
# - J. A. Hanley, B. J. McNeil: *The meaning and use of the area under a receiver operating characteristic
#   (ROC) curve*, Radiology 1982.
# - A. R. Dhamija, M. Günther, T. E. Boult: *Reducing network agnostophobia*, NeurIPS 2018.
# - G. Chen et al.: *Adversarial reciprocal points learning for open set recognition*, TPAMI 2021.
