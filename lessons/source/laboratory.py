# ---
# jupyter:
#   nccourse:
#     title: The laboratory
#     objectives:
#       - try every widget of the course, with settings of your own
#       - train a network while you watch, and change the loss under way
#     prerequisites: ["nothing to play; each part names the lesson that explains it"]
#     minutes: 60
#     profiles:
#       ci: {time: 20 s, memory: 1 GB}
#       laptop: {time: 20 s, memory: 1 GB}
#       gpu: {time: 20 s, memory: 1 GB}
#     papers: [A, B, C, D, E]
#     theorems: []
# ---

# %% [markdown]
# A playground: no exercises, no order. Run the cells, then move what you like. Every control works with the
# mouse and from the keyboard: Tab goes to the next one, the arrow keys move it, Page Up and Page Down move it
# further. *Reset* puts everything back. The text below the picture says what the picture shows, in digits.
#
# Dashed lines are theory throughout; marks, bars and solid lines are computed or measured. A combination that has
# no picture says why. Without a running kernel the last picture and its text stay.

# %% tags=["parameters"]
num_classes = 4
samples_per_class = 12
scale = 4.0
epochs = 20
data = "digits"

# %%
from nccourse import ufm, widgets

# %% [markdown]
# ## The shape everything runs to
#
# $K$ vectors as far apart as they can be, see [02](02_simplex_etf.ipynb). **Try first:** raise the disturbance
# $\sigma$ for 3, 4 and 8 vectors; can you find one that brings the largest cosine below the dashed line? Beyond four
# vectors the picture shows three of more dimensions: turn the hidden ones into view with $\varphi$.

# %%
widgets.etf_viewer(num_classes)

# %% [markdown]
# ## A run to look at
#
# Features that follow the gradient of the loss, see [01](01_the_phenomenon.ipynb). **Try first:** press play, then
# turn the last snapshot. Which curve falls first, and which points are the last to arrive?

# %%
shown = [*range(13), *range(16, 49, 4), 60, 80, 100, 120, 160]
problem = ufm.NormalizedUFM(num_classes, samples_per_class, 8, scale, loss="ce")
follow = {"method": "gradient_descent", "step_size": 0.5, "momentum": 0.9}
run = ufm.solve(problem, seed=4, record=shown, max_steps=shown[-1], **follow)
H, W = run.history["H"], run.history["W"]
means = H.reshape(len(H), num_classes, samples_per_class, 8).mean(2)
curves = {"deviation": run.history["deviation"], "objective": run.history["objective"]}
about = {"features": H, "labels": run.labels, "curves": curves, "unit": "step"}
widgets.collapse_player(run.history["step"], means, W, **about)

# %% [markdown]
# ## The scale $\gamma$
#
# A model is solved at each move and shown on the theory of paper A, see [03](03_unconstrained_features.ipynb) and
# [07](07_minima_on_the_sphere.ipynb). **Try first:** with BCE, move $\gamma$ down until the bias no longer lies between
# the scores. Then fix the bias at 0: the dashed lines move; where are they furthest from the ETF's $\gamma$ and $-\gamma/(K-1)$?

# %%
widgets.gamma_explorer()

# %% [markdown]
# ## A network of your own
#
# A real network on real images, trained in the background: the kernel stays free, other widgets still answer. See
# [01](01_the_phenomenon.ipynb). **Try first:** *Start*, wait until the bars stand on their lines, then halve $\gamma$ or
# change the loss. What has to be learnt anew: the class means, or only how far the scores lie apart? *Pause* and
# *One epoch* slow it down; *Stop* ends the run. The table of the run is `lab.metrics`, the network `lab.model`.

# %%
lab = widgets.network_lab(data, num_classes, scale=scale, epochs=epochs)
lab

# %% [markdown]
# Ask while it trains: the table grows.

# %%
columns = ["epoch", "trained_with", "scale", "train_accuracy", "nc1", "nc2", "nc3", "nc4"]
lab.metrics[columns].tail(4)

# %% [markdown]
# ## How fast
#
# Both losses from one start, at two scales, see [08](08_how_fast.ipynb). **Try first:** put $\gamma_1$ at the far left
# and move it slowly right. Where is the race shortest? Where do the two losses part, and which one fails?

# %%
widgets.convergence_lab()

# %% [markdown]
# ## The bias
#
# Where the bias starts and how strongly it decays, in the model with decay, paper B. **Try first:** raise the decay
# $\lambda_b$ from zero. The bias gives way first; at which decay do the scores start to move as well?

# %%
widgets.bias_lab()

# %% [markdown]
# ## Losses
#
# What a loss pays for contrast and what contrast costs, see [04](04_all_losses_collapse.ipynb). **Try first:** the
# focal loss with $K = 100$: move the price $Kc$ slowly up from 1. Does $t^*$ glide to zero, or jump?

# %%
widgets.loss_lab()

# %% [markdown]
# ## The landscape
#
# Critical points and their curvature, see [05](05_the_landscape.ipynb). **Try first:** start at zero, look along the
# first eigenvalue, then give life to two classes, to all but one, to all. When does the last way down vanish?

# %%
widgets.landscape_lab()

# %% [markdown]
# ## Unequal classes
#
# The minimizer for classes of different sizes, see [10](10_imbalance.ipynb). **Try first:** raise the ratio $R$.
# Which classes lose their margin, and what happens to the angles between the weights of the small ones?

# %%
widgets.imbalance_lab()

# %% [markdown]
# And the moment at which a minority collapses, see [11](11_minority_collapse.ipynb). **Try first:** raise $R$ from
# one end to the other and read the last lines: which classes can no longer be told apart?

# %%
widgets.minority_lab()

# %% [markdown]
# ## A fixed classifier
#
# What cross-entropy and dot regression do to one feature, see [12](12_fixed_classifier.ipynb). **Try first:** put the
# feature on a wrong weight, $\theta = 120$ degrees, at $L = 16$, and read where one step of each loss leads.

# %%
widgets.pull_push()
