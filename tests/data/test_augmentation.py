import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.data import AUGMENTATIONS, augment
from nccourse.errors import InputTypeError, InputValueError

sizes = st.tuples(st.integers(4, 12), st.integers(4, 12))
seeds = st.integers(0, 1000)


def batch(size=(8, 8), number=6, channels=2, classes=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(number, channels, *size, generator=generator)
    return images, torch.randint(classes, (number,), generator=generator)


def changed(names, images, labels, seed=0, classes=4):
    torch.manual_seed(seed)
    return augment(names, image_size=tuple(images.shape[2:]), num_classes=classes)(images, labels)


@pytest.mark.parametrize("name", AUGMENTATIONS)
@given(size=sizes, seed=seeds, number=st.integers(1, 7))
@settings(max_examples=10, deadline=None)
def test_shapes_stay_inputs_are_left_alone_and_the_seed_decides(name, size, seed, number):
    images, labels = batch(size, number, seed=seed)
    before = images.clone()
    new_images, targets = changed([name], images, labels, seed)
    assert new_images.shape == images.shape
    assert torch.equal(images, before)
    again = changed([name], images, labels, seed)
    assert torch.equal(new_images, again[0])
    assert torch.equal(targets, again[1])


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "label_smoothing"])
def test_another_seed_gives_another_batch(name):
    images, labels = batch(number=20)
    results = [changed([name], images, labels, seed)[0] for seed in range(4)]
    assert any(not torch.equal(results[0], other) for other in results[1:])


@pytest.mark.parametrize("names", [[], ["crop"], ["flip"], ["rotation"], ["crop", "flip", "rotation"]])
def test_geometry_leaves_the_labels_alone(names):
    images, labels = batch()
    assert not augment(names, image_size=8, num_classes=4).mixes_labels
    assert torch.equal(changed(names, images, labels)[1], labels)


def test_no_names_change_nothing():
    images, labels = batch()
    assert torch.equal(changed([], images, labels)[0], images)


@given(size=sizes, seed=seeds, padding=st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_every_crop_is_a_piece_of_its_padded_image(size, seed, padding):
    images, labels = batch(size, seed=seed)
    crops, _ = changed([("crop", {"padding": padding, "fill": 7.0})], images, labels, seed)
    padded = torch.nn.functional.pad(images, (padding,) * 4, value=7.0)
    pieces = padded.unfold(2, size[0], 1).unfold(3, size[1], 1)
    same = (pieces == crops[:, :, None, None]).all(dim=(1, 4, 5))
    assert same.any(dim=(1, 2)).all()


def test_crops_reach_every_place_equally_often():
    images = torch.arange(9.0).reshape(1, 1, 3, 3).expand(9000, 1, 3, 3)
    crops, _ = changed([("crop", {"padding": 1, "fill": -1.0})], images, torch.zeros(9000).long())
    places = torch.bincount(crops[:, 0, 1, 1].long(), minlength=9)
    # Nine binomial counts of mean 1000 and deviation 30.
    assert places.sub(1000).abs().max() < 150


@pytest.mark.parametrize(("size", "most"), [(32, 4), (28, 4), (8, 1), (64, 8), ((8, 30), 4)])
def test_crops_move_an_eighth_of_the_side_by_default(size, most):
    height, width = (size, size) if isinstance(size, int) else size
    images = torch.ones(400, 1, height, width)
    crops, _ = changed(["crop"], images, torch.zeros(400).long())
    assert int((crops == 0).all(dim=3).sum(dim=2).max()) == most
    assert int((crops == 0).all(dim=2).sum(dim=2).max()) == most


@given(size=sizes, seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_certain_flip_is_an_involution_and_an_impossible_one_nothing(size, seed):
    images, labels = batch(size, seed=seed)
    certain, never = [("flip", {"probability": 1.0})], [("flip", {"probability": 0.0})]
    once = changed(certain, images, labels)[0]
    assert torch.equal(once, images.flip(3))
    assert torch.equal(changed(certain, once, labels)[0], images)
    assert torch.equal(changed(never, images, labels)[0], images)


def test_a_flip_is_drawn_for_each_image():
    images, labels = batch(number=400)
    flipped = changed(["flip"], images, labels)[0]
    chosen = (flipped == images.flip(3)).all(dim=(1, 2, 3))
    assert ((flipped == images).all(dim=(1, 2, 3)) ^ chosen).all()
    assert 150 < int(chosen.sum()) < 250


@given(size=sizes, seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_rotation_by_nothing_is_the_identity(size, seed):
    images, labels = batch(size, seed=seed)
    turned = changed([("rotation", {"degrees": 0.0})], images, labels)[0]
    torch.testing.assert_close(turned, images, atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [(41, 41), (41, 61)])
def test_rotations_are_rigid_and_uniform_up_to_the_largest_angle(size):
    # A spot right of the centre shows by how much its image was turned, and that its distance stayed.
    images = torch.zeros(500, 1, *size)
    rows, columns = torch.meshgrid(torch.arange(size[0]), torch.arange(size[1]), indexing="ij")
    y, x = (rows - size[0] // 2).float(), (columns - size[1] // 2).float()
    images[:] = torch.exp(-((x - 12) ** 2 + y**2) / 8)
    turned = changed([("rotation", {"degrees": 40.0})], images, torch.zeros(500).long())[0][:, 0]
    mass = turned.sum(dim=(1, 2))
    across, down = (turned * x).sum(dim=(1, 2)) / mass, (turned * y).sum(dim=(1, 2)) / mass
    torch.testing.assert_close(torch.hypot(across, down), torch.full((500,), 12.0), atol=0.05, rtol=0)
    angles = torch.rad2deg(torch.atan2(down, across))
    assert float(angles.abs().max()) <= 40.5
    # A uniform law on [-40, 40]: mean 0 and deviation 23.1.
    assert abs(float(angles.mean())) < 4
    assert float(angles.std()) == pytest.approx(23.1, abs=1.5)


@given(size=sizes, seed=seeds, alpha=st.floats(0.1, 5), name=st.sampled_from(["mixup", "cutmix"]))
@settings(max_examples=30, deadline=None)
def test_mixed_targets_are_probabilities_of_the_two_labels(size, seed, alpha, name):
    images, labels = batch(size, seed=seed)
    mixed, targets = changed([(name, {"alpha": alpha})], images, labels, seed)
    assert targets.shape == (len(labels), 4)
    assert bool((targets >= 0).all())
    torch.testing.assert_close(targets.sum(dim=1), torch.ones(len(labels)))
    partner = labels.roll(1)
    own = torch.where(labels == partner, 1.0, targets[torch.arange(len(labels)), labels])
    share = own[labels != partner][:1]
    torch.testing.assert_close(own[labels != partner], share.expand(int((labels != partner).sum())))
    assert torch.isfinite(mixed).all()


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_mixup_is_the_line_between_neighbours_at_the_weight_of_the_label(seed):
    images, labels = batch(number=4, seed=seed)[0], torch.arange(4)
    mixed, targets = changed(["mixup"], images, labels, seed)
    weight = float(targets[0, 0])
    torch.testing.assert_close(mixed, weight * images + (1 - weight) * images.roll(1, 0))


@given(size=sizes, seed=seeds)
@settings(max_examples=20, deadline=None)
def test_cutmix_replaces_the_share_of_pixels_the_label_says(size, seed):
    images, labels = batch(size, number=4, seed=seed)[0], torch.arange(4)
    mixed, targets = changed(["cutmix"], images, labels, seed)
    replaced = mixed != images
    assert torch.equal(mixed[replaced], images.roll(1, 0)[replaced])
    share = replaced[:, 0].float().mean(dim=(1, 2))
    torch.testing.assert_close(share, 1 - targets[torch.arange(4), labels])


def test_the_mean_weight_of_mixup_follows_its_beta_law():
    images, labels = batch(number=4)[0], torch.arange(4)
    mix = augment([("mixup", {"alpha": 0.5})], image_size=8, num_classes=4)
    torch.manual_seed(0)
    weights = torch.stack([mix(images, labels)[1][0, 0] for _ in range(2000)])
    # Beta(0.5, 0.5): mean 1/2, variance 1/8.
    assert float(weights.mean()) == pytest.approx(0.5, abs=0.03)
    assert float(weights.var()) == pytest.approx(0.125, abs=0.01)


def test_both_mixings_share_the_batches_and_their_probability():
    images, labels = batch(number=4)[0], torch.arange(4)
    options = {"probability": 0.8}
    mix = augment([("mixup", options), ("cutmix", options)], image_size=8, num_classes=4)
    torch.manual_seed(0)
    kinds = {"none": 0, "mixup": 0, "cutmix": 0}
    for _ in range(1000):
        mixed, targets = mix(images, labels)
        from_either = ((mixed == images) | (mixed == images.roll(1, 0))).all()
        kinds["none" if torch.equal(mixed, images) else "cutmix" if from_either else "mixup"] += 1
        assert targets.shape == (4, 4)
    assert kinds["mixup"] == pytest.approx(400, abs=60)
    # A rectangle of no pixel changes nothing; that happens to some.
    assert kinds["cutmix"] + kinds["none"] == pytest.approx(600, abs=60)
    assert kinds["cutmix"] == pytest.approx(360, abs=60)


@given(smoothing=st.floats(0, 1), classes=st.integers(2, 6), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_smoothed_labels_give_a_share_to_every_class(smoothing, classes, seed):
    images, labels = batch(classes=classes, seed=seed)
    same, targets = changed(
        [("label_smoothing", {"smoothing": smoothing})], images, labels, seed, classes=classes
    )
    expected = torch.full((len(labels), classes), smoothing / classes)
    expected[torch.arange(len(labels)), labels] += 1 - smoothing
    assert torch.equal(same, images)
    torch.testing.assert_close(targets, expected)


def test_smoothing_comes_after_mixing_wherever_it_is_named():
    images, labels = batch()
    first = changed(["label_smoothing", "mixup"], images, labels)[1]
    last = changed(["mixup", "label_smoothing"], images, labels)[1]
    torch.testing.assert_close(first, last)
    torch.testing.assert_close(first, 0.9 * changed(["mixup"], images, labels)[1] + 0.025)


def test_options_may_come_back_from_json_as_lists():
    images, labels = batch()
    pairs = changed([("crop", {"padding": 2}), "flip"], images, labels)
    lists = changed([["crop", {"padding": 2}], "flip"], images, labels)
    assert torch.equal(pairs[0], lists[0])


def test_the_dtype_of_the_images_is_kept():
    images, labels = batch()
    for dtype in (torch.float64, torch.bfloat16):
        new_images, targets = changed(AUGMENTATIONS, images.to(dtype), labels)
        assert new_images.dtype == targets.dtype == dtype


def make(names, **options):
    return augment(names, **{"image_size": 8, "num_classes": 4, **options})


CALLS = [
    (lambda: make("crop"), "names: expected a sequence of names or pairs.*got str", InputTypeError),
    (lambda: make(["jitter"]), "names: expected one of 'crop'.*got 'jitter'", InputValueError),
    (lambda: make([("crop", 4)]), r"names: expected names or pairs.*got \('crop', 4\)", InputTypeError),
    (lambda: make([7]), "names: expected names or pairs.*got 7", InputTypeError),
    (lambda: make(["flip", "flip"]), "names: expected each name once, got 'flip' twice", InputValueError),
    (
        lambda: make([("flip", {"p": 0.5})]),
        "p: expected options of flip: probability, got p=0.5",
        InputTypeError,
    ),
    (lambda: make([("crop", {"padding": -1})]), "padding: .*>= 0, got -1", InputValueError),
    (lambda: make([("crop", {"fill": "black"})]), "fill: expected a finite number", InputTypeError),
    (
        lambda: make([("flip", {"probability": 1.5})]),
        r"probability: .*\[0, 1\], got 1.5",
        InputValueError,
    ),
    (lambda: make([("rotation", {"degrees": 200})]), r"degrees: .*\[0, 180\], got 200", InputValueError),
    (lambda: make([("mixup", {"alpha": 0})]), "alpha: .*> 0, got 0", InputValueError),
    (
        lambda: make([("cutmix", {"probability": -0.1})]),
        r"probability: .*\[0, 1\]",
        InputValueError,
    ),
    (
        lambda: make([("label_smoothing", {"smoothing": 2})]),
        r"smoothing: .*\[0, 1\], got 2",
        InputValueError,
    ),
    (lambda: make(["crop"], image_size=(8, 8, 3)), r"image_size: expected \(H, W\)", InputValueError),
    (lambda: make(["crop"], num_classes=1), "num_classes: .*>= 2, got 1", InputValueError),
    (
        lambda: make(["crop"])(torch.zeros(2, 1, 9, 8), torch.zeros(2).long()),
        r"images: expected shape \(B, C, 8, 8\), got shape \(2, 1, 9, 8\)",
        InputValueError,
    ),
    (
        lambda: make(["crop"])(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), torch.zeros(2).long()),
        "images: expected floats, normalised, got dtype torch.uint8",
        InputTypeError,
    ),
]


@pytest.mark.parametrize(("call", "message", "error"), CALLS)
def test_bad_input_is_named(call, message, error):
    with pytest.raises(error, match=message):
        call()
