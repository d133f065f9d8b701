# ---
# jupyter:
#   nccourse:
#     title: Start here
#     objectives:
#       - say in one sentence what neural collapse is, having seen it happen
#       - run a lesson, answer an exercise, ask for a hint, look at a solution
#       - choose how much of your machine a lesson may use
#       - find your way through the course, and see how far you have come
#     prerequisites: ["nothing but curiosity"]
#     minutes: 10
#     profiles:
#       ci: {time: 20 s, memory: 1 GB}
#       laptop: {time: 8 s, memory: 1 GB}
#       gpu: {time: 8 s, memory: 1 GB}
#     papers: [A, B, C, D, E]
#     theorems: ["none: pictures first"]
# ---

# %% [markdown]
# ## Question
#
# Train a network to tell a few kinds of images apart. Long after it makes no more mistakes on its training
# set, keep training. Somewhere inside, something very orderly happens, and nobody asked for it. What?
#
# Run the cells from the top with Shift+Enter and watch.

# %% tags=["parameters"]
num_classes = 3
samples_per_class = 12
scale = 4.0
seed = 4

# %%
from nccourse import exercises, plots, ufm, widgets

# %% [markdown]
# ## A film
#
# Each dot is what a network has made of one image just before its last layer: a *feature*. Colours are
# classes. The thick arrows with filled ends are the means of the classes, those with open ends the weight
# vectors of the last layer, and the black dashes mark the shape they are heading for. To keep the first film
# simple there is no network in it, only features that follow the gradient of the loss; lesson 01 has the real
# thing, lesson 03 explains why this is enough.

# %%
shown = [*range(7), 8, 10, 12, *range(16, 49, 8), 60, 100, 160]
problem = ufm.NormalizedUFM(num_classes, samples_per_class, 8, scale, loss="ce")
follow = {"method": "gradient_descent", "step_size": 0.5, "momentum": 0.9}
run = ufm.solve(problem, seed=seed, record=shown, max_steps=shown[-1], **follow)
means = [H.reshape(num_classes, samples_per_class, 8).mean(1) for H in run.history["H"]]

# %%
axes = plots.principal_axes(means[-1])
frames = (
    plots.class_vectors(mean, W, features=H, labels=run.labels, axes=axes)
    for mean, W, H in zip(means, run.history["W"], run.history["H"], strict=True)
)
film = "Dots of three colours, scattered at first, run together into three points "
film += "at equal angles; the weight vector of each class ends on its point."
plots.animation(frames, captions=[f"step {step}" for step in shown], alt=film)

# %% [markdown]
# Press play, or step through it with the arrow keys. Two things happened:
#
# 1. **The dots of a class ran together into one point.** The network forgets everything about an image but
#   its class.
# 2. **The points moved as far apart as they can**, all at the same angle, and the weights of the last layer
#   lie on them.
#
# That is **neural collapse**. The shape has a name, *simplex equiangular tight frame*: two opposite points,
# a star with three arms, a tetrahedron, and so on. Papyan, Han and Donoho found it in 2020 in networks of
# every kind. This course is about why it happens, when it does not, and what it is good for, by way of five
# papers that it derives, checks and reproduces.
#
# ## Your prediction
#
# ### {{exercise 00.1}}
# Guess before you know: *four* classes in space, as far apart as possible. What is the angle between two of
# their arrows, in degrees? Within ten degrees is close enough. Replace the dots, then run the cell.

# %% tags=["exercise"]
# begin solution
angle = 109.47
# stub
# angle = ...  # degrees
# end solution
exercises.check("00.1", angle)

# %% [markdown]
# ## How a lesson works
#
# **Exercises check themselves.** `exercises.check` says whether an answer is right, and if not, what is
# wrong with it; it does not give the answer away. If you are stuck, ask for a hint. There are three, each a
# step further. The solution is there too, folded, when you want it. No later cell needs your answer, so you
# can go on and come back.

# %%
exercises.hint("00.1")

# %%
exercises.solution("00.1")

# %% [markdown]
# **Mathematics is checked by the machine.** Every step of a derivation is an identity that sympy proves in
# exact arithmetic before your eyes; what is not checked is said to be not checked. When a paper is wrong,
# the lesson shows the counterexample.
#
# **Widgets answer at once.** This one turns the film's final shape for any number of classes $K$. Move $K$,
# then raise the disturbance $\sigma$ and watch the largest cosine, that of the closest pair.

# %%
widgets.etf_viewer(4)

# %% [markdown]
# **Lessons fit your machine.** The cell of *parameters* near the top of each lesson starts at the fast
# profile, `ci` in the opening table: real images of handwritten digits, a few seconds on any laptop. Raise
# the numbers there to use more of your machine, or let `nccourse run 01 --profile laptop` do it in a terminal.
#
# **Is all well on this machine?** The next cell asks `nccourse doctor --brief`, which names every problem
# and what to do about it.

# %%
from nccourse.cli import main

status = main(["doctor", "--brief"])

# %% [markdown]
# ## The map
#
# An arrow leads from a lesson to one that builds on it. After lesson 03 the ways part: choose by what you want
# to know. What you solve is remembered in one small file on this machine, and nothing of it leaves it; run this
# cell again to see how far you have come, or ask `nccourse progress` in a terminal.

# %%
from nccourse import lessonbuild

stops = lessonbuild.stops()
plots.show(plots.course_map(stops), alt=plots.course_map_text(stops))

# %% [markdown]
# The same as a list with links, and what you will be able to do after each lesson. Should a word be strange,
# look it up in the [glossary](../GLOSSARY.md); what a symbol means stands in the
# [notation](../NOTATION.md). Every lesson's first cell links to both.

# %%
from IPython.display import Markdown

Markdown(lessonbuild.contents())

# %% [markdown]
# ## Exercises
#
# Three more, to see how a function, a formula and a reading are checked.
#
# ### {{exercise 00.2}}
# Write a function that returns the cosine of an angle given in degrees. The checker tries several angles.

# %% tags=["exercise"]
import math


def cosine(degrees):
    """Return the cosine of an angle in degrees."""
    # begin solution
    return math.cos(math.radians(degrees))
    # stub
    # return ...
    # end solution


exercises.check("00.2", cosine)

# %% [markdown]
# A formula is checked as mathematics: `K*(K + 1)` and `K + K**2` are the same answer. Letters that stand for
# quantities are imported from `nccourse.symbolic`.
#
# ### {{exercise 00.3}}
# Between two arrows there is one angle. How many angles are there between $K$ arrows? An expression in `K`.

# %% tags=["exercise"]
from nccourse.symbolic import K

# begin solution
number_of_angles = K * (K - 1) / 2
# stub
# number_of_angles = ...  # an expression in K
# end solution
exercises.check("00.3", number_of_angles)

# %% [markdown]
# ### {{exercise 00.4}}
# Go back to the widget, set $\sigma$ to zero and move $K$ through its range, reading the angle in the text
# below the picture. What happens to it as classes are added?
#
# - `"a"`: it stays the tetrahedron's
# - `"b"`: it shrinks towards zero, since the arrows must crowd together
# - `"c"`: it shrinks towards a right angle
# - `"d"`: it shrinks below a right angle once there are many

# %% tags=["exercise"]
# begin solution
many_arrows = "c"
# stub
# many_arrows = ...  # "a", "b", "c" or "d"
# end solution
exercises.check("00.4", many_arrows)

# %% [markdown]
# ## Recap
#
# - Neural collapse: features of a class meet in one point, and the points form a simplex equiangular tight
#   frame, on which the last layer's weights lie too.
# - `exercises.check`, `exercises.hint`, `exercises.solution` take the number of an exercise.
# - Next: [01 The phenomenon](01_the_phenomenon.ipynb), where a network does it on real images.
#
# ## References
#
# - V. Papyan, X. Y. Han, D. L. Donoho: *Prevalence of neural collapse during the terminal phase of deep
#   learning training*, PNAS 2020.
# - The five papers A to E, and all other works that the lessons cite: [Bibliography](../BIBLIOGRAPHY.md).
