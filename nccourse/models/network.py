"""A network is a backbone that makes features and a head that classifies them."""

from __future__ import annotations

from torch import Tensor, nn

from nccourse.errors import InputValueError
from nccourse.models.heads import Head


class Backbone(nn.Module):
    """Map (N, C, H, W) images to (N, d) features, d = ``out_features``."""

    out_features: int


class BatchNormalized(Backbone):
    """Normalise the features of a backbone over the batch.

    Args:
        backbone: images to features.
    """

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone
        self.norm = nn.BatchNorm1d(backbone.out_features)
        self.out_features = backbone.out_features

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) normalised features."""
        features: Tensor = self.norm(self.backbone(images))
        return features


class Network(nn.Module):
    """Compose a backbone with a head.

    Whatever the head, logits = features(x) @ head.W.T - head.b: features are given in the space the head
    classifies in (on the sphere for a cosine head). ``backbone(x)`` has them as the last layer made them.

    Args:
        backbone: images to features.
        head: features to logits, of matching dimension.

    Raises:
        InputValueError: the dimensions do not match.
    """

    def __init__(self, backbone: Backbone, head: Head) -> None:
        super().__init__()
        if head.in_features != backbone.out_features:
            expected = f"in_features = {backbone.out_features}, what the backbone gives"
            raise InputValueError("head", expected=expected, got=str(head.in_features))
        self.backbone = backbone
        self.head = head

    def features(self, images: Tensor) -> Tensor:
        """Return the (N, d) features the classifier is applied to."""
        return self.head.embed(self.backbone(images))

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, K) logits."""
        logits: Tensor = self.head(self.backbone(images))
        return logits
