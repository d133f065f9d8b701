# ---
# jupyter:
#   nccourse:
#     title: A claim of your own
#     objectives:
#       - write a claim down so that a run can contradict it, before the run
#       - program the judge of that claim and try it on made-up results
#       - run one table of one paper, and report from its ledger alone
#       - put a loss of your own through the same measurements as the papers' losses
#     prerequisites: ["09_gamma_on_networks", "15_are_all_losses_equal", "PyTorch"]
#     minutes: 90
#     profiles:
#       ci: {time: 25 s, memory: 1 GB}
#       laptop: {time: 10 minutes, memory: 1 GB}
#       gpu: {time: 2 hours, memory: 4 GB}
#     papers: [A, B, C]
#     theorems: ["A Table 9", "C Definition 1"]
# ---

# %% [markdown]
# ## Question
#
# You have seen theorems proved, printed tables laid beside ours, and some claims fail. Now it is your turn.
# **Choose a table, write down what would contradict it, run it, and report what came out, whatever it is.**
# Then take a loss that no paper of this course has studied, and find out whether it collapses.
#
# The order matters. A claim written after the run explains the run; a claim written before it can be wrong.

# %% tags=["parameters"]
table = "A.table9"
profile = "ci"
seeds = 3
own_epochs = 60
own_width = 64
model_rate = 0.2
network_rate = 0.05

# %%
import tempfile

import pandas as pd
import sympy as sp
import torch
from IPython.display import display

from nccourse import data, exercises, experiments, metrics, models, plots, training
from nccourse.symbolic import assert_identity

# %% [markdown]
# ## Choose a table
#
# All 57 tables and figures are experiments with a name, and each comes with a claim: one sentence a run can
# contradict. The parameter `table` chooses. Text and exercises 16.1 to 16.5 are about the default, Table 9 of
# paper A; with another table write your own. `A.table2`, `A.table5`, `B.table1` and `E.table1` suit: they
# train networks. Some others only solve or draw, and have no runs to list.

# %%
experiment = experiments.get(table)
print("What:  ", experiment.title)
print("Claim: ", experiment.claim)
print("Run at:", ", ".join(experiment.profiles))

# %% [markdown]
# Paper A says of this table that BCE's test accuracy is "comparable to or even surpassing" that of CE. Can a
# run contradict that? Only once *comparable* has a number. The claim above says one point. One may quarrel
# with the number, but not after seeing the results.
#
# ## Your prediction
#
# ### {{exercise 16.1}}
# An MLP is trained for `20` epochs on 1,438 digits, with CE and with BCE at the large scale $\gamma = 32$,
# once with SGD and once with AdamW, for three seeds. The training images are *augmented*: each is shifted and
# turned at random, and four batches of five are *mixed*: each image becomes a weighted mean of two (mixup).
# Training accuracy is measured on the images as they are. What will the verdict compare?
#
# - `"a"`: networks that have fitted their training set, of which the theorems of this course speak
# - `"b"`: networks that have not fitted it, with either loss
# - `"c"`: nothing: on the test set both are at 100 percent

# %% tags=["exercise"]
# begin solution
about = "b"
# stub
# about = ...  # "a", "b" or "c"
# end solution
exercises.check("16.1", about)

# %% [markdown]
# ## Write the judge before the run
#
# Results are a table with one row a run. Those of Table 9 have columns `optimizer`, `loss`, `seed` and
# `test_accuracy`, a fraction. Here is what one might get, made up:

# %%
made_up = pd.DataFrame(
    [("sgd", "ce", 0, 0.95), ("sgd", "bce", 0, 0.93), ("adamw", "ce", 0, 0.94), ("adamw", "bce", 0, 0.95)],
    columns=["optimizer", "loss", "seed", "test_accuracy"],
)
display(made_up)

# %% [markdown]
# ### {{exercise 16.2}}
# Write `worst_gap(records)`: for each optimizer take BCE's mean test accuracy over the seeds less CE's, in
# points (hundredths); return the lowest over the optimizers. The claim holds if it is at least $-1$.


# %% tags=["exercise"]
def worst_gap(records):
    """Return the lowest difference BCE - CE of mean test accuracies, in points."""
    # begin solution
    means = records.groupby(["optimizer", "loss"]).test_accuracy.mean().unstack("loss")
    return 100 * float((means.bce - means.ce).min())
    # stub
    # return ...
    # end solution


exercises.check("16.2", worst_gap)

# %% [markdown]
# A mean hides how much the seeds differ. Runs with the same seed share the order of the samples and, as far
# as the losses allow, the first weights: they are *pairs*, and differences within pairs count (lesson 15).
#
# ### {{exercise 16.3}}
# Suppose that the two losses are equally good: in each pair one is ahead, either with probability one half,
# independently, and there are no ties. What is the probability that BCE is behind in *all* of `m` pairs? An
# expression in `m`.

# %% tags=["exercise"]
m = sp.Symbol("m", positive=True, integer=True)
# begin solution
all_behind = sp.Rational(1, 2) ** m
# stub
# all_behind = ...  # an expression in m
# end solution
exercises.check("16.3", all_behind)

# %% [markdown]
# With three pairs that is one in eight: three seeds alone never make a strong case. This is why the tables of
# this course show standard deviations, and why a verdict at a small scale is a small verdict.
#
# ## Run it
#
# Every finished run is written to a folder at once, with its setting, seed, data checksum, versions and
# commit, and is never run again. About ten seconds.

# %%
folder = tempfile.mkdtemp()
result = experiment.run(profile, seed=range(seeds), results=folder, progress=True)
print(len(result.records), "runs;", result.provenance()["about"])
again = experiment.run(profile, seed=range(seeds), results=folder)
print("read, not run again:", again.records.equals(result.records))

# %% [markdown]
# Now, and not before, look:

# %%
display(experiments.side_by_side(result.compare()))
print(result.verdict)
if table == "A.table9" and exercises.evaluate("16.2", worst_gap):
    print(f"your judge: {worst_gap(result.records):+.2f} points")

# %% [markdown]
# The column *paper* is of a ResNet18 on CIFAR-10. It stands beside our small networks as a reminder, not as a
# target.
#
# ### {{exercise 16.4}}
# Theorems on collapse speak of networks that have fitted their training set. Write `fitted(records)`: in how
# many runs are all training samples classified correctly? The column is `train_accuracy`, a fraction.


# %% tags=["exercise"]
def fitted(records):
    """Return the number of runs with every training sample right."""
    # begin solution
    return int((records.train_accuracy == 1).sum())
    # stub
    # return ...
    # end solution


exercises.check("16.4", fitted)

# %%
entries = [entry for runs in result.records_by_study.values() for entry in runs]
axes = list(dict.fromkeys(name for entry in entries for name in entry["coordinates"]))
accuracies = [name for name in ("train_accuracy", "test_accuracy") if name in result.records]
display(result.records[[*axes, *(["seed"] if axes else []), *accuracies]])


def pairs(records):
    """Return BCE less CE within each pair of runs, in points."""
    keys = [*(name for name in axes if name != "loss"), "seed"]
    wide = records.pivot_table(index=keys, columns="loss", values=accuracies)
    return 100 * (wide.xs("bce", axis=1, level="loss") - wide.xs("ce", axis=1, level="loss"))


paired = bool(accuracies) and {"ce", "bce"} <= set(result.records.get("loss", []))
display(pairs(result.records).round(2) if paired else "no pairs of CE and BCE")

# %% [markdown]
# No run has fitted its training set: your prediction 16.1 can be judged. Under SGD, BCE is behind in all
# three pairs, which happens to equal losses once in eight; under AdamW it is ahead in two of three. Under SGD
# it is behind in training too. Lesson 08 does not explain that: near the minimum and at large $\gamma$, BCE
# is the *faster* of the two.
#
# Why has no run fitted? Too few epochs, or the augmentation? A **control** changes one thing: seed 0 again,
# without augmentation.

# %%
augmented = [e["config"] for e in entries if e["seed"] == 0 and e["config"].get("augmentation")]
control = [training.TrainConfig.from_dict({**config, "augmentation": []}) for config in augmented]
rows = [
    (end.config.optimizer, end.config.loss, *end.metrics[accuracies].iloc[-1])
    for end in training.sweep(control, progress=False)
]
pd.DataFrame(rows, columns=["optimizer", "loss", *accuracies])

# %% [markdown]
# Without augmentation the same 240 steps are enough, or nearly: it is the augmentation that keeps these
# networks from fitting. Length matters as well. With augmentation, ten times the epochs narrow SGD's gap to
# about one point, and still fit no run. So whatever the verdict says, it does not speak about networks that
# have collapsed, which is what the papers are about. An honest report says this first.
#
# The *ledger* of this course, the folder `results/` of recorded runs, has the same table at the larger
# profile:

# %%
recorded = experiment.recorded() if experiment.state("laptop") == "recorded" else None
if recorded:
    display(experiments.side_by_side(recorded.compare()))
    print(recorded.verdict)
    print(f"{recorded.provenance()['about']}; {recorded.origin}.")
    display(pairs(recorded.records).round(2) if paired else "no pairs of CE and BCE")
else:
    print(f"nothing recorded yet: nccourse reproduce {table} --profile laptop --seeds 3")
count = fitted if exercises.evaluate("16.4", fitted) else lambda records: "(exercise 16.4 is open)"
for words, one in (("this run", result), ("recorded", recorded)):
    if one and "train_accuracy" in one.records:
        low, high = one.records.train_accuracy.agg(["min", "max"])
        print(f"{words}: fitted {count(one.records)} of {len(one.records)}, training {low:.3f} to {high:.3f}")

# %% [markdown]
# ### {{exercise 16.5}}
# Which of these reports do the two tables support?
#
# - `"a"`: "BCE generalises worse than CE at γ = 32."
# - `"b"`: "Paper A's claim is confirmed."
# - `"c"`: "At one setting the claim failed, at another it held. They differ in width, data and length. In
#   neither has any run fitted its training set, and nothing was tried on the paper's networks."
# - `"d"`: "The claim holds where training was long enough to fit the training set, and fails elsewhere."

# %% tags=["exercise"]
# begin solution
report = "c"
# stub
# report = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("16.5", report)

# %% [markdown]
# ## A loss of your own
#
# The multi-class hinge loss of Crammer and Singer is older than all five papers, and none of them studies it.
# We take its square, which has no kink where it reaches zero. With logits $z$ and the right class $y$,
#
# $$ \mathcal{L}(z, y) = \max\Bigl( 0,\; 1 + \max_{j \ne y} z_j - z_y \Bigr)^2 . $$
#
# It is zero as soon as the right class leads by 1. There is no reward for leading by more, so there is no
# pull towards infinity as CE has. Does it collapse?
#
# ### {{exercise 16.6}}
# Write `my_loss(logits, labels)` for logits (N, K) and labels (N,): the *mean over samples* of
# $\mathcal{L}(z, y)$. It must be differentiable by torch, and finite for logits up to a million.


# %% tags=["exercise"]
def my_loss(logits, labels):
    """Return the mean over samples of max(0, 1 + max_{j != y} z_j - z_y)^2."""
    # begin solution
    own = logits.gather(1, labels[:, None])[:, 0]
    is_own = torch.nn.functional.one_hot(labels, logits.shape[1]).bool()
    rival = logits.masked_fill(is_own, -torch.inf).max(dim=1).values
    return torch.relu(1 + rival - own).square().mean()
    # stub
    # return ...
    # end solution


exercises.check("16.6", my_loss)

# %% [markdown]
# Later cells use the course's own version, so that they run whatever you wrote. Set `own_loss` to `my_loss`
# once it is right, or to any other loss you are curious about.


# %%
def hinge(logits, labels):
    """Return the mean squared hinge of the best rival."""
    rivals = logits.scatter(1, labels[:, None], -torch.inf).max(dim=1).values
    return torch.relu(1 + rivals - logits.gather(1, labels[:, None])[:, 0]).square().mean()


own_loss, own_name = hinge, "squared hinge"
print("a lead of 1 costs nothing:", float(hinge(torch.tensor([[1.0, 0.0, -2.0]]), torch.tensor([0]))))

# %% [markdown]
# ### Your prediction for it
#
# Before the runs, say what counts. In a model: *collapsed* if NC1, NC2 and NC3 all end below `5e-3`. In a
# network, beside CE: *moved towards collapse* if NC1 falls at least tenfold and NC2 and NC3 fall. Write down
# which of the two you expect.
#
# ### In the model
#
# First without a network: features and weights are free (lesson 03), with decay on both. A plain descent by
# autograd takes two seconds; the certified solver of the course knows only the papers' losses. Where another
# loss ends in `nan`, here or in the network, lower `model_rate` or `network_rate`.

# %%
K, n, d, decay = 5, 4, 8, 5e-3
generator = torch.Generator().manual_seed(0)
W, H = (0.1 * torch.randn(rows, d, generator=generator, dtype=torch.float64) for rows in (K, K * n))
labels = torch.arange(K).repeat_interleave(n)
optimizer = torch.optim.SGD([W.requires_grad_(), H.requires_grad_()], lr=model_rate, momentum=0.9)
for _ in range(2000):
    optimizer.zero_grad()
    objective = own_loss(H @ W.T, labels) + decay / 2 * (W.square().sum() + H.square().sum())
    objective.backward()
    optimizer.step()
free = metrics.neural_collapse(H.detach(), labels, W.detach())
print(f"NC1 {free.nc1:.1e}, NC2 {free.nc2:.1e}, NC3 {free.nc3:.1e}, objective {objective.item():.6f}")
figure = plots.cosines(W.detach(), title=f"Weights under the {own_name}")
plots.show(figure, alt="Cosines of five weights: one on the diagonal, minus a quarter elsewhere.")

# %% [markdown]
# The features of a class have met, and the weights are a simplex ETF, to within what a fixed step leaves at
# the kink of the inner maximum.
#
# ### Why: the squared hinge
#
# For another loss the task is the same: find *its* $\phi$ and $t^*$. Paper C's argument (lesson 04) takes
# four steps, with the contrast $t = \sum_{j \ne y} (z_j - z_y)$.
#
# 1. Equal rivals are best. At a given $t$ the largest $z_j - z_y$ is at least their mean $t/(K-1)$, and equal
#    to it only where all rivals agree.
# 2. So $\mathcal{L} \ge \phi(t) = \max(0,\, 1 + t/(K-1))^2$.
# 3. $\phi$ is convex, and strictly so for $t > -(K-1)$. There, a line that touches it lies below it, and
#    touches it at one point only.
# 4. By (1) of lesson 04 a unit of contrast costs $c = \sqrt{n \lambda_W \lambda_H}$. So $\phi'(t^*) = c$.
#
# For $t < -(K-1)$ loss and $\phi$ are zero at unequal rivals too. So the contrastive property fails:
# Definition 1 asks for equality at equal rivals *only*, at every $t$. The argument needs that at $t^*$ alone.
# There the slope $c$ is positive, so $t^* > -(K-1)$, and the square is not cut off:

# %% tags=["derivation"]
t, c, number = sp.symbols("t c K", real=True)
phi = (1 + t / (number - 1)) ** 2
(best,) = sp.solve(sp.Eq(sp.diff(phi, t), c), t)
gap = -best / (number - 1)
print("lead at the minimum is 1 - c (K - 1) / 2:", assert_identity(gap, 1 - c * (number - 1) / 2))

# %% [markdown]
# The lead is the whole margin less what decay takes away, as long as $c\,(K-1) < 2$. Beyond, $t^* = 0$ and
# everything collapses to zero, as in lesson 04. Did the descent find this lead?

# %% tags=["nbval-check-output"]
scores = (H @ W.T).detach()
rivals = scores.scatter(1, labels[:, None], -torch.inf).max(dim=1).values
lead = float((scores.gather(1, labels[:, None])[:, 0] - rivals).mean())
price = (n * decay * decay) ** 0.5
predicted = 1 - price * (K - 1) / 2  # of the squared hinge; for another loss, put yours
print("lead as predicted to three digits:", abs(lead - predicted) < 1e-3)
print("collapsed:", max(free.nc1, free.nc2, free.nc3) < 5e-3)

# %% [markdown]
# That is a prediction made by a theorem's argument for a loss its authors did not treat, and a run that might
# well have contradicted it. A minimum exists, because the objective is continuous and decay makes it large
# far out. Try `decay = 0.1`: both checks fail, because the fixed step is too coarse at the kink. With a
# `model_rate` of `0.02` they hold. With `decay = 0.3`, $c\,(K-1) > 2$, and nothing is left.
#
# ### In a network
#
# Now on images, with the same public pieces a script of yours would use, and once more with CE, so that there
# is something to compare with. Ten seconds at most.

# %%
images = data.load("digits")
batches = data.DeviceBatches(images, 128, seed=0)


def measured(network):
    """Return NC1 to NC4 of the training set."""
    with torch.no_grad():
        features = torch.cat([network.features(x) for x, _ in batches.in_order(1024)])
    W, b = network.head.W.detach(), network.head.b.detach()
    return metrics.neural_collapse(features, images.labels, W, b=b)


# %%
def train(loss):
    """Return what is measured after every fifth epoch, from epoch 0 on."""
    torch.manual_seed(0)
    network = models.build("mlp", 10, in_channels=1, image_size=8, widths=(own_width, own_width))
    optimizer = torch.optim.SGD(network.parameters(), lr=network_rate, momentum=0.9, weight_decay=5e-3)
    rows = [measured(network)]
    for epoch in range(1, own_epochs + 1):
        for x, y in batches.shuffled(epoch):
            optimizer.zero_grad()
            loss(network(x), y).backward()
            optimizer.step()
        if epoch % 5 == 0:
            rows.append(measured(network))
    return rows


# %%
runs = {own_name: train(own_loss), "CE": train(torch.nn.functional.cross_entropy)}
figure, panels = plots.new_figure(columns=2, width=8)
panels[1].sharey(panels[0])
for ax, (name, rows) in zip(panels, runs.items(), strict=True):
    for measure, colour in (("NC1", "blue"), ("NC2", "vermillion"), ("NC3", "green")):
        values = [getattr(row, measure.lower()) for row in rows]
        ax.plot(range(0, own_epochs + 1, 5), values, "o-", color=plots.COLOURS[colour], label=measure)
    ax.set(title=name, xlabel="epoch", ylabel="metric (no unit)", yscale="log")
panels[0].legend(fontsize=9)
seen = "NC1, NC2 and NC3 of two networks fall over the epochs, under CE further than under the other loss."
plots.show(figure, alt=seen)
ends = {(name, at): runs[name][row] for name in runs for at, row in (("start", 0), ("end", -1))}
measures = ("NC1", "NC2", "NC3", "NC4")
pd.DataFrame({at: [getattr(row, m.lower()) for m in measures] for at, row in ends.items()}, measures).round(4)

# %% tags=["nbval-check-output"]
first, last = runs[own_name][0], runs[own_name][-1]
print("NC1 fell at least tenfold:", last.nc1 < first.nc1 / 10)
print("NC2 and NC3 fell:", last.nc2 < first.nc2 and last.nc3 < first.nc3)

# %% [markdown]
# ## Exercises
#
# ### {{exercise 16.7}}
# What may you claim after the last two figures, and nothing more?
#
# - `"a"`: the squared hinge causes neural collapse in networks
# - `"b"`: one small model collapsed under the squared hinge, and one small network moved towards collapse,
#   under CE further
# - `"c"`: all losses are created equal

# %% tags=["exercise"]
# begin solution
may_claim = "b"
# stub
# may_claim = ...  # "a", "b" or "c"
# end solution
exercises.check("16.7", may_claim)

# %% [markdown]
# To go on without a checker: change `table` and `profile` above and run the notebook again. Or set `own_loss`
# to a loss for which you expect *no* collapse, say why, and see.
#
# ## Recap
#
# - A claim is a sentence with a number in it, written before the run; its judge is a function of the records.
# - Pairs of runs are compared within the pair; three seeds alone prove nothing.
# - A verdict belongs to a setting. Networks that have not fitted their training set answer another question
#   than one about collapse; a control says what keeps them from it.
# - Every recorded run says how it came about; a report needs nothing else.
# - The squared hinge lacks the contrastive property far out, but not at $t^*$, where paper C's argument needs
#   it. Its lead at the minimum is what that argument predicts, while $c\,(K-1) < 2$.
#
# ## References
#
# - Paper A: *Classification vs. Deep Feature Learning in Normalized Spaces with Different Scaling*, Table 9.
# - Paper C: Zhou, You, Li, Liu, Liu, Qu, Zhu: *Are All Losses Created Equal: A Neural Collapse Perspective*.
# - K. Crammer, Y. Singer: *On the algorithmic implementation of multiclass kernel-based vector machines*,
#   JMLR 2001.
