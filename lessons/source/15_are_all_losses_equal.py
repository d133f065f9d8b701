# ---
# jupyter:
#   nccourse:
#     title: Are all losses equal?
#     objectives:
#       - say what a theorem about the training set leaves open about the test set, with an example
#       - compare losses by paired runs, and give a difference together with its uncertainty
#       - program a confidence interval, and know what happens when you look at twenty of them
#       - judge two papers that disagree by the tables of both and by runs of your own
#     prerequisites: ["04_all_losses_collapse", "06_bce_and_its_bias", "08_how_fast", "mean and standard deviation"]
#     minutes: 75
#     profiles:
#       ci: {time: 30 s, memory: 1 GB}
#       laptop: {time: 1 minute, memory: 1 GB}
#       gpu: {time: 1 minute, memory: 2 GB}
#     papers: [C, B, A]
#     theorems: ["C Theorem 1", "C Figures 2 to 4 and 6 to 8", "B Theorem 2", "B Tables 2 and 3", "B Figure 4", "A Tables 4 and 9"]
# ---

# %% [markdown]
# ## Question
#
# Two of the papers of this course disagree. Paper C: all losses are created equal. Cross-entropy, squared
# error, focal loss and label smoothing give the same features on the training set, and largely the same test
# accuracy, if the network is large enough and trained long enough. Paper B, two years later: binary
# cross-entropy gives better features than cross-entropy, and with them a better classifier.
#
# Both prove a theorem, both train networks. **Who is right?** This lesson will not tell you. It gives you
# what you need to decide: what the theorems say and what they do not, what counts as evidence, the printed
# numbers of both papers, and runs.

# %% tags=["parameters"]
data_name = "digits"
width = 64
epochs = 24
num_seeds = 5
seed = 0

# %%
import numpy as np
import pandas as pd
import sympy as sp
import torch
from IPython.display import display
from scipy import stats

from nccourse import data, exercises, experiments, geometry, metrics, plots, theory, training
from nccourse.symbolic import assert_identity, statement

# %% [markdown]
# ## Your prediction
#
# Write the two claims next to each other before you look at any number.
#
# - **C**: the same collapsed features on the *training* set, and the same *test accuracy*, for CE, squared
#   error (MSE), focal loss (FL) and label smoothing (LS), once the network has collapsed.
# - **B**: after 100 epochs BCE beats CE on the *test* set: in most settings a higher *accuracy*, in all a
#   higher *uniform accuracy*, for which one threshold has to separate right from wrong scores in all samples,
#   and in most features that are more *compact* and more *distinct*.
#
# Compactness is 1/2 plus half the mean cosine of features of one class, seen from the mean of all features:
# 1/2 to 1. Distinctiveness is paper A's separability: 1/2 minus half the mean cosine of features of different
# classes, seen from the origin. With ten classes collapse has 5/9; features behind a ReLU have at most 1/2.
#
# ### {{exercise 15.1}}
# Could both be true?
#
# - `"a"`: no: equal test accuracy means equally good features
# - `"b"`: no: both losses have the same minimizer, so B cannot be true
# - `"c"`: yes: C does not test BCE, and B mostly measures other things, after shorter training
# - `"d"`: yes, but only if the two papers used different test sets

# %% tags=["exercise"]
# begin solution
both = "c"
# stub
# both = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("15.1", both)

# %% [markdown]
# ## What the theory says
#
# **About the minimum.** Lesson 04: where weight decay is not too strong, the minimizer of CE and of label
# smoothing is a simplex ETF with every feature on its class's vertex; the focal loss's and squared error's is
# too, under conditions. Lesson 06: BCE's is an ETF whose centre may be off the origin, while its bias
# separates all positive from all negative scores. So far C is right, to a rotation and a scale, and with an
# exception.
#
# **About the way there.** A minimum shared by two losses is not reached at the same time. Near it the distance
# falls like $e^{-\eta\lambda t}$, and the rate $\lambda$ of the slowest mode differs from loss to loss.
#
# ### {{exercise 15.2}}
# One loss has the rate $\lambda$ and has come to a distance $\varepsilon$ of the minimum, from a distance of
# 1. At that moment, how close is a loss of the rate $r \lambda$, started from the same place? Give an
# expression in `eps` and `r`.

# %% tags=["exercise"]
eps, r = sp.symbols("eps r", positive=True)
# begin solution
other_distance = eps**r
# stub
# other_distance = ...  # an expression in eps and r
# end solution
exercises.check("15.2", other_distance)

# %% tags=["derivation"]
print("C.Thm1, as lesson 04 corrects it:", statement("C.Thm1").status.value)
print("B.Thm2, as printed:", statement("B.Thm2").status.value)
rate, step, time = sp.symbols("lambda eta t", positive=True)
when = sp.solve(sp.Eq(sp.exp(-step * rate * time), eps), time)[0]
print("the time:", assert_identity(sp.exp(-step * rate * when), eps))
print("the distance:", assert_identity(sp.exp(-step * r * rate * when), eps**r))

# %% [markdown]
# (B's theorem promises a centred ETF always; lesson 06 has the counterexample, and what is true stands
# above.) For a fixed number of epochs a difference in rate is a difference in *exponent*: `eps = 0.01` and
# `r = 2` are a hundred times. In lesson 08 the rates were computed for features on a sphere.

# %%
scales = np.linspace(0.5, 16, 60)
rates = {
    loss.upper(): [theory.normalized.local_rate(10, 1, scale, loss) for scale in scales]
    for loss in ("ce", "bce")
}
figure, (ax,) = plots.new_figure(height=3.2)
for (name, values), colour in zip(rates.items(), ("blue", "vermillion"), strict=True):
    ax.plot(scales, 1 / np.array(values), color=plots.COLOURS[colour], label=name)
ax.set(xlabel="scale γ (no unit)", ylabel="1/rate (steps of size 1)", yscale="log")
ax.legend()
seen = "Steps over the scale: CE and BCE alike at small scales, CE ever slower than BCE at large ones."
plots.show(figure, alt=seen)

# %% [markdown]
# At large scales BCE has the higher rate by orders of magnitude, although both have the same kind of minimum.
# But that is for normalized features at one fixed γ. The heads of B's networks and of ours are linear, with
# decay: their scale changes as they learn, and the figure does not say who leads. It says that a difference
# seen early may be one of the way and not of the minimum.
#
# **About the test set: nothing.** The unconstrained feature model has no images. Its features are free
# variables of the training samples; no test sample appears in it. Here are two feature maps with perfect
# collapse on the training set. One sends an unseen image to the vertex of its nearest training image, the other
# to a vertex drawn at random.
#
# ### {{exercise 15.3}}
# Predict the test accuracy of the second map, in expectation.

# %% tags=["exercise"]
# begin solution
expected_accuracy = sp.Rational(1, 10)
# stub
# expected_accuracy = ...  # a fraction between 0 and 1
# end solution
exercises.check("15.3", expected_accuracy)

# %%
train, test = data.load(data_name), data.load(data_name, train=False)
vertices = geometry.simplex_etf(10)
pixels = [part.images.flatten(1).double() for part in (train, test)]
nearest = torch.cdist(pixels[1], pixels[0]).argmin(dim=1)
drawn = torch.randint(10, (len(test.labels),), generator=torch.Generator().manual_seed(seed))
unseen = {"nearest image": train.labels[nearest], "random vertex": drawn}
collapse = metrics.neural_collapse(vertices[train.labels], train.labels, vertices)
print(f"both, training set: NC1 {collapse.nc1:.1g}, NC2 {collapse.nc2:.1g}, NC3 {collapse.nc3:.1g}")
for name, chosen in unseen.items():
    accuracy = metrics.accuracy(vertices[chosen] @ vertices.T, test.labels)
    print(f"{name}, test set: accuracy {accuracy:.3f}")

# %% [markdown] tags=["paper-number"]
# (NC3 is not exactly zero because the classes differ a little in size.) Paper C says so itself: collapse has no
# direct implication for test data. That all losses then *do* test alike is an observation, not a theorem, and so
# is the opposite. Observations need statistics.
#
# ## What counts as evidence
#
# First, the ruler. A test accuracy is a mean over $n$ images, each right or wrong; drawn afresh, the test set
# would give another. That mean has the standard deviation $\sqrt{p(1-p)/n}$.
#
# ### {{exercise 15.4}}
# How large is it, in percentage points, for an accuracy of 95 % on CIFAR-10's 10,000 test images? Two
# digits will do.

# %% tags=["exercise"]
# begin solution
ruler = 100 * (0.95 * 0.05 / 10_000) ** 0.5
# stub
# ruler = ...  # a number of percentage points
# end solution
exercises.check("15.4", ruler)

# %% [markdown] tags=["paper-number"]
# Compare with what is at stake. Paper C: at width 2 and 800 epochs four losses differ by at most 0.36 points
# on CIFAR-10, at width 0.25 and 100 epochs by 1.037 (Appendix A.1). Paper B, Table 2: the difference in
# accuracy between BCE and CE on CIFAR-10 is between $-0.46$ and $+1.13$ points. All are a few times the
# ruler, or less.
#
# Second, the seed. Initial weights and the order of the samples are drawn too. Paper C averages three seeds.
# Paper B gives no number of seeds and no deviation in Tables 2 and 3.
#
# Third, pairs. Two losses that start from the same weights and see the same samples in the same order, and
# are tested on the same images, share part of their luck. Their *difference*, seed by seed, is free of what
# they share: only images count that one gets right and the other wrong. The ruler above, for one accuracy on
# fresh images, does not measure such a difference.
#
# ## Runs of our own
#
# Five losses, five seeds, twice: a small network trained briefly, and a larger one trained six times as long,
# like paper C's corner cases, with its optimizer, options of the losses and clipping, but 20 times its weight
# decay. Each batch is trained as one; about ten seconds together.

# %%
losses = {"ce": "CE", "mse": "MSE", "focal": "FL", "label_smoothing": "LS", "bce": "BCE"}
fixed = {"data": data_name, "learning_rate": 0.1, "weight_decay": 0.01, "clip_norm": 2.0, "schedule": "step"}
sizes = {"narrow, short": (width // 4, epochs // 6), "wide, long": (width, epochs)}
measured = []
for size, (units, length) in sizes.items():
    more = {"epochs": length, "record": length, "model_options": {"widths": (units, units)}}
    seeds = range(seed, seed + num_seeds)
    configs = [training.TrainConfig(loss=x, seed=s, **fixed, **more) for x in losses for s in seeds]
    for result in training.sweep(configs, progress=True):
        row = result.metrics.iloc[-1].drop("loss").to_dict()
        named = {"size": size, "loss": losses[result.config.loss], "seed": result.config.seed}
        measured.append({**named, **row})
runs = pd.DataFrame(measured)

# %%
shown = {
    "train_accuracy": "training accuracy",
    "test_accuracy": "test accuracy",
    "test_uniform_accuracy": "uniform accuracy",
    "test_compactness": "compactness",
    "test_separability": "distinctiveness",
}
runs.groupby(["size", "loss"], sort=False)[[*shown, "nc1", "nc2", "nc3"]].mean().round(3)

# %% [markdown] tags=["theory-number"]
# Everything but the first column and NC1 to NC3 is of the test set: 359 images. One image is 0.28 points, the
# ruler at 99 % is 0.5, and the nearest training image above already had them all right.
#
# NC2 of BCE stays high: the exception of lesson 06, an ETF off centre. Decay of the bias holds it there, but
# only in the long run. Measured once, five seeds of the larger network: with `lambda_b=0` NC2 is 0.86, with
# no decay at all 0.92. After 240 epochs in place of 24 it is 0.93 with decay and 0.21 with `lambda_b=0`. So
# at 24 epochs it is mostly still on its way.
#
# ## An interval
#
# For differences $\Delta_1, \dots, \Delta_m$ of $m$ seeds, with mean $\bar\Delta$ and standard deviation
# $s^2 = \frac{1}{m-1} \sum_i (\Delta_i - \bar\Delta)^2$, the interval that covers the true mean difference
# with probability $1 - \alpha$, if the differences are about normal, is
#
# $$ \bar\Delta \pm t_{1-\alpha/2,\; m-1} \, \frac{s}{\sqrt m} . $$
#
# Student's quantile $t_{q,\,\nu}$ is `stats.t.ppf(q, nu)`. With five seeds it is not the familiar $1.96$ of the
# normal distribution but almost half as large again: $s$ itself is uncertain.
#
# ### {{exercise 15.5}}
# Write the interval.


# %% tags=["exercise"]
def interval(differences, level=0.95):
    """Return (low, high), which cover the true mean of a sequence with probability `level`."""
    # begin solution
    values = np.asarray(differences, dtype=float)
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean() - half, values.mean() + half
    # stub
    # return ...
    # end solution


exercises.check("15.5", interval)


# %% [markdown]
# Now every loss against CE, paired, in both sizes. An interval that contains zero does not show a difference;
# it does not show equality either. To show that two losses are *equal within one point*, the whole interval
# has to lie between $-1$ and $1$, the grey band.
#
# Mind what these intervals cover: the mean difference over seeds on *these* test images, not on new ones.


# %%
def draw(ax, table, title, unit="points"):
    """Draw the interval of each column's difference from CE, times 100."""
    others = [name for name in losses.values() if name in table and name != "CE"]
    for place, name in enumerate(others):
        gaps = 100 * (table[name] - table["CE"])
        half = stats.t.ppf(0.975, len(gaps) - 1) * gaps.sem()
        ax.errorbar(gaps.mean(), place, xerr=half, fmt="o", capsize=4, color=plots.COLOURS["blue"])
        ax.plot(gaps, [place - 0.2] * len(gaps), ".", color=plots.COLOURS["grey"], markersize=4)
    ax.axvspan(-1, 1, color=plots.COLOURS["grey"], alpha=0.15, linewidth=0, visible=unit == "points")
    ax.axvline(0, color=plots.COLOURS["black"], linestyle="--", linewidth=1)
    ax.set(title=title, xlabel=f"loss − CE ({unit})", yticks=range(len(others)), yticklabels=others)


figure, axes = plots.new_figure(columns=2, width=8.8, height=3.0)
for ax, (size, part) in zip(axes, runs.groupby("size", sort=False), strict=True):
    draw(ax, part.pivot(index="seed", columns="loss", values="test_accuracy"), f"test accuracy, {size}")
plots.show(figure, alt="Intervals of four losses' test accuracy minus CE's, far wider in the small network.")

# %% [markdown]
# Grey dots are single seeds. Read off three things: how the intervals shrink from left to right (by the band:
# the axes differ); which exclude zero, and on which side; whether any single seed would have told another
# story. BCE lags farthest in the small network, where it is also the least collapsed: no lead of that kind
# here.
#
# Test accuracy is C's measure. Now B's three, in the larger network:

# %%
figure, axes = plots.new_figure(columns=3, width=9.8, height=3.0)
large = runs[runs["size"] == "wide, long"]
for ax, metric in zip(axes, list(shown)[2:], strict=True):
    unit = "points" if metric.endswith("accuracy") else "hundredths"
    draw(ax, large.pivot(index="seed", columns="loss", values=metric), shown[metric], unit)
seen = "Intervals of uniform accuracy, compactness and distinctiveness minus CE's, for four losses."
plots.show(figure, alt=seen)

# %% [markdown] tags=["theory-number"]
# Losses whose accuracies we could not tell apart with five seeds can be told apart by their features, many
# standard errors from zero. That is not equality: MSE's interval leaves the band. With 20 seeds (measured
# once, same setting) three of four are told apart: MSE $+0.39 \pm 0.21$, LS $+0.29 \pm 0.19$, BCE
# $+0.25 \pm 0.20$; FL $+0.04 \pm 0.27$ is not.
#
# Look at *which* loss leads. If BCE leads in one measure and squared error in another, "better features" is a
# matter of the measure.
#
# **Is 24 epochs long enough?** Not for C's premise. Against CE, 240 epochs (five seeds, else the same,
# measured once) change signs: distinctiveness of MSE from $+3.03$ to $-0.86 \pm 0.34$, compactness of BCE
# from $+0.13$ to $-0.48 \pm 0.31$, in hundredths. Such a difference belongs to the way, not to the loss.
# Another one grows: distinctiveness of BCE from $-3.36$ to $-9.30 \pm 0.34$, or to $-2.01 \pm 0.30$ with
# `lambda_b=0`.
#
# **Why is BCE less distinct?** The measure looks from the origin. Seen from the mean of the test features BCE
# and CE are alike at 24 epochs, 0.5504 and 0.5503. Without any decay they are alike from the origin too,
# 0.397 and 0.394, with BCE's NC2 at 0.92.
#
# **Why is CE's uniform accuracy lower?** A guess: CE is unmoved when a number is added to all scores of one
# sample, so no threshold need suit all. A control refutes it. Subtracting each sample's mean score leaves CE
# at 0.978; *dividing* its scores by their norm lifts it to 0.989. So what costs CE here is that the scale of
# the scores varies from sample to sample. (All measured once, five seeds.)
#
# ## Twenty intervals
#
# You have just looked at twenty of them.
#
# ### {{exercise 15.6}}
# Suppose that all losses are exactly equal and $m$ intervals of 95 % are independent. With what probability does
# at least one exclude zero? Give an exact expression in `m`.

# %% tags=["exercise"]
m = sp.Symbol("m", positive=True, integer=True)
# begin solution
false_alarm = 1 - sp.Rational(19, 20) ** m
# stub
# false_alarm = ...  # an expression in m, exact
# end solution
exercises.check("15.6", false_alarm)

# %% [markdown]
# For twenty it is more likely than not. The remedies are old: say beforehand which comparison decides; or ask
# of each of $m$ intervals the level $1 - \alpha/m$ (Bonferroni), which bounds the probability of any false
# alarm by $\alpha$, independent or not. Here are all twenty: four losses, in five panels.

# %%
table = {}
panels = [("narrow, short", "test_accuracy"), *(("wide, long", metric) for metric in list(shown)[1:])]
for size, metric in panels:
    pairs = runs[runs["size"] == size].pivot(index="seed", columns="loss", values=metric)
    for name in ("MSE", "FL", "LS", "BCE"):
        gaps = 100 * (pairs[name] - pairs["CE"])
        score = abs(gaps.mean()) / max(gaps.sem(), 1e-12)
        limits = [stats.t.ppf(1 - 0.025 / tests, len(gaps) - 1) for tests in (1, 20)]
        verdict = ["differs" if score > limit else "cannot tell" for limit in limits]
        table[size, shown[metric], name] = [gaps.mean(), *verdict]
sure = pd.DataFrame(table, index=["100 × mean difference", "one test", "twenty tests"]).T
sure

# %% tags=["nbval-check-output"]
apart = (sure["twenty tests"] == "differs").groupby(level=1).any()
print("accuracies told apart:", bool(apart["test accuracy"]))
print("features told apart:", bool(apart["distinctiveness"]))

# %% [markdown]
# ## What paper B prints
#
# Tables 2 and 3 compare BCE with CE in 24 settings: two data sets, three networks, two optimizers, two
# augmentations. With one number a setting there are no deviations, but there are signs.

# %%
signs, margins = {}, {}
for name in ("B.table2", "B.table3"):
    printed = experiments.paper_table(name)
    where = [key for key in printed.attrs["keys"] if key != "loss"]
    values = printed.columns.difference(printed.attrs["keys"], sort=False)
    for quantity in values:
        by_loss = printed.pivot_table(quantity, where, "loss", sort=False)
        margins[quantity] = by_loss.bce - by_loss.ce
        higher = int((margins[quantity] > 0).sum())
        signs[quantity] = [higher, 24 - higher, stats.binomtest(higher, 24).pvalue]
pd.DataFrame(signs, index=["BCE higher", "CE higher", "p of a fair coin"]).T.round(4)

# %% [markdown] tags=["paper-number"]
# The last column is the probability that a fair coin is at least as one-sided in 24 throws. It takes the settings
# for independent, which they are not: twelve share a test set.
#
# ### {{exercise 15.7}}
# The abstract says that BCE "consistently and significantly" improves the classification performance. For
# uniform accuracy the table bears out "consistently". In how many of the 24 settings is BCE's plain accuracy
# *lower* than CE's?

# %% tags=["exercise"]
# begin solution
lower = int((margins["accuracy"] < 0).sum())
# stub
# lower = ...  # a count
# end solution
exercises.check("15.7", lower)

# %% [markdown] tags=["paper-number"]
# The caption of Table 2 is more careful than the abstract: "most". Also in fairness: accuracies in 20 of 24
# point to BCE, all twelve with SGD and eight of twelve with AdamW; compactness does so in 23. Distinctiveness
# does in 16, which a coin does often. "Significantly" would need seeds.
#
# The next figure shows two of the columns setting by setting.

# %%
figure, axes = plots.new_figure(columns=2, width=9.2, height=3.4)
for ax, quantity in zip(axes, ("accuracy", "uniform_accuracy"), strict=True):
    wide = margins[quantity].unstack("augmentation")
    names = {"da1": ("blue", "o", "crop and flip"), "da1+da2": ("vermillion", "s", "Mixup and CutMix too")}
    for column, (colour, marker, label) in names.items():
        ax.plot(wide[column], range(len(wide)), marker, color=plots.COLOURS[colour], label=label)
    ax.axvline(0, color=plots.COLOURS["black"], linestyle="--", linewidth=1)
    ax.set(title=quantity.replace("_", " "), xlabel="BCE − CE (points)", ylabel="setting")
    ax.set_yticks(range(len(wide)), [" ".join(row) for row in wide.index], fontsize=7)
axes[1].legend(fontsize=8, loc="lower right")
seen = "BCE minus CE in 24 settings: accuracy on both sides of 0, uniform accuracy always right of it."
plots.show(figure, alt=seen)

# %% [markdown]
# ### {{exercise 15.8}}
# What makes BCE's lead in uniform accuracy smaller in *every* pair of settings that differ in nothing else?
#
# - `"a"`: AdamW in place of SGD
# - `"b"`: ResNet50 in place of ResNet18
# - `"c"`: CIFAR-100 in place of CIFAR-10
# - `"d"`: Mixup and CutMix in addition

# %% tags=["exercise"]
# begin solution
smaller = "d"
# stub
# smaller = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("15.8", smaller)

# %% [markdown]
# So even the clearest effect depends on how one trains. A comparison of losses is a comparison of *recipes*:
# learning rate, decay and augmentation found for one loss may favour it.
#
# ## Recorded: is paper B's lead seen in our runs?
#
# Each of these claims is an experiment of this course: a sentence that a run can contradict, judged by fixed
# rules. The scale is in the last column; where it is not the paper's, a verdict is about the claim at *our*
# scale. In the tables the paper's number beside our MLP on few images of MNIST is its ResNet18's on CIFAR-10.
#
# Look at paper A's Table 4, the settings. That it holds means only that profile gpu would train so, not that
# anything recorded here was. Paper A's experiments with augmentation, which Table 9 rests on, use label
# smoothing in CE and BCE alike. "CE" in one paper is not "CE" in another.


# %%
def show(names, tables, figures):
    """Show verdicts, tables and figures of the experiments that are recorded, and return these."""
    found = experiments.recorded(*names)
    display(experiments.verdicts(found))
    for name in found:
        if name in tables:
            print(f"{name}: {found[name].origin}")
            table = experiments.side_by_side(found[name].compare())
            display(table.T if name == "A.table4" else table)
        if name in figures:
            print(f"{name}. {found[name].verdict}.")
            plots.show(found[name].figure(), alt=found[name].experiment.alt)
    return found


names = ["A.table4", "A.table9", "B.table2", "B.table3", "B.fig4"]
_ = show(names, tables=names[:4], figures=names[4:])

# %% [markdown] tags=["paper-number"]
# The lead in *uniform* accuracy is there in all four settings, the one in compactness too. The lead in
# *accuracy* is in none of ours, in three of the paper's four beside them and in 20 of its 24. Paired over our
# three seeds, the mean difference over the four settings is $-0.32 \pm 0.75$ points: zero is inside, the
# paper's mean lead there, $0.44$, at the edge. In paper A's two settings BCE is not behind. BCE's
# distinctiveness, behind in our digits, is ahead in three of four here.
#
# ## Recorded: do losses come together in paper C's grid?
#
# Paper C's strongest evidence is a grid, Figures 3, 4 and 7: the wider and the longer, the more collapsed,
# and the closer together. Ours has four widths, three lengths and three seeds. Its Figure 3 is the lower half
# of Figure 4. CIFAR-100 and miniImageNet are replaced by few images of MNIST, and paper C's networks by MLPs
# and a CNN. In the tables the paper's numbers are for 100 epochs at width 0.25 and 800 at width 2, whatever
# ours are.

# %%
grids = ["C.fig4", "C.fig7", "C.fig8"]
names = [f"C.fig{number}" for number in (2, 3, 4, 6, 7, 8)]
found = show(names, tables=("C.fig4", "C.fig8"), figures=set(names) - {"C.fig3"})

# %% [markdown] tags=["theory-number"]
# The rules compare means. With your tools: pair the losses at the largest network of each grid, and ask, seed
# by seed, by how much the gap from the worst to the best loss is smaller there than in the smallest.
#
# But a gap, a maximum minus a minimum, is positive for *equal* losses too, and shrinks when noise does. That of
# four normal numbers with standard deviation $\sigma$ is $2.06\,\sigma$ on average. So take from each accuracy the
# mean of its seed and that of its loss, and let $\sigma$ be what is left.


# %%
def at(name, end):
    """Return a grid's test accuracies at its smallest ("min") or largest ("max") network."""
    records = found[name].records.replace({"loss": losses})
    records = records[(records.width == records.width.agg(end)) & (records.epochs == records.epochs.agg(end))]
    by_decay = records.groupby(["loss", "weight_decay"]).best_validation_accuracy.mean().unstack()
    records = records[records.weight_decay == records.loss.map(by_decay.idxmax(axis=1))]
    return records.pivot(index="seed", columns="loss", values="chosen_test_accuracy")


def equal_gap(table):
    """Return the gap that equal losses would show on average, in points."""
    rest = table.sub(table.mean(axis=1), axis=0)
    rest = rest - rest.mean()
    return 100 * 2.06 * np.sqrt((rest**2).to_numpy().sum() / ((len(rest) - 1) * (rest.shape[1] - 1)))


# %%
grids = [x for x in grids if x in found and found[x].records.seed.nunique() > 1]
figure, axes = plots.new_figure(columns=3, width=9.8, height=2.6)
for ax, name in zip(axes, grids, strict=False):
    ends = [at(name, end) for end in ("min", "max")]
    draw(ax, ends[1], f"{name}, {len(ends[1])} seeds")
    small, wide = (100 * (end.max(axis=1) - end.min(axis=1)) for end in ends)
    half = stats.t.ppf(0.975, len(small) - 1) * (small - wide).sem()
    print(f"{name}: gap {small.mean():.1f} -> {wide.mean():.1f}", end=", ")
    print("equal losses' {:.1f} -> {:.1f}".format(*map(equal_gap, ends)), end="; ")
    print(f"it shrinks by {(small - wide).mean():.1f} ± {half:.1f} points")
seen = "Intervals of test accuracy minus CE's in the largest network of three grids: nearly all contain 0."
plots.show(figure, alt=seen)

# %% [markdown] tags=["theory-number"]
# With all four losses the wider and longer trained network recognises more (Figure 3), and the means of the
# losses come closer together from one corner to the other (Figures 4 and 8). That is the direction of paper
# C's claim. How much is left of it?
#
# - **Noise.** Equal losses' gaps would shrink too: in Figure 8 by more than ours. No interval of the
#   shrinking excludes zero. In one seed of Figure 8's small network MSE is far behind; without that *seed*
#   the mean gap there would be 1.0 at both ends.
# - **Three seeds.** At the large end most intervals leave the band: "equal within a point" is then a
#   statement about means, not shown of the losses. One interval of nine excludes zero, LS in Figure 8, on the
#   other side than LS in the other two. Exercise 15.6 has 0.37 for at least one of nine by chance, were they
#   independent.
# - **Few images.** In the harder set of Figures 6 and 7 CE's mean is more than a point below label
#   smoothing's: the rule of Figure 6 fails. But the paired interval contains zero, one seed makes half of the
#   difference, and validation chose other decays for the two. The rule of Figure 7 does not apply, as the
#   focal loss is not ten times as collapsed.
# - **The way.** In Figure 8's large network CE, FL and LS seem to break down for some epochs, on the training
#   set too, while NC1 falls. It is batch normalisation: at the high learning rate its running averages lag
#   behind the weights. Measured once (seed 0, epoch 11): CE has 12.4 % of the training and 13.0 % of the test
#   set right, MSE 93.5 % and 81.5 %. With averages recomputed for the same weights on the training set all
#   four losses have 100 %, and 96.1 % (MSE) to 96.8 % (CE). So what differs there is how far the averages
#   lag, not what was learned.
#
# ## Your verdict
#
# A fair one has to respect four facts.
#
# 1. The theorems are about minimizers and training features. No theorem of either paper compares test sets.
# 2. "Large enough and long enough" is a premise of C. A difference found earlier does not contradict it, and it
#    may matter more in practice than what happens at the end. Beware that it can also make the claim impossible
#    to contradict; that is why our C experiments fix beforehand what counts as collapsed.
# 3. C does not test BCE, B does not test MSE, FL or LS. And B's measures are not C's.
# 4. No difference found is not the same as no difference. Say how large a difference you would have seen.
#
# What would settle more: BCE in paper C's grid, several seeds, paired; uniform accuracy for all five losses;
# learning rates tuned for each. Lesson 16 lets you run it.
#
# ## Exercises
#
# You have met eight on the way. To go on: write down, before running anything, the one comparison that would
# make you change your mind. Then set `num_seeds` to 10 and look whether it did.
#
# ## Recap
#
# - Equal minimizers are a fact about the training set in the limit; rates differ, and features on the test set
#   are not in the theory at all.
# - A difference without an uncertainty is not evidence. Pair the runs, use Student's quantile, count how many
#   comparisons you made.
# - Accuracies too close to tell apart can go with features that clearly differ; which features are "better"
#   depends on the measure and on the length of training.
# - An explanation is a guess until a control had the chance to refute it.
# - The papers' strong words are stronger than their tables, and their tables are compatible with each other.
#
# ## References
#
# - Paper C: Zhou et al., *Are all losses created equal: a neural collapse perspective*, Sec. 4.2 and App. A.
# - Paper B: *BCE vs. CE in deep feature learning*, Sec. 4.2, Tables 2 and 3.
# - Paper A, Tables 4 and 9.
# - Student, *The probable error of a mean*, 1908.
