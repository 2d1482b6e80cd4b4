# %% [markdown] label="title"
# # Sparse autoencoders
#
# It gives back 99 % of what went in. How much of it is true?
#
# **You will** train dictionaries on inputs whose true directions you know, and see what the usual numbers hide. You
# will write such a dictionary in five lines. Then you train one on a real model, while you watch, measure it on texts
# it never saw, and put it in the place of what it describes.
#
# **You need** lesson 04, or its idea: many directions share few slots. About 60 minutes: eight steps that are checked,
# three predictions. Everything runs on this machine, with no network. On one core the cells compute
# for 3.7 minutes in all, in 1.36 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import torch

import mikit

lesson = mikit.course.open("05", pace=pace)

# %% [markdown] label="world-text"
# ## 1. Directions that we know
#
# Lesson 04 ended with a hypothesis: a model writes many facts into few slots, each as a direction, a few at a time. If
# that is so, can one get the directions back from the sums?
#
# Take a world in which it *is* so. It has 20 directions in 8 slots. In each input every direction is there with a
# chance of 5 in 100, so one of the 20 on average. The input is the sum. Nobody tells the dictionary which 20 they are.
#
# A **dictionary** has 32 directions of its own, its **features**. It reads an input, says which features are there and
# how strongly, and adds them up again. Training wants two things of it: that little is **left out**, and that few
# features fire. How much the second counts is a number that you choose, the **price** of firing. (The field calls it a
# sparse autoencoder, and the price an L1 coefficient.)

# %% label="predict-found" tags=["predict"]
mikit.course.predict("05.P1")

# %% [markdown] label="fvu-ask"
# First the two rulers. "99 % of the variance explained" means: 1 % is left out. The field gives the share that is left
# out, the **fraction of variance unexplained**, or FVU. It is the squared distance of the output from the input, all
# added up, divided by the squared distance of the inputs from their mean.
#
# **Step E1, 5 minutes.** Write it.


# %% label="fvu" tags=["exercise", "toy"]
### BEGIN SOLUTION
def fvu(x, output):
    """The share of the variance of x that output leaves out. Both [input, slot]; one number."""
    return (x - output).square().sum() / (x - x.mean(0)).square().sum()


### END SOLUTION

# %% label="check-fvu" tags=["check"]
mikit.course.check("05.E1", fvu)

# %% [markdown] label="came-back-ask"
# The second ruler exists only where the truth is known. A true direction **came back** if some feature points along it:
# a cosine above 0.9, which is within 26 degrees.
#
# **Step E2, 6 minutes.** Count those that came back. `truth` holds the true directions, one a row, each 1 long;
# `decoder` the features' directions, one a row, of any length.


# %% label="came-back" tags=["exercise", "toy"]
### BEGIN SOLUTION
def came_back(truth, decoder):
    """How many rows of truth have a row of decoder within a cosine of 0.9. [n, d] and [m, d]; one number."""
    cosine = truth @ torch.nn.functional.normalize(decoder, dim=1).T
    return (cosine.max(1).values > 0.9).sum()


### END SOLUTION

# %% label="check-came-back" tags=["check"]
mikit.course.check("05.E2", came_back)

# %% [markdown] label="view-text"
# Press **Start**. Three dictionaries learn at once, each with another price. Look at the curves only: how much is left
# out, and how many features fire on an input (**L0**). The grey lines are dictionaries of random directions. That is
# all one would see with a real model. Wait until it says "trained", and leave **Show the true directions** alone for
# now.

# %% label="view"
from mikit.course.lessons.l05_toy import new_inputs, toy

study = toy(lesson.context)
guess = mikit.course.locked("05.P1")
mikit.DictionaryTrainingView(study, predicted=guess.value if guess else None, title="20 directions, 8 slots")

# %% label="pareto" tags=["toy"]
from mikit.sae.evaluate import random_dictionary

fvu_of = mikit.course.given("05.E1")
x, truth = new_inputs(study), study.world.directions
toys = dict(zip(study.levels, study.dictionaries(), strict=True))
print("price   left out   features that fire on an input")
for price, d in toys.items():
    features = d.encode(x)
    print(
        f"{price:5g} {float(fvu_of(x, d.decode(features))):10.3f} {float((features > 0).sum(1).float().mean()):10.1f}"
    )

# %% [markdown] label="pareto-text"
# No dictionary is better than another on both counts: whoever leaves out less uses more features. (The field calls such
# a row of choices a Pareto front.) From here one would have to choose without the truth. Which one would you take?
#
# Now press **Show the true directions** in the view, and run the next cell. The last column is the control.

# %% label="truth" tags=["toy"]
came_back_of = mikit.course.given("05.E2")
print("price   left out   came back   of as many random directions")
for price, d in toys.items():
    drawn = random_dictionary(d, x).W_dec
    print(
        f"{price:5g} {float(fvu_of(x, d.reconstruct(x))):10.3f} {int(came_back_of(truth, d.W_dec)):8} of 20"
        f" {int(came_back_of(truth, drawn)):10} of 20"
    )

# %% label="reveal-found" tags=["predict"]
mikit.course.reveal("05.P1")

# %% [markdown] label="found-text"
# 99 % given back, and nearly all of it with wrong directions. How can that be? Eight features at right angles give back
# *every* input of 8 slots, whatever it was made of. Only the wish for few features pushes towards the truth, and at
# this price it does not push hard.
#
# (mikit counts a little more strictly than you: there, each feature may stand for one true direction only. So the view
# may say one or two less.)
#
# **Step E3, 4 minutes.** Which price would one take who can see only what is left out? And which would you take, who
# can see the truth? Give `{"without the truth": ..., "with the truth": ...}`.

# %% label="choice" tags=["exercise", "toy"]
### BEGIN SOLUTION
left_out = {price: float(fvu_of(x, d.reconstruct(x))) for price, d in toys.items()}
found = {price: int(came_back_of(truth, d.W_dec)) for price, d in toys.items()}
choice = {"without the truth": min(left_out, key=left_out.get), "with the truth": max(found, key=found.get)}
### END SOLUTION

# %% label="check-choice" tags=["check"]
mikit.course.check("05.E3", choice)

# %% [markdown] label="price-text"
# The high price is no cure either. It leaves out a fifth, and some directions are still missing. And it makes
# everything too small: features that cost something are kept down. The next cell shows it.

# %% label="shrinkage" tags=["toy"]
for price, d in toys.items():
    length = d.reconstruct(x).norm(dim=1).mean() / x.norm(dim=1).mean()
    print(f"price {price:4g}: what comes back is {float(length):.2f} as long as what went in")

# %% [markdown] label="topk-text"
# ## 2. Five lines
#
# Gao and others (2024) do without a price. They say how many features may fire: the **k** largest of each input, and no
# others. That is a **TopK** dictionary. It has four arrays of numbers, `W_enc`, `b_enc`, `W_dec`, `b_dec`, and reads an
# input in five steps:
#
# 1. take `b_dec` off the input; it is the middle around which the directions lie;
# 2. times `W_enc`, plus `b_enc`: one number for each feature;
# 3. keep the `k` largest of each row, in their places, and put 0 elsewhere;
# 4. cut off what is below 0 (with `relu`): these are the features;
# 5. times `W_dec`, plus `b_dec`: the output.
#
# **Step E4, 7 minutes.** Write it. `d` is a dictionary, with `d.W_enc` and so on, and `d.config.k`.


# %% label="topk" tags=["exercise"]
### BEGIN SOLUTION
def topk(x, d):
    """What the dictionary gives back. x [token, slot] -> the same shape."""
    z = (x - d.b_dec) @ d.W_enc + d.b_enc
    top = z.topk(d.config.k, dim=-1)
    features = torch.zeros_like(z).scatter(-1, top.indices, top.values.relu())
    return features @ d.W_dec + d.b_dec


### END SOLUTION

# %% label="check-topk" tags=["check"]
mikit.course.check("05.E4", topk)

# %% label="compare"
from mikit.course.lessons.l05_real import SHIPPED, stream, streams, texts

model = lesson.context.model()
x = streams(lesson.context)  # the stream after layer 9 of texts kept aside
shipped = mikit.load_dictionary(SHIPPED)
print(shipped)
apart = (mikit.course.given("05.E4")(x, shipped) - shipped.reconstruct(x)).abs().max()
print("stream:", list(x.shape), f"  your five lines and mikit differ by at most {float(apart):.5f}")

# %% [markdown] label="l0-ask"
# Your five lines have read the stream of a real model, with a dictionary that comes with mikit. You will meet it again
# at the end.
#
# **Step E5, 4 minutes.** Two more numbers belong to every dictionary. **L0**: how many features fire on a token, on
# average. And the share of features that never fire, the **dead** ones. Write both, from the features of many tokens.


# %% label="l0" tags=["exercise"]
### BEGIN SOLUTION
def l0_and_dead(features):
    """L0, and the share of features that never fire. features [token, feature]; two numbers."""
    fires = features > 0
    return fires.sum(1).float().mean(), (~fires.any(0)).float().mean()


### END SOLUTION

# %% label="check-l0" tags=["check"]
mikit.course.check("05.E5", l0_and_dead)

# %% [markdown] label="real-text"
# ## 3. A dictionary of the real model
#
# Now train your own, on the stream of SmolLM2 after layer 9. The texts are novels, speeches, chemistry, a manual and
# code; one piece in twenty is kept out of training, to measure on. Position 0 is left out everywhere: you know the sink
# from lesson 02.

# %% label="real"
from mikit.course.lessons.l05_real import real

training = real(lesson.context)  # fewer features and texts where there is one core, as on Binder
print(f"{training.features} features in 576 slots, {training.k} for each token")
print(f"{training.updates} updates of {training.batch} tokens: {training.updates * training.batch:,} tokens")
print(f"about {training.estimate(model).seconds / 60:.1f} minutes on one core like ours, half of it on two")

# %% [markdown] label="random-text"
# A number by itself says little. The control is a dictionary of random directions: as many, with as many for each
# token, scaled as well as it goes. What will it leave out?

# %% label="predict-random" tags=["predict"]
mikit.course.predict("05.P2")

# %% [markdown] label="train-text"
# Press **Start**. The grey line is the control. You may press **Stop** at any time: started again, it goes on where it
# was. **Wait until the view says "trained"** before you run the next cell. If you did not press Start, that cell
# trains.

# %% label="train"
mikit.DictionaryTrainingView(training, title="Layer 9 of SmolLM2")

# %% label="trained"
from mikit.course.lessons.l05_real import trained

mine = trained(lesson.context)  # written to a folder beside this notebook, as other tools can read it
random = random_dictionary(mine, x)
l0_and_dead_of = mikit.course.given("05.E5")
print(f"{len(x)} tokens of texts that yours was not trained on")
for name, d in {"random directions": random, "yours": mine}.items():
    features = d.encode(x)
    l0, dead = l0_and_dead_of(features)
    left = float(fvu_of(x, d.decode(features)))
    print(f"{name:18} left out {left:.3f}   L0 {float(l0):.1f}   fire on none of these tokens {float(dead):.1%}")

# %% label="reveal-random" tags=["predict"]
mikit.course.reveal("05.P2")

# %% [markdown] label="random-after"
# So the trained directions are better than any. And random ones are better than nothing: 32 of many directions can
# always be found that fit a little. Whoever quotes an FVU without this control quotes both together.
#
# "Fire on none of these tokens" is more than "dead": these are few texts, and a feature for chess needs a text about
# chess. The fewer tokens one looks at, the more features seem dead.
#
# ## 4. In its place
#
# What is left out may be noise, or it may be what matters. Ask the model. Run a text, take out the stream after layer
# 9, put in what the dictionary gives back, and let the model go on. How surprised is it now by the words that come?
#
# To have a ruler, one also breaks the place: puts in zeros, which tell nothing. And the control is to put in what the
# random directions give back.

# %% label="predict-recovered" tags=["predict"]
mikit.course.predict("05.P3")

# %% [markdown] label="stand-in-ask"
# **Step E6, 5 minutes.** Write what stands in the stream's place. Position 0 keeps what it has.


# %% label="stand-in" tags=["exercise"]
### BEGIN SOLUTION
def stand_in(x, d):
    """What goes into the model instead of the stream x [position, slot]: the same shape."""
    value = d.reconstruct(x)
    value[0] = x[0]
    return value


### END SOLUTION

# %% label="check-stand-in" tags=["check"]
mikit.course.check("05.E6", stand_in)

# %% label="surprise"
from mikit.course.lessons.l05_real import surprise_with

stand_in_of = mikit.course.given("05.E6")
held_out = texts(lesson.context)
some, others = held_out[: len(held_out) // 3], held_out[len(held_out) // 3 :]
mean = torch.cat([stream(model, text)[1:] for text in others]).mean(0)


def everywhere(value, here):
    """A value at every position but 0."""
    return torch.cat([here[:1], value.expand_as(here)[1:]])


found = []
for text in some:
    here = stream(model, text)
    values = {
        "the model's own": None,
        "your dictionary": stand_in_of(here, mine),
        "random directions": stand_in_of(here, random),
        "the mean stream": everywhere(mean, here),
        "zeros": everywhere(torch.zeros(576), here),
    }
    found.append([surprise_with(model, text, value) for value in values.values()])
nats = dict(zip(values, torch.tensor(found).mean(0).tolist(), strict=True))
for name, surprise in nats.items():
    print(f"{name:18} {surprise:6.2f} nats a token")

# %% [markdown] label="recovered-ask"
# The usual way to put this into one number: what share of the loss does the dictionary give back? 1 where the model is
# as good as by itself, 0 where it is as bad as with the place broken. (The field says *CE recovered*, or loss
# recovered.)
#
# **Step E7, 4 minutes.** Write it, from the three surprises.


# %% label="recovered" tags=["exercise"]
### BEGIN SOLUTION
def recovered(own, spliced, broken):
    """The share of what breaking the place costs that the dictionary gives back: 1 is all of it."""
    return (broken - spliced) / (broken - own)


### END SOLUTION

# %% label="check-recovered" tags=["check"]
mikit.course.check("05.E7", recovered)

# %% label="from-zeros"
recovered_of = mikit.course.given("05.E7")
own = nats["the model's own"]
for broken in ("zeros", "the mean stream"):
    for name in ("your dictionary", "random directions"):
        print(f"{name:18} recovers {recovered_of(own, nats[name], nats[broken]):6.1%} of what {broken} cost")
print(f"a hundredth of what zeros cost: {(nats['zeros'] - own) / 100:.2f} nats a token")

# %% label="reveal-recovered" tags=["predict"]
mikit.course.reveal("05.P3", recovered_of(own, nats["random directions"], nats["zeros"]))

# %% [markdown] label="broken-text"
# Directions that nobody trained give back about half. Zeros are a stream that the model never met. It falls apart, and
# beside that much looks good. So "recovered 0.5" is worth nothing, and 0.9 is worth less than it sounds.
#
# Another way to break the place is the **mean** stream: the same at every token, so that nothing is known of the text
# but that it is text. Many papers use zeros, the milder ruler. By it your dictionary looks a little better, and the
# random directions gain most.
#
# And 0.99 is not "nothing lost". The last line above says what a hundredth is, in nats, at every token. One nat means
# that the words that come are given 2.7 times less probability. Read the nats, and the control.
#
# ## 5. The dictionary that comes with mikit
#
# It was trained in the same way, with more features, on far more text. Is it better? Both on the same windows, each
# number over all of them, beside random directions, as many as yours has. (Yours has an advantage: it learnt from other
# pieces of the very same books. The shipped one saw such speeches, and no text of the other kinds.)

# %% label="compared"
from mikit.course.lessons.l05_real import compared

compared(lesson.context).round(3)

# %% label="interval"
from mikit.course.lessons.l05_real import evaluated

result = evaluated(lesson.context, shipped)
frame = result.frame("recovered")
frame[["from", "against", "value", "low", "high"]].round(3)

# %% [markdown] label="interval-text"
# The last two columns are 95 % intervals over the windows, where there are enough of them. These are few texts; the
# card of the dictionary has the numbers on more.
#
# ## 6. The papers' numbers
#
# Bricken and others (2023) took apart the MLP of a model with one layer. Their dictionary of 4,096 features recovered
# 79 % of what zeros cost, one of 131,072 features 94.5 %. It is one MLP, so zeros are a milder blow there than in the
# stream: their 79 % and a number of yours are not on one scale.
#
# Gao and others (2024, arXiv 2406.04093) trained 16 million features on GPT-4. With that dictionary in place, they
# write, the loss is that of a model with 10 % of GPT-4's training compute. That is a third ruler, and the harshest:
# *which worse model have I got?*
#
# And our toy, measured anew by a test:

# %% label="paper"
from mikit.course import canon

canon.show("planted-left-out")
canon.show("planted-came-back")
canon.show("planted-came-back-dear")
canon.show("planted-came-back-random")

# %% [markdown] label="say-ask"
# **Step E8, 5 minutes.** Six sentences about the dictionary that comes with mikit, with the numbers of this run. Which
# of them say no more than was measured? Give their letters, as in `{"A", "B"}`.

# %% label="sentences"
from mikit.course.lessons.l05_place import sentences

for letter, sentence in sentences(lesson.context).items():
    print(f"{letter}: {sentence}")

# %% label="say" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l05_place import letters

hold = {letter for letter, kind in letters(lesson.context).items() if kind in ("left out", "nats")}
### END SOLUTION

# %% label="check-say" tags=["check"]
mikit.course.check("05.E8", hold)

# %% [markdown] label="limits"
# ## What this does not show
#
# - **That its features are the model's.** A low FVU is no sign of truth: the toy had one and was wrong. A low L0 is
#   none either: random directions have it too.
# - **That there are true features at all.** The toy was built from directions. Whether the stream of a language model
#   is, and how many there are, nobody has shown.
# - **That another training would find the same.** Begin with other random numbers, and leave out as little: are they
#   the same features? That is lesson 06.
# - **That a feature means what its examples suggest.** You have not looked at a single feature here. Lesson 06 does.
# - **That what is left out is noise.** The nats lost are in it.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run, and saves a record: anyone who has your dictionary's folder can
# run it again with `mikit replay my-dictionary.json`.

# %% label="evidence"
result = evaluated(lesson.context, mine)
table = compared(lesson.context)
yours, chance = table.loc["yours"], table.loc["random directions"]
print(
    f"A TopK dictionary of {mine.config.features} features, {mine.config.k} a token, of the stream after layer 9 of\n"
    f"{model.ref.chip}, trained on {training.updates * training.batch:,} tokens, leaves out\n"
    f"{yours['left out']:.1%} of the variance on {result.texts['notes'][0].rstrip('.')} that it was not trained on;\n"
    f"as many random directions leave out {chance['left out']:.1%}.\n"
    f"With its output in the stream's place the model is {yours['nats lost']:.2f} nats a token more surprised\n"
    f"(random: {chance['nats lost']:.2f}). That is {yours['recovered from zeros']:.1%} recovered against zeros,"
    f" {yours['recovered from mean']:.1%} against the mean.\n"
    "Tested: one layer, one training, texts of the same kinds. Nothing about what its features mean."
)
print("Saved", mikit.Record.of([result], model).save("my-dictionary.json"))

# %% label="done"
print("Your progress code:", lesson.code)
