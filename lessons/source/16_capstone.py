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
#       ci: {time: 20 s, memory: 1 GB}
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
epochs = 60
width = 64

# %%
import tempfile

import pandas as pd
import sympy as sp
import torch
from IPython.display import display

from nccourse import data, exercises, experiments, metrics, models, plots

# %% [markdown]
# ## Choose a table
#
# All 57 tables and figures are experiments with a name, and each comes with a claim: one sentence a run can
# contradict. The parameter `table` chooses; the text below is about the default, Table 9 of paper A.

# %%
experiment = experiments.get(table)
print("What:  ", experiment.title)
print("Claim: ", experiment.claim)
print("Run at:", ", ".join(experiment.profiles))

# %% [markdown]
# Paper A says of this table that BCE's test accuracy is "comparable to or even surpassing" that of CE. Can a
# run contradict that? Only once *comparable* has a number. The claim above says one point. One may quarrel with
# the number, but not after seeing the results.
#
# ## Your prediction
#
# ### {{exercise 16.1}}
# Two networks are trained for `20` epochs on 1,438 digits, with CE and with BCE at the large scale $\gamma = 32$,
# once with SGD and once with AdamW, for three seeds. From lesson 08 you know how the speed of training depends
# on $\gamma$. What will the verdict be about?
#
# - `"a"`: which loss generalises better, as in the paper
# - `"b"`: which loss is further on after a training that is too short
# - `"c"`: nothing: at this scale both are at 100 percent

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
# A mean hides how much the seeds differ. Runs with the same seed share the order of the samples and, as far as
# the losses allow, the first weights: they are *pairs*, and the differences within pairs are what counts
# (lesson 15).
#
# ### {{exercise 16.3}}
# Suppose that the two losses are equally good, so that in each pair either may be ahead with probability one
# half, independently. What is the probability that BCE is behind in *all* of `m` pairs? An expression in `m`.

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
# Every finished cell is written to a folder at once, with its setting, seed, data checksum, versions and
# commit, and is never run again. About five seconds on an idle machine.

# %%
folder = tempfile.mkdtemp()
result = experiment.run(profile, seed=range(seeds), results=folder)
print(len(result.records), "runs;", result.provenance()["about"])

# %%
again = experiment.run(profile, seed=range(seeds), results=folder)
print("read, not run again:", again.records.equals(result.records))

# %% [markdown]
# Now, and not before, look:

# %%
display(experiments.side_by_side(result.compare()))
print(result.verdict)

# %% [markdown]
# ### {{exercise 16.4}}
# A verdict about networks at the end of training needs networks that have come there. Write `fitted(records)`:
# in how many runs are all training samples classified correctly? The column is `train_accuracy`, a fraction.


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
axes = [name for name in ("model", "data", "optimizer", "loss", "seed") if name in result.records]
display(result.records[[*axes, "train_accuracy", "test_accuracy"]])

# %% [markdown]
# No run has fitted its training set. So whatever the verdict says, it does not speak about networks that have
# collapsed, which is what the papers are about: your prediction 16.1 can be judged. An honest report says
# this first.
#
# The ledger of this course has the same table at the larger profile, with longer training:

# %%
recorded = experiment.recorded() if experiment.state("laptop") == "recorded" else None
if recorded:
    display(experiments.side_by_side(recorded.compare()))
    print(recorded.verdict)
    print(f"{recorded.provenance()['about']}; {recorded.origin}.")
else:
    print(f"nothing recorded yet: nccourse reproduce {table} --profile laptop --seeds 3")

# %% [markdown]
# ### {{exercise 16.5}}
# Which of these reports do the two tables support?
#
# - `"a"`: "BCE generalises worse than CE at γ = 32."
# - `"b"`: "Paper A's claim is confirmed."
# - `"c"`: "On small MLPs and digits the claim holds where training was long enough, and fails where it was
#   not; nothing was tried on the paper's networks and data."

# %% tags=["exercise"]
# begin solution
report = "c"
# stub
# report = ...  # "a", "b" or "c"
# end solution
exercises.check("16.5", report)

# %% [markdown]
# ## A loss of your own
#
# The multi-class hinge loss of Crammer and Singer is older than all five papers, and none of them studies it.
# With logits $z$ and the right class $y$,
#
# $$ \mathcal{L}(z, y) = \max\Bigl( 0,\; 1 + \max_{j \ne y} z_j - z_y \Bigr) . $$
#
# It is zero as soon as the right class leads by 1. There is no reward for leading by more, so there is no
# pull towards infinity as CE has. Does it collapse?
#
# ### {{exercise 16.6}}
# Write `my_loss(logits, labels)` for logits (N, K) and labels (N,): the *mean over samples of the squared
# hinge*, $\mathcal{L}(z, y)^2$. It must be differentiable by torch and finite for any finite logits. The checker
# tries its values and its gradient.


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
# Later cells use the course's own version, so that they run whatever you wrote. Put `my_loss` in its place
# once it is right, or any other loss you are curious about.


# %%
def hinge(logits, labels):
    """Return the mean squared hinge of the best rival."""
    rivals = logits.scatter(1, labels[:, None], -torch.inf).max(dim=1).values
    return torch.relu(1 + rivals - logits.gather(1, labels[:, None])[:, 0]).square().mean()


print("a lead of 1 costs nothing:", float(hinge(torch.tensor([[1.0, 0.0, -2.0]]), torch.tensor([0]))))

# %% [markdown]
# ### In the model
#
# First without a network: features and weights are free (lesson 03), with decay on both. A plain descent by
# autograd takes a second; the certified solver of the course knows only the papers' losses.

# %%
K, n, d, decay = 5, 4, 8, 5e-3
generator = torch.Generator().manual_seed(0)
W = torch.randn(K, d, generator=generator, dtype=torch.float64).requires_grad_()
H = torch.randn(K * n, d, generator=generator, dtype=torch.float64).requires_grad_()
labels = torch.arange(K).repeat_interleave(n)
optimizer = torch.optim.SGD([W, H], lr=0.2, momentum=0.9)
for _ in range(2000):
    optimizer.zero_grad()
    objective = hinge(H @ W.T, labels) + decay / 2 * (W.square().sum() + H.square().sum())
    objective.backward()
    optimizer.step()

# %%
free = metrics.neural_collapse(H.detach(), labels, W.detach())
print(f"NC1 {free.nc1:.1e}, NC2 {free.nc2:.1e}, NC3 {free.nc3:.1e}, objective {objective.item():.6f}")
figure = plots.cosines(W.detach(), title="Weights under the squared hinge")
plots.show(figure, alt="Cosines of five weights: one on the diagonal, minus a quarter elsewhere.")

# %% [markdown]
# The features of a class have met, and the weights are a simplex ETF, to within what a fixed step leaves at the
# kink of the maximum. No theorem of the five papers was used. Is there one that applies? Paper C's Theorem 1 asks that the loss, minimised at a given contrast $t = \sum_{j
# \ne y} (z_j - z_y)$, be least at *equal* rivals (the contrastive property, lesson 04). For the hinge that is
# quickly seen: at a given sum the largest rival is lowest when all are equal. So $\phi(t) = \max(0, 1 +
# t/(K-1))^2$, and the line under $\phi$ has slope $c = \sqrt{n \lambda_W \lambda_H}$ at its optimum:

# %% tags=["derivation"]
t, c, number = sp.symbols("t c K", real=True)
phi = (1 + t / (number - 1)) ** 2
(best,) = sp.solve(sp.Eq(sp.diff(phi, t), c), t)
gap = sp.simplify(-best / (number - 1))
print("lead at the minimum:", sp.factor(gap))

# %% [markdown]
# The lead is $1 - c\,(K-1)/2$: the whole margin less what decay takes away. Here $c$ needs the right constant:
# as in lesson 04, the price of contrast for a mean over samples is $\sqrt{n\lambda_W\lambda_H}$ with $t$ the sum
# over rivals. The descent says whether that is so:

# %% tags=["nbval-check-output"]
scores = (H @ W.T).detach()
rivals = scores.scatter(1, labels[:, None], -torch.inf).max(dim=1).values
lead = float((scores.gather(1, labels[:, None])[:, 0] - rivals).mean())
price = (n * decay * decay) ** 0.5
print("lead as predicted to three digits:", abs(lead - (1 - price * (K - 1) / 2)) < 1e-3)
print("collapsed:", max(free.nc1, free.nc2, free.nc3) < 5e-3)

# %% [markdown]
# That is a prediction made by a theorem's argument for a loss its authors did not treat, and a run that might
# well have contradicted it. It is one setting, not a proof: Theorem 1's other conditions, and the existence of a
# minimum, would have to be checked for this loss.
#
# ### In a network
#
# Now on images, with the same public pieces a script of yours would use. Ten seconds at most.

# %%
images = data.load("digits")
torch.manual_seed(0)
network = models.build("mlp", 10, in_channels=1, image_size=8, widths=(width, width))
optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-3)
batches = data.DeviceBatches(images, 128, seed=0)


def measured():
    """Return NC1 to NC4 of the training set."""
    with torch.no_grad():
        features = torch.cat([network.features(x) for x, _ in batches.in_order(1024)])
    W, b = network.head.W.detach(), network.head.b.detach()
    return metrics.neural_collapse(features, images.labels, W, b=b)


# %%
rows = []
for epoch in range(epochs + 1):
    if epoch % 5 == 0:
        rows.append((epoch, measured()))
    for x, y in batches.shuffled(epoch):
        optimizer.zero_grad()
        hinge(network(x), y).backward()
        optimizer.step()

# %%
at = [epoch for epoch, _ in rows]
figure = plots.curves(
    at,
    {name: [getattr(row, name.lower()) for _, row in rows] for name in ("NC1", "NC2", "NC3")},
    xlabel="epoch",
    ylabel="metric (no unit)",
    yscale="log",
)
plots.show(
    figure, alt="NC1, NC2 and NC3 of a network trained with the squared hinge, falling over the epochs."
)

# %% tags=["nbval-check-output"]
first, last = rows[0][1], rows[-1][1]
print("NC1 fell at least tenfold:", last.nc1 < first.nc1 / 10)
print("NC2 and NC3 fell:", last.nc2 < first.nc2 and last.nc3 < first.nc3)

# %% [markdown]
# ## Exercises
#
# ### {{exercise 16.7}}
# What may you claim after the last two figures, and nothing more?
#
# - `"a"`: the squared hinge causes neural collapse
# - `"b"`: in one small model and one small network the squared hinge moved all three metrics towards collapse
# - `"c"`: all losses are created equal

# %% tags=["exercise"]
# begin solution
may_claim = "b"
# stub
# may_claim = ...  # "a", "b" or "c"
# end solution
exercises.check("16.7", may_claim)

# %% [markdown]
# To go on without a checker: change `table` and `profile` above and run the notebook again. Or replace `hinge` by
# a loss for which you expect *no* collapse, say why, and see.
#
# ## Recap
#
# - A claim is a sentence with a number in it, written before the run; its judge is a function of the records.
# - Pairs of runs are compared within the pair; three seeds alone prove nothing.
# - A verdict belongs to a scale. Too short a training answers another question than the one you asked.
# - Every recorded cell says how it came about; a report needs nothing else.
# - The squared hinge has the contrastive property, and its lead at the minimum is what paper C's argument
#   predicts.
#
# ## References
#
# - Paper A: *Classification vs. Deep Feature Learning in Normalized Spaces with Different Scaling*, Table 9.
# - Paper C: Zhou, You, Li, Liu, Liu, Qu, Zhu: *Are All Losses Created Equal: A Neural Collapse Perspective*.
# - K. Crammer, Y. Singer: *On the algorithmic implementation of multiclass kernel-based vector machines*, JMLR
#   2001.
