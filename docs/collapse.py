"""Draw docs/collapse.png, the README's picture: three classes of digits before, during and after collapse."""

from pathlib import Path

import torch

from nccourse import data, plots, training

CLASSES = ("3", "8", "9")
SHOWN = (0, 2, 200)


def three_digits() -> data.ImageData:
    """Return the training images of three digits that are easily taken for each other."""
    digits = data.load("digits")
    chosen = torch.cat([torch.nonzero(digits.labels == int(name)).flatten() for name in CLASSES])
    labels = torch.bucketize(digits.labels[chosen], torch.tensor([int(name) for name in CLASSES]))
    return data.ImageData(digits.images[chosen], labels, CLASSES)


def main() -> None:
    """Train, draw, save."""
    config = training.TrainConfig(epochs=200, snapshots=60, model_options={"widths": (64, 16)}, record=1)
    result = training.train(config, train_set=three_digits(), progress=False)
    last = result.snapshots[-1]
    axes = torch.from_numpy(plots.principal_axes(last.class_means)).float()[:, :2]
    figure, panels = plots.new_figure(1, 4, width=11.0, height=2.9)
    for epoch, ax in zip(SHOWN, panels, strict=False):
        shot = next(s for s in result.snapshots if s.epoch == epoch)
        centre = shot.class_means.mean(dim=0)
        means, dots = (shot.class_means - centre) @ axes, (shot.features - centre) @ axes
        reach = dots.abs().max() * 1.08
        for k, name in enumerate(CLASSES):
            look = {"color": plots.class_colour(k), "marker": plots.class_marker(k), "linestyle": "none"}
            ax.plot(*dots[shot.labels == k].T, markersize=4, alpha=0.45, label=f"digit {name}", **look)
            ax.plot([0, means[k, 0]], [0, means[k, 1]], color="black", linewidth=1.2)
        ax.set(
            title=f"epoch {epoch}",
            xticks=[],
            yticks=[],
            xlim=(-reach, reach),
            ylim=(-reach, reach),
            aspect="equal",
        )
    panels[2].legend(loc="upper left", fontsize=8)
    log = result.metrics
    for name, marker in (("nc1", "-"), ("nc2", "--"), ("nc3", ":")):
        panels[3].plot(log.epoch, log[name], marker, label=name.upper(), linewidth=1.8)
    panels[3].set(title="0 at collapse", xlabel="epoch", yscale="log")
    panels[3].legend(fontsize=8)
    Path(__file__).with_suffix(".png").write_bytes(plots.png(figure, dpi=110))


if __name__ == "__main__":
    main()
