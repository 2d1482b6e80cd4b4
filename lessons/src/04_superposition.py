# %% [markdown] label="title"
# # Superposition
#
# Five facts, two slots. Drop three, or cheat?
#
# **You will** cheat by hand first: two facts in one slot. You will find out when cheating pays. Then you watch small
# networks find the same trick by themselves, measure the figures that they make, and see how much room there is in the
# 576 slots of a real model, and how little of it is free.
#
# **You need** lesson 00, and a vector times a vector: multiply place by place, add up. About 45 minutes: seven steps
# that are checked, four predictions. Everything runs on this machine, with no network. On one core the cells compute
# for 0.6 minutes in all, in 1.23 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import mikit

lesson = mikit.course.open("04", pace=pace)

# %% [markdown] label="five-text"
# ## 1. Two facts, one slot
#
# A network has five facts to remember: *it is Monday*, *this is French*, *a name was said* ... (The field calls them
# features.) Each is a number: 0 where the fact is absent, up to 1 where it is present. All five must pass through two
# **slots** (dimensions): two numbers, no more. On the other side all five should come back. Facts are **sparse**: most
# of them are absent most of the time.

# %% label="predict-rare" tags=["predict"]
mikit.course.predict("04.P1")

# %% [markdown] label="back-text"
# You will see in section 2. Start smaller: two facts, A and B, and one slot. Each fact writes its own number into the
# slot, times its value. What stands in the slot is the sum. To read a fact, the network multiplies the slot by the same
# number again, and cuts off what is below 0. (The cut is called ReLU.) Here A writes 1 and B writes nothing:

# %% label="back" tags=["toy"]
import torch


def back(x, W, b):
    """What comes back. x [input, fact], W [fact, slot] what each fact writes, b [fact] added before the cut at 0."""
    slots = x @ W
    return torch.relu(slots @ W.T + b)


cases = {"A alone": [1.0, 0.0], "B alone": [0.0, 1.0], "both": [1.0, 1.0]}


def show(writes):
    W, b = torch.tensor(writes).view(2, 1), torch.zeros(2)
    for name, x in cases.items():
        print(f"{name:8} goes in {x}   comes back {back(torch.tensor([x]), W, b)[0].tolist()}")


show([1.0, 0.0])

# %% [markdown] label="writes-ask"
# B is dropped. **Step E1, 4 minutes.** Choose two numbers, so that A alone brings back A alone, and B alone brings back
# B alone, each as strong as it went in. Try with `show`.

# %% label="writes" tags=["exercise", "toy"]
### BEGIN SOLUTION
writes = [1.0, -1.0]
### END SOLUTION

# %% label="check-writes" tags=["check"]
mikit.course.check("04.E1", writes)

# %% label="writes-show" tags=["toy"]
show(list(mikit.course.given("04.E1")))

# %% [markdown] label="loss-ask"
# A slot has two sides. Two facts can have one each, as long as they do not come together. Is that better than dropping
# B? It depends on what an error costs.
#
# **Step E2, 5 minutes.** Write the number that a toy is trained to make small: how far is what comes back from what
# went in? Square the errors, weigh each fact by its importance, and take the mean over all inputs and facts.


# %% label="loss" tags=["exercise", "toy"]
### BEGIN SOLUTION
def loss(x, W, b, importance):
    """Mean squared error of what comes back, weighed. x [input, fact], importance [fact]; one number."""
    return (importance * (x - back(x, W, b)) ** 2).mean()


### END SOLUTION

# %% label="check-loss" tags=["check"]
mikit.course.check("04.E2", loss)

# %% [markdown] label="costs-text"
# Now the two plans, side by side. **Drop**: A has the slot, and for B the network always says B's mean. **Share**: your
# trick. Both facts count alike, and each is present in the same share of inputs, independently of the other.

# %% label="costs" tags=["toy"]
from mikit.course.lessons.l04_slots import two_facts

loss_of = mikit.course.given("04.E2")
drop, share = torch.tensor([[1.0], [0.0]]), torch.tensor([[1.0], [-1.0]])
print("present     drop    share")
for present in (1.0, 0.8, 0.6, 0.5, 0.4, 0.2, 0.05):
    x, alike = two_facts(present), torch.ones(2)
    dropped = loss_of(x, drop, torch.tensor([0.0, present / 2]), alike)
    shared = loss_of(x, share, torch.zeros(2), alike)
    print(f"{present:7.2f} {float(dropped):8.4f} {float(shared):8.4f}")

# %% [markdown] label="even-ask"
# **Step E3, 5 minutes.** If both facts are always present, dropping is better. If they are rare, sharing is. How often
# must each be present for both plans to cost the same? Give one number, to two digits.

# %% label="even" tags=["exercise", "toy"]
### BEGIN SOLUTION
even = 0.57
### END SOLUTION

# %% label="check-even" tags=["check"]
mikit.course.check("04.E3", even)

# %% [markdown] label="view-text"
# Dropping costs something whenever B is there. Sharing costs something only when both are there. If each is there in
# one input of a hundred, both are in one of ten thousand. That is why **sparse** facts can share.
#
# ## 2. Five facts, two slots
#
# Nobody cheats by hand here. The view trains toys: five facts, two slots, each fact a little less important than the
# one before. Each arrow is what one fact writes into the two slots. There is one toy for each sparsity, from facts
# that are always there (0) to facts that are absent in 99 of 100 inputs (0.99).
#
# Press **Start**, and watch the arrows move. Then drag the slider from left to right. The view uses the field's words:
# a fact is a *feature*, a slot a *dimension*. The ring is length 1, dashed arrows are from before the training. A fact
# without an arrow is dropped.

# %% label="view"
from mikit.course.lessons.l04_figures import directions, toys, trained

mine = toys(lesson.context)[0]
mikit.SuperpositionView(seed=mine.seed, updates=mine.updates, sparsity=0, title="Five facts, two slots")

# %% label="reveal-rare" tags=["predict"]
mikit.course.reveal("04.P1")

# %% [markdown] label="view-after"
# With facts that are always there, an engineer's answer: a slot each for the two most important, three dropped. Then
# pairs, opposite each other: your trick, twice. Then a pentagon, in which every fact disturbs every other a little.
# This is **superposition**: more facts than slots.
#
# At the bottom of the view is a map of your first section: two facts, one slot. To the right both facts are rarer,
# upwards the second counts more. Dropped, shared, or alone: point at a cell to read it.
#
# Looking is not measuring. **Step E4, 5 minutes.** Write `gaps(W)`: the degrees from each direction to the next, going
# round once. `W` is a tensor [fact, 2]. A fact whose direction is 0.5 long or shorter is dropped and does not count.


# %% label="gaps" tags=["exercise", "toy"]
### BEGIN SOLUTION
def gaps(W):
    """Degrees from each kept direction to the next, once round. W [fact, 2]."""
    kept = W[W.norm(dim=1) > 0.5]
    angles = torch.atan2(kept[:, 1], kept[:, 0]).rad2deg().sort().values
    return torch.diff(angles, append=angles[:1] + 360)


### END SOLUTION

# %% label="check-gaps" tags=["check"]
mikit.course.check("04.E4", gaps)

# %% [markdown] label="where-text"
# One toy may be luck. Here are three trainings, yours first, that begin with other random numbers. Each of them starts
# four times, and the start with the smallest loss is the one that you see. In brackets: how many facts each of the
# four starts keeps.

# %% label="figures" tags=["toy"]
gaps_of = mikit.course.given("04.E4")
for study in toys(lesson.context):
    starts = trained(study).grids["represented by draw"].values.numpy()
    for i, (sparsity, W) in enumerate(directions(study).items()):
        found = [round(float(gap)) for gap in gaps_of(W)]
        print(f"seed {study.seed}   sparsity {sparsity:<4g}   {len(found)} {starts[i].tolist()}   gaps {found}")
    print()

# %% [markdown] label="where-ask"
# **Step E5, 4 minutes.** Name a sparsity at which at least two of your three toys keep `"two"` facts, one for `"four"`
# and one for `"five"`. And one, `"open"`, at which the starts in brackets do not all keep equally many.

# %% label="where" tags=["exercise", "toy"]
### BEGIN SOLUTION
from mikit.course.lessons.l04_figures import our_where

where = our_where(lesson.context)
### END SOLUTION

# %% label="check-where" tags=["check"]
mikit.course.check("04.E5", where)

# %% [markdown] label="pairs-text"
# So a pentagon is no law. Near a border, some starts end in another figure, and what you see is the best of four.
#
# Until now the facts came independently. In text they have company: where *this is French* is present, *the city is
# Paris* is likelier than elsewhere. Take four facts in two slots. 0 and 1 always come **together** (correlated), and so
# do 2 and 3.

# %% label="predict-pairs" tags=["predict"]
mikit.course.predict("04.P2")

# %% label="pairs" tags=["toy"]
from mikit.course.lessons.l04_figures import pairs_of

print("cosine of the two directions: 1 the same, 0 a right angle, -1 opposite")
for name, kind in {"together": "correlated", "never together": "anticorrelated", "independent": "independent"}.items():
    print(f"{name:15}", *(f"{cosine + 0:6.2f}" for cosine in pairs_of(lesson.context, kind)))

# %% label="reveal-pairs" tags=["predict"]
mikit.course.reveal("04.P2")

# %% [markdown] label="pairs-after"
# Facts that come together get a right angle: whoever is often there with you must not disturb you. Each finds its
# opposite in a fact from the other pair. Facts that avoid each other are put opposite. The control, where all four are
# independent, does now this, now that. So superposition is not a way to press similar facts into one. It is the other
# way round: it puts on top of each other what seldom meets.
#
# ## 3. How much of a slot has a fact?
#
# Arrows can be drawn in two slots, not in ten. But one number works for any size. Take a fact's own direction and see
# how far all facts reach along it. The fact's share is its own part of that:
#
#     share of fact i  =  |w_i|²  /  sum over all j, i too, of (u_i · w_j)²       with u_i = w_i / |w_i|
#
# **Step E6, 6 minutes.** Write it.


# %% label="share" tags=["exercise", "toy"]
### BEGIN SOLUTION
def share(W):
    """How much of a slot each fact has, 0 to 1. W [fact, slot] -> [fact]."""
    length = W.norm(dim=1)
    along = (W / length[:, None]) @ W.T
    return length**2 / (along**2).sum(dim=1)


### END SOLUTION

# %% label="check-share" tags=["check"]
mikit.course.check("04.E6", share)

# %% [markdown] label="many-text"
# Now 40 facts in 10 slots. All count alike, so no fact is the one to drop.

# %% label="predict-half" tags=["predict"]
mikit.course.predict("04.P3")

# %% label="many" tags=["toy"]
from mikit.course.lessons.l04_figures import many

share_of = mikit.course.given("04.E6")
untrained = torch.tensor(trained(many(lesson.context)).controls[0].grids["weights"].values.numpy())
print("sparsity   kept   slots a fact   share of a slot: least, middle, most   middle, untrained")
for i, (sparsity, W) in enumerate(directions(many(lesson.context)).items()):
    kept = W.norm(dim=1) > 0.5
    shares, before = share_of(W)[kept], share_of(untrained[i])
    print(
        f"{sparsity:8g} {int(kept.sum()):6} {10 / float((W**2).sum()):14.2f}"
        f" {float(shares.min()):23.2f} {float(shares.median()):6.2f} {float(shares.max()):6.2f}"
        f" {float(before.median()):19.2f}"
    )

# %% label="reveal-half" tags=["predict"]
mikit.course.reveal("04.P3")

# %% [markdown] label="many-after"
# *Slots a fact* is 10 divided by the sum of all squared lengths: if every kept fact is 1 long, that is slots for each
# kept fact. It begins at 1. Then, at 0.5 and at 0.7, it stands near a half, and so does nearly every single fact: half
# of the forty have found a partner, and the others are dropped. Only later do all forty come in, with a quarter each.
# Pairs are a good bargain, so the toys stay with them for a while. The untrained toys, beside it, have no such step.
#
# (At sparsity 0 the single shares are uneven. If all facts are always there and count alike, any ten directions do, and
# the toys mix the facts.)
#
# ## 4. 576 slots
#
# Back to SmolLM2. Its stream is 576 numbers wide. The trick needs directions that disturb each other little: nearly at
# right angles.

# %% label="predict-room" tags=["predict"]
mikit.course.predict("04.P4")

# %% label="room"
from mikit.course.lessons.l04_words import near_a_right_angle, nearly_orthogonal

for slots in (2, 10, 100, 576):
    print(f"{slots:4} slots: {near_a_right_angle(slots):8.3%} of all pairs of random directions are within 10 degrees")
drawn = 12_000 if pace == "full" else 3_400
left = nearly_orthogonal(drawn)
print(f"of {drawn} random directions in 576 slots, {left} stay when one of each pair that is not so goes")

# %% label="reveal-room" tags=["predict"]
mikit.course.reveal("04.P4")

# %% [markdown] label="room-after"
# Exactly at right angles there is room for 576. With ten degrees of leeway random directions hardly ever collide. Where
# there are many slots, almost everything is nearly at a right angle to everything else. With 2 or 10 slots it is not
# so.
#
# So there is room. Is it used? We do not know the facts of a real model. But one set of directions is known: the model
# has one for each of its 49,152 tokens, by which it reads the next word off its last stream. That is 85 to a slot, and
# they cannot all be at right angles. Lay some of them on top of each other, as the toy did, and read:

# %% label="lay"
from mikit.course.lessons.l04_words import read_back

model = lesson.context.model()
for texts in (
    [" doctor", " river"],
    [" Monday", " piano", " green", " soup"],
    [" doctor", " river", " seven", " blue"],
):
    print("in:", *texts, "   strongest:", read_back(model, texts))

# %% [markdown] label="lay-after"
# Two come back. With four, relatives push in: other days, other numbers. In the next table the words are drawn at
# random, and 64 times each. Beside them, as a control, as many directions drawn at random.

# %% label="at-once"
from mikit.course.lessons.l04_words import AT_ONCE, come_back, random_directions, words

table = words(lesson.context)  # [token, 576]: their mean taken off, each brought to length 1
control = random_directions(table)
shares = {count: (come_back(table, count), come_back(control, count)) for count in AT_ONCE}
print("at once    words come back    random directions come back")
for count, (of_words, of_random) in shares.items():
    print(f"{count:7} {of_words:18.2f} {of_random:30.2f}")
del table, control  # 226 MB, which the next lesson may need

# %% [markdown] label="at-once-ask"
# **Step E7, 4 minutes.** How many can be laid on top of each other, so that nine in ten still come back? Give
# `(words, random directions)`.

# %% label="at-once-answer" tags=["exercise"]
### BEGIN SOLUTION
at_once = tuple(max(count for count in shares if shares[count][i] >= 0.9) for i in (0, 1))
### END SOLUTION

# %% label="check-at-once" tags=["check"]
mikit.course.check("04.E7", at_once)

# %% [markdown] label="at-once-after"
# Tens of thousands of directions fit into 576 slots, *if few are present at once*. It is the rule of the toy again:
# sparse facts can share. But the model's directions are far from random. Of six at once only 73 of 100 words come back,
# and of six random directions all. Words have relatives, and a training that only wants the next word right has no
# reason to keep `" Monday"` far from `" Tuesday"`.
#
# ## 5. The paper's number
#
# Elhage and others (2022) trained these toys: five facts that count 0.9 of the one before, in two slots.

# %% label="paper"
from mikit.course import canon

canon.show("toy-kept-0")
canon.show("toy-kept-80")
canon.show("toy-kept-90")
canon.show("toy-slots-a-fact")

# %% label="words-numbers"
canon.show("words-at-once")
canon.show("random-at-once")

# %% [markdown] label="limits"
# ## What this does not show
#
# - **That language models do this.** The toys show that training *can* find it, where facts are sparse and slots are
#   few. That the facts inside a language model lie in superposition is a hypothesis. Lesson 05 takes it at its word.
# - **That it is always a pentagon.** Here the facts are independent, sparse alike, and known. Those of a model are not.
#   Other figures, and none, are to be expected.
# - **That a neuron with many meanings is superposition.** A neuron is one slot. It answers to many facts as soon as
#   facts do not lie along the slots, and that can happen with fewer facts than slots too.
# - **That sparse means unimportant.** These are two knobs: how often a fact is there, and what an error in it costs.
#   The map in the view has one on each side.
# - **That the model has 49,152 facts in its stream.** The word directions are one table at its end. They show that
#   there is room, and that relatives lie close.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run, and saves a record: anyone can run it again with `mikit replay
# my-superposition.json`.

# %% label="evidence"
result = trained(mine)
counts = dict(zip(mine.sparsities, result.grids["represented"].values.numpy().tolist(), strict=True))
losses = result.grids["loss"].values.numpy()[-1], result.controls[0].grids["loss"].values.numpy()[-1]
print(
    f"Toys that squeeze five features into two dimensions ({mine.model.chip}) keep {counts[0.0]} of them when all are\n"
    f"always present, {counts[0.7]} at sparsity 0.7 and {counts[0.99]} at 0.99, in the best of four starts.\n"
    f"Their loss at 0.99 is {losses[0][-1]:.5f}, untrained {losses[1][-1]:.5f}.\n"
    "Tested: independent features, importance falling by 0.9, three seeds. Nothing about a language model."
)
print("Saved", mikit.Record.of([result], mine.open()).save("my-superposition.json"))

# %% label="done"
print("Your progress code:", lesson.code)
