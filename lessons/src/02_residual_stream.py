# %% [markdown] label="title"
# # The residual stream
#
# In layer 18 a famous instrument says "John", by 11 logits. It says so where John is right. It says so where Mary is
# right. Is it broken?
#
# **You will** build that instrument, the logit lens. You will catch it, and see why. Then you will split a model's
# answer into 61 numbers that add up to it, find the head that writes most against the answer, and find out
# what these numbers do not tell.
#
# **You need** lesson 00, and a vector times a vector: multiply place by place, add up. About 60 minutes: eight steps
# that are checked, four predictions. Everything runs on this machine, with no network. On one core the cells compute
# for 0.3 minutes in all, in 1.0 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import mikit

lesson = mikit.course.open("02", pace=pace)

# %% [markdown] label="toy-text"
# ## 1. A stream of three numbers
#
# At each token a model keeps one list of numbers, the **residual stream**. Every part of the model reads from it, and
# **adds** what it computes. Nothing is ever erased: what stands there at the end is a sum.
#
# Here is a stream that is three numbers wide, so that you can see all of it. It was made up; you know everything
# there is to know. Four parts wrote to it, each its own vector. Below them stand the directions that read it: for
# each word one vector. The word's logit is the stream times that vector.

# %% label="toy" tags=["toy"]
from mikit.course.lessons.l02_toy import readings, toy

small = toy(lesson.context)
for name, part in small.parts.items():
    print(f"{name:10} writes {part.tolist()}")
for word, direction in small.words.items():
    print(f"{word!r:10} is read by {direction.tolist()}")

# %% [markdown] label="shares-ask"
# As in lesson 00 we follow one number, the logit difference: the logit of " tea" less that of " jam".
#
# **Step E1, 5 minutes.** How much does each part add to it? Give a dictionary with one number for each part. By hand
# or in code, as you like.

# %% label="shares" tags=["exercise", "toy"]
### BEGIN SOLUTION
direction = small.words[" tea"] - small.words[" jam"]
toy_shares = {name: float(part @ direction) for name, part in small.parts.items()}
### END SOLUTION

# %% label="check-shares" tags=["check"]
mikit.course.check("02.E1", toy_shares)

# %% [markdown] label="splits-text"
# So you may say: *this part added so much.* You may say it because reading by one direction splits. To read the sum
# is to sum the readings. Does every reading do that?

# %% label="predict-splits" tags=["predict"]
mikit.course.predict("02.P1")

# %% [markdown] label="gap-ask"
# **Step E2, 6 minutes.** Measure it. `read` is a function from a vector to a number, `parts` a list of vectors. How
# far is the reading of the sum from the sum of the readings? The check tries your function on readings of its own,
# and with the parts in another order.


# %% label="gap" tags=["exercise"]
### BEGIN SOLUTION
def gap(read, parts):
    """How far read(sum of parts) is from the sum of read(part). 0 or more."""
    return abs(float(read(sum(parts))) - sum(float(read(part)) for part in parts))


### END SOLUTION

# %% label="check-gap" tags=["check"]
mikit.course.check("02.E2", gap)

# %% label="gaps" tags=["toy"]
gap_of = mikit.course.given("02.E2")
for name, read in readings(small).items():
    print(f"gap {gap_of(read, list(small.parts.values())):6.3f}   {name}")

# %% label="reveal-splits" tags=["predict"]
mikit.course.reveal("02.P1")

# %% [markdown] label="splits-after"
# A log-probability does not split: it has the logits of all words in it, through softmax. In the *difference* of two
# log-probabilities that common part drops out, and what is left is the logit difference. This is why the field
# measures with logit differences. Whoever says "this head adds 10 % to the probability" has left the sum.
#
# ## 2. The real stream
#
# In SmolLM2 the stream is 576 numbers wide. 30 layers write to it, each twice: first its attention, then its MLP. The
# next cell reads what each of them added at the last token, and what the stream was in the end.

# %% label="parts"
import torch

from mikit.course.lessons.l02_stream import CHANGED, LAYER, lens_readings
from mikit.trace.engine import capture
from mikit.trace.sites import Site

model = mikit.load("smollm2-135m")
prompt = "When Mary and John went to the store, John gave a drink to"
mary, john = (int(model.tokens(word).ids[0, 0]) for word in (" Mary", " John"))

tokens = model.tokens(prompt)
first = Site(name="resid_pre", layer=0, position=-1)
attention = [Site(name="attn_out", layer=layer, position=-1) for layer in range(30)]
mlp = [Site(name="mlp_out", layer=layer, position=-1) for layer in range(30)]
after = [Site(name="resid_post", layer=layer, position=-1) for layer in range(30)]  # the stream that leaves a layer
found = {site: value[0] for site, value in capture(model, tokens, [first, *attention, *mlp, *after]).items()}

parts = {"embedding": found[first]}
for layer in range(30):
    parts[f"L{layer} attention"], parts[f"L{layer} MLP"] = found[attention[layer]], found[mlp[layer]]
stream = torch.stack([found[site] for site in after])  # [layer, 576]
last = stream[-1]

print(len(parts), "parts; the length of the stream's vector in the end:", round(float(last.norm()), 1))
print("largest distance of the sum of all parts from it:", f"{(last - sum(parts.values())).abs().max():.4f}")

# %% [markdown] label="lens-ask"
# Nothing else went in. What the model says is what this sum says, when the last two modules read it: a **norm**
# (`model.hf.model.norm`), which brings every stream to the same length, and the **unembedding** (`model.hf.lm_head`),
# which holds one direction for each of 49,152 tokens.
#
# Now an idea of 2020. These two modules are meant for the last stream. But every stream before it is also 576
# numbers. What if we read *it* with them? That is the **logit lens**.
#
# **Step E3, 6 minutes.** Write it.


# %% label="lens" tags=["exercise"]
### BEGIN SOLUTION
def lens(stream):
    """What a stream would say if it were the last. stream [..., 576] -> logits [..., 49152]."""
    return model.hf.lm_head(model.hf.model.norm(stream))


### END SOLUTION

# %% label="check-lens" tags=["check"]
mikit.course.check("02.E3", lens)

# %% label="lens-curve"
lens_of = mikit.course.given("02.E3")
with torch.no_grad():
    for layer in (0, 6, 12, 18, 22, 23, 26, 29):
        logits = lens_of(stream[layer])
        likeliest = model.token_string(int(logits.argmax()))
        print(f"after layer {layer:2}: Mary less John {logits[mary] - logits[john]:+6.2f}   likeliest {likeliest!r}")

# %% [markdown] label="lens-text"
# The model ends with " Mary", ahead by 6.1. But up to layer 22 the lens has " John" ahead, by 11.4 after layer 18. A
# story comes to mind: *first it leans to John, the name that it read last; then, in layer 23, it turns round.*
#
# Stories are cheap. This one makes a prediction: change the prompt so that " John" is right ("... the store, **Mary**
# gave a drink to"), and the lens should follow.

# %% label="predict-changed" tags=["predict"]
mikit.course.predict("02.P2")

# %% [markdown] label="view-text"
# The view shows both prompts. Each column is a token, each row a layer, layer 0 at the bottom. The colour says which
# name the lens has ahead. Choose layer 18, and compare the last columns of the two maps. Then go up, layer by layer:
# where do they part?

# %% label="view"
mikit.LensView(model, prompt=prompt, control=CHANGED, answer=" Mary", foil=" John", layer=LAYER)

# %% label="reveal-changed" tags=["predict"]
mikit.course.reveal("02.P2")

# %% [markdown] label="changed-text"
# -11.4 where Mary is right, -11.5 where John is right. After layer 18 the lens says the same of both. So
# it did not read what the model will say, and nothing turned round in layer 23. Without the changed prompt beside it,
# the story would have stood.
#
# **Step E4, 6 minutes.** What does it read, then? Write a text that has neither name, in which the lens after layer
# 18 says " John" by 5 or more, and the model in the end prefers " Mary". `lens_readings(model, text)` gives Mary less
# John after each layer; its last number is the model's own. Two texts to begin with:

# %% label="nameless-try"
for words in ("The train went to", "He gave a drink to"):
    after_layers = lens_readings(model, words)
    print(f"after layer {LAYER} {after_layers[LAYER]:+.2f}, in the end {after_layers[-1]:+.2f}   {words}")

# %% label="nameless" tags=["exercise"]
### BEGIN SOLUTION
text = "My sister is called"
### END SOLUTION

# %% label="check-nameless" tags=["check"]
mikit.course.check("02.E4", text)

# %% label="pairs"
from mikit.course import canon

canon.show("lens-right")
canon.show("lens-moves")
canon.show("answer-moves")

# %% [markdown] label="pairs-text"
# Over 64 pairs of names the lens after layer 18 is as good as a coin. It hardly moves when the right name changes,
# while the model's own answer moves by nearly ten. These are glasses made for layer 29. In the middle of the model they
# lean to one of two names by themselves; between these two, to " John", and in your text without names as well.
#
# nostalgebraist, who had the idea ("interpreting GPT: the logit lens", 2020), looked at GPT-2 and found streams that
# come closer to the answer layer by layer. It is a good instrument to *look* with. It is not what the model says at
# layer 18. The model was never asked there.
#
# ## 3. The first token is different
#
# The left column of the maps does not look like the others. Before you look into it:

# %% label="predict-sink" tags=["predict"]
mikit.course.predict("02.P3")

# %% label="sink"
whole = capture(model, tokens, [Site(name="resid_post", layer=LAYER)])
lengths = whole[Site(name="resid_post", layer=LAYER)][0].norm(dim=-1)
for string, length in zip(tokens.strings, lengths, strict=True):
    print(f"{string!r:10} {float(length):8.0f}")
mikit.course.reveal("02.P3")

# %% [markdown] label="sink-text"
# Position 0 is the sink of lesson 00: heads look there when they have nothing better to look at. One huge vector
# drowns everything, and the norm takes its length away again. So the lens says -1.8 there after layer 18, for
# any word that begins a text. We leave position 0 out of means, and read the last one.
#
# ## 4. One direction for the whole model
#
# Now back to sums. The unembedding splits. The norm is the trouble: it divides by the stream's length, and the length
# is a matter of all parts together.
#
# The way out: **freeze it**. In this run the last stream had one length. Take it as a
# plain number, and read each part with that number. Then the reading is one direction again, and all parts add up.
#
# The norm does this: it divides by the root of the mean square, and multiplies by a weight, place by place.
#
#     scale = 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt()
#     normed = last * scale * norm.weight
#
# **Step E5, 7 minutes.** Write `share(part, last)`: what a part adds to the logit of " Mary" less that of " John",
# with the scale frozen at the value that `last` gives.

# %% label="norm"
norm, words = model.hf.model.norm, model.hf.lm_head.weight.detach()  # words: one direction a token, [49152, 576]
norm, words.shape


# %% label="share" tags=["exercise"]
### BEGIN SOLUTION
def share(part, last):
    """What `part` adds to Mary less John, the norm's scale frozen at that of `last`. Both [576]; a plain number."""
    scale = 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt()
    return float((part * scale * norm.weight) @ (words[mary] - words[john]))


### END SOLUTION

# %% label="check-share" tags=["check"]
mikit.course.check("02.E5", share)

# %% label="two-scales"
share_of = mikit.course.given("02.E5")
with torch.no_grad():
    print("layer   length   the lens, its own scale   the frozen scale")
    for layer in (6, 12, 18, 22, 23, 29):
        logits, length = lens_of(stream[layer]), float(stream[layer].norm())
        own, frozen = float(logits[mary] - logits[john]), share_of(stream[layer], last)
        print(f"{layer:5} {length:8.0f} {own:25.2f} {frozen:18.2f}")

# %% [markdown] label="two-scales-text"
# The same stream, read twice. The lens blows the short stream of layer 18 up to full length, and reads -11.4. In
# the sum that the model reads in the end, all that stood there by layer 18 counts -2.5. Both numbers are right.
# They answer different questions.
#
# **Step E6, 6 minutes.** Now all 61 parts. Give a list of pairs `(name, share)`, every part once. The shares must add
# up to the model's own difference, to a thousandth. And choose an order in which the running total, from the first
# pair to the last, is never below 0.

# %% label="order" tags=["exercise"]
### BEGIN SOLUTION
pairs = [(name, share_of(part, last)) for name, part in parts.items()]
order = sorted(pairs, key=lambda pair: -pair[1])
### END SOLUTION

# %% label="check-order" tags=["check"]
mikit.course.check("02.E6", order)

# %% [markdown] label="order-text"
# You put the parts in another order, and the sum stayed. Some order is always free of drama, and some other is full of
# it. What is *not* free is the order in which the model computes: later parts read what earlier ones wrote. That is
# in no share.
#
# This is **direct logit attribution**. Elhage et al. (2021) gave it its ground: the stream is the sum of what the
# layers wrote and the embedding. Direct, because it counts one way only: from the part straight to the end.
#
# ## 5. Heads for and against
#
# What attention adds is again a sum, over nine heads. So each of 270 heads has a share. Your own names again, as in
# lesson 00, beside the changed prompt as a control, in which the other name is right.

# %% label="mine"
from mikit.course.lessons.l02_heads import my_pair, switched_off

mine = my_pair(lesson.context)
print(mine.clean, "->", mine.answer)
print(mine.corrupt, "->", mine.foil)
result = mikit.run_study(mikit.DirectAttribution(model=model.ref, pairs=(mine,)), model)
print(result.frame("logit difference").to_string(index=False))
table = result.frame("head")
table[table["from"] == "effect"].nlargest(5, "value")

# %% [markdown] label="against-ask"
# **Step E7, 5 minutes.** Which head writes most *against* the answer that your model gives? Give `(layer, head)`.

# %% label="against" tags=["exercise"]
### BEGIN SOLUTION
row = table[table["from"] == "effect"].nsmallest(1, "value").iloc[0]
against = (int(row["layer"]), int(row["head"]))
### END SOLUTION

# %% label="check-against" tags=["check"]
mikit.course.check("02.E7", against)

# %% label="many"
study = mikit.DirectAttribution(model=model.ref, pairs=mikit.name_pairs(model, 16 if pace == "full" else 4))
heads = mikit.run_study(study, model).frame("head")
effect = heads[heads["from"] == "effect"]
effect.reindex(effect["value"].abs().sort_values(ascending=False).index).head(6).round(2)

# %% [markdown] label="many-text"
# Over sixteen pairs, in four wordings, two heads stand out against the answer: L24H4 and L29H0. And one stands out for
# it: L23H3, the head that you were in lesson 00. You found there that it *lowers* the name that it looks at. So why
# does it help?
#
# Wang et al. (2022) tested such heads on their own, without any sentence: let a head look at one name alone, and see
# whether it writes that name down to the very bottom of all tokens. Two heads of GPT-2 small did so, the **negative
# name movers**.

# %% label="paper"
canon.show("negative-copy")
canon.show("negative-copy-average")
canon.show("negative-copy-heads")

# %% [markdown] label="paper-text"
# In SmolLM2 exactly two heads do it, L23H3 and L24H4. They are two of a kind. Over these prompts L24H4 looks most at
# the right name, and so writes against the answer, as the paper's heads do. L23H3 looks most at the *wrong* name, and
# so writes for the answer. The sign of a share belongs to a head *and* to where it looks: on your own pair L24H4 may
# come out the other way.
#
# ## 6. A share is no cause
#
# L23H0 adds +0.82 to Mary less John. It looks at Mary and writes Mary. The difference is 6.12. Now switch this head
# off: at the last token it writes zeros, and everything after it is computed anew.

# %% label="predict-off" tags=["predict"]
mikit.course.predict("02.P4")

# %% label="off"
mary_pair = mikit.name_pair(model, "Mary", "John")
print(switched_off(model, mary_pair, [(23, 0), (23, 3)]))
mikit.course.reveal("02.P4")

# %% [markdown] label="off-text"
# Nothing is lost. Its 0.82 is gone, so everything after it, the norm's scale included, made up for it. The shares could
# not tell you: each was read in a run in which the head was on.
#
# **Step E8, 7 minutes.** And the other way round? Find a head whose direct share for *your* names is near 0, at most
# 0.35 either way, but without which your difference falls by 0.5 or more. `switched_off(model, mine, heads)` gives the
# difference without each head. 270 heads take a while: think about where such a head must stand.

# %% label="silent" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l02_heads import head_shares

shares = head_shares(model, mine)  # [layer, head]
quiet = [(layer, head) for layer in range(18, 23) for head in range(9) if abs(shares[layer, head]) < 0.35]
without = switched_off(model, mine, quiet)
silent = min(without, key=without.get)
### END SOLUTION

# %% label="check-silent" tags=["check"]
mikit.course.check("02.E8", silent)

# %% label="both"
canon.show("silent-share")
canon.show("silent-off")
canon.show("loud-share")
canon.show("loud-off")

# %% [markdown] label="not"
# One head adds nothing and matters; another adds much and can go. Each of these is true on sixteen pairs. So a share
# tells *who holds the pen at the end*. What caused the answer needs an intervention, and a good one: zeros are
# something that the model never met. The next lesson swaps in values from the other prompt instead. It is called
# patching.
#
# ## What this does not show
#
# - **What the model would say at a layer.** The lens reads with the last layer's glasses. On these prompts it
#   says John in the middle, whichever name is right.
# - **That the lens is useless.** From layer 23 on, it tells the two prompts apart. Which layers it can read is
#   different in each model; a control prompt tells you.
# - **That a large share is a cause, or a small one is none.** Shares count the direct way only, in one run.
# - **That the scale may be frozen in an experiment.** It is right for splitting *this* run. Change a part, and the
#   length changes too.
# - **That L24H4 is there to hinder.** On these prompts it writes against the answer. What it does on other text, and
#   what the model gains by it, was not asked.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run, and saves a record: anyone can run it again with `mikit replay
# my-attribution.json`.

# %% label="evidence"
lens_study = mikit.LogitLens(model=model.ref, prompt=prompt, control=CHANGED, answer=" Mary", foil=" John")
direct_study = mikit.DirectAttribution(model=model.ref, pairs=(mary_pair,))
lens_result, direct_result = (mikit.run_study(study, model) for study in (lens_study, direct_study))
ours, changed = (
    grids["logit difference"].values.numpy()[LAYER, -1] for grids in (lens_result.grids, lens_result.controls[0].grids)
)
true, total = direct_result.grids["logit difference"].values.numpy()
print(
    f"In {model.ref.chip}, on one pair of prompts, the logit lens after layer {LAYER} reads ' Mary' less ' John' as\n"
    f"{ours:+.2f} where ' Mary' is right and {changed:+.2f} where ' John' is right.\n"
    f"The parts' direct shares add up to {total:+.4f}; the model's logit difference is {true:+.4f}.\n"
    "Tested: one pair here, 16 and 64 in the file of numbers; no intervention but switching off; one model."
)
print("Saved", mikit.Record.of([lens_result, direct_result], model).save("my-attribution.json"))

# %% label="done"
print("Your progress code:", lesson.code)
