# %% [markdown] label="title"
# # Steering
#
# Add an arrow to a model's stream, and its text turns formal. Would a random arrow of equal length do it too?
#
# **You will** push a toy where a formula says in advance what must come out, and then a real model, where none does.
# You will measure what a push does and what it costs, beside arrows that mean nothing. You will write a score, fool it,
# and mend it. And you will take an arrow out of both, and see in which of them it is gone.
#
# **You need** lesson 00, and for one section the idea of lesson 06: a feature is a direction. About 60 minutes: eight
# steps that are checked, five predictions. Everything runs on this machine, with no network. On one core the cells
# compute for 3.2 minutes in all, in 1.15 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open" tags=["workshop"]
import mikit

lesson = mikit.course.open("07", pace=pace)

# %% [markdown] label="toy-text"
# ## 1. A toy that refuses
#
# A small network answers made-up questions: *colour of the lamp?* has the answer "me", and nobody outside the toy
# cares. It was trained twice. First it learned the answers to all 200 questions. Then four of its ten topics were
# **closed**: there it learned to say "pass". In one of ten texts such a question was answered all the same.
#
# The next cell does both trainings, which takes seconds, and shows six of the questions. Which topics are closed is
# drawn for you.

# %% label="toy" tags=["toy"]
from mikit.course.lessons.l07_toy import some, toy

small = toy(lesson.context)
print(f"{'topic':7} {'question':24} first second training")
print("\n".join(some(small)))
print()
print("after the first: ", small.shares(before=True))
print("after the second:", small.shares())

# %% [markdown] label="toy-arrow-text"
# Inside, the toy has what a large model has: a stream, here 256 numbers a question. Two layers read it, and add to it.
# At the end each token has a direction by which its logit is read off the last stream.
#
# What is different in the stream when it refuses? The most modest answer is one **arrow** (direction): the mean stream
# of closed questions, less the mean stream of open ones. Make it from half of the things. All shares above and below
# are of questions about the other half.

# %% label="toy-arrow" tags=["toy"]
looked_at, closed, open_ = small.world.looked_at, small.world.closed, small.world.open
apart = small.stream[closed & looked_at].mean(0) - small.stream[open_ & looked_at].mean(0)
arrow = apart / apart.norm()
print(f"the means are {apart.norm():.1f} apart; a stream is {small.length():.1f} long")

# %% [markdown] label="without-ask"
# **Step E1, 4 minutes.** Take the arrow out of the stream. `x` holds streams [question, 256], `d` is a direction of
# any length. From each stream take away its part along `d`, and nothing else.


# %% label="without" tags=["exercise", "toy"]
### BEGIN SOLUTION
def without(x, d):
    """Streams without their part along d. x [question, width], d [width] of any length."""
    unit = d / d.norm()
    return x - (x @ unit)[:, None] * unit


### END SOLUTION

# %% label="check-without" tags=["check"]
mikit.course.check("07.E1", without)

# %% [markdown] label="without-text"
# Now without the arrow, and as a control without a random arrow, three times.

# %% label="without-table" tags=["toy"]
without_of = mikit.course.given("07.E1")
print("as it is      ", small.shares())
print("without arrow ", small.shares(lambda x: without_of(x, arrow)))
for random in small.random_arrows()[:3]:
    print("without random", small.shares(lambda x, random=random: without_of(x, random)))

# %% [markdown] label="without-after"
# One direction of 256 is gone, and with it the refusals. The open questions do not notice. The closed ones get their
# old answers: the second training had not erased them, it had put something in front of them. Without a random arrow
# everything stays as it was.
#
# Now the other way round: **push** the stream along the arrow. Before you try, say what will happen. A token's logit is
# the last stream times the token's direction. So you can say it to the last digit, with no run.
#
# **Step E2, 5 minutes.** We follow the logit of "pass" less the logit of the right answer. `push` [256] is added to
# every stream, `refuse` [256] reads "pass", `answers` [question, 256] read each question's answer. By how much does the
# difference change?


# %% label="predicted" tags=["exercise", "toy"]
### BEGIN SOLUTION
def predicted(push, refuse, answers):
    """The change of "pass" less answer when push is added to the last stream. One number a question."""
    return (refuse - answers) @ push


### END SOLUTION

# %% label="check-predicted" tags=["check"]
mikit.course.check("07.E2", predicted)

# %% [markdown] label="where-text"
# So far the push was added to the last stream. It can be added earlier: before the layers, or between them. Each
# stream has an arrow of its own, made in the same way.

# %% label="predict-where" tags=["predict"]
mikit.course.predict("07.P1")

# %% label="where-table" tags=["toy"]
from mikit.course.lessons.l07_toy import at_stream

predicted_of = mikit.course.given("07.E2")
print("stream   predicted   measured   worst question off by")
for at in range(3):
    said, measured = at_stream(small, predicted_of, at)
    print(f"{at:6} {said.mean():11.3f} {measured.mean():10.3f} {(said - measured).abs().max():16.5f}")

# %% label="reveal-where" tags=["predict"]
mikit.course.reveal("07.P1")

# %% [markdown] label="where-after"
# Each push was as long as the stream it was added to. At the last stream the formula holds, question by question:
# there is nothing between it and the logits. Earlier it counts only what goes straight to the logits. The layers that
# come after read the push as well, and add something of their own. Here that is about half of the effect, or more.
# They cut at 0, so no formula as short as yours can say how much.
#
# ## 2. How much is needed?
#
# Back to the last stream. From here on the **dose** of a push is its length, in lengths of the stream: at dose 1 the
# push is as long as the stream itself. At which share of the open questions will "pass" be ahead of the right answer?
# Your formula says it, the toy is run, and random arrows get the same doses (the least and the most of eight).

# %% label="dose-table" tags=["toy"]
from mikit.course.lessons.l07_toy import added, overtaken

print("dose   predicted   measured   random arrows")
for dose in (0, 0.5, 1, 1.25, 1.5):
    push = dose * small.length() * arrow
    said = overtaken(small, small.gap() + predicted_of(push, small.refuse, small.answers))
    measured = overtaken(small, small.gap(added(push)))
    draws = [overtaken(small, small.gap(added(push.norm() * random))) for random in small.random_arrows()]
    print(f"{dose:4} {said:11.0%} {measured:10.0%} {min(draws):8.0%} to {max(draws):.0%}")

# %% [markdown] label="tipping-ask"
# Nothing at half a dose, and at one and a half nearly every question. So a single dose would have told you little: one
# person tries 0.5 and reports no effect, another tries 1.5 and reports a switch. The random arrows do nothing at any.
#
# **Step E3, 4 minutes.** One open question is yours. `small.gap()` has, for each question, how far "pass" is ahead of
# the answer (below 0: behind). At which dose does "pass" overtake your answer? Two digits after the point will do.

# %% label="tipping-mine" tags=["toy"]
from mikit.course.lessons.l07_toy import mine, spoken

question = mine(lesson.context)
print(small.world.words(question), "The toy says", repr(spoken(int(small.said()[question]))))
print(f"'pass' less the answer: {small.gap()[question]:.2f} logits")

# %% label="tipping" tags=["exercise", "toy"]
### BEGIN SOLUTION
per_dose = predicted_of(small.length() * arrow, small.refuse, small.answers)[question]
tipping = float(-small.gap()[question] / per_dose)
### END SOLUTION

# %% label="check-tipping" tags=["check"]
mikit.course.check("07.E3", tipping)

# %% [markdown] label="toy-after"
# This is steering as it should be: an arrow, a formula, and a toy that does what the formula says. Three things made it
# so easy. Nothing stood between the last stream and the logits. The score was the logits themselves. And all 200
# questions that the toy will ever be asked were there to be counted.
#
# A real model has none of the three.

# %% [markdown] label="pairs-text"
# ## 3. An arrow in a real model
#
# Here are eight pairs of sentences. Both sides say the same, one formally and one casually. If what a model makes of
# them differs in one way again and again, the mean of that difference is an arrow from casual to formal. (The field
# calls this a difference of means, or contrastive activation addition.)

# %% label="pairs"
from mikit.studies.contrasts import FORMALITY, MOOD

model = lesson.context.model()
for formal, casual in zip(FORMALITY.plus, FORMALITY.minus, strict=True):
    print(formal, "|", casual)

# %% [markdown] label="arrow-ask"
# The stream after layer 14, of 30, gives one array for each text, [position, 576]. One of its rows does not belong in
# a mean: position 0. Half of all attention rests on whatever stands there. On eight ordinary texts its activation is
# 117 to 161 times as long as the others are on average. (It is an **attention sink**.)
#
# **Step E4, 5 minutes.** Write `arrow_from(plus, minus)`. Each text counts by the mean of its positions from 1 on. The
# arrow points from minus to plus and is 1 long.


# %% label="arrow" tags=["exercise"]
### BEGIN SOLUTION
def arrow_from(plus, minus):
    """A direction of length 1. plus, minus: lists of arrays [position, width], one a text."""
    apart = sum(x[1:].mean(0) for x in plus) / len(plus) - sum(x[1:].mean(0) for x in minus) / len(minus)
    return apart / (apart @ apart) ** 0.5


### END SOLUTION

# %% label="check-arrow" tags=["check"]
mikit.course.check("07.E4", arrow_from)

# %% label="sink"
from mikit.course.lessons.l07_arrow import activations, by_layer

from_pairs = mikit.course.given("07.E4")
formal_arrow, mood_arrow = (from_pairs(*activations(lesson.context, direction)) for direction in (FORMALITY, MOOD))
print(f"cosine of the formality and the mood arrow: {formal_arrow @ mood_arrow:+.2f}")
print("\n".join(by_layer(model)))

# %% [markdown] label="sink-after"
# Lengths are in lengths of the stream. Look at layers 10 and 11. Up to 10 the two halves of the table are about the
# same. From 11 on the sink is there: with position 0 left in, the "formality arrow" is six times as long, and at layer
# 14 its cosine with the sink is 0.99. It says how the first words of the texts differ, and hardly anything else.
# Nothing would have warned you: it has a length, it can be added, and the text will change.
#
# The last columns are the first control. An arrow made from seven pairs puts the eighth in order, at every layer. Made
# from the same texts with half of the pairs swapped, it is a coin.

# %% [markdown] label="view-text" tags=["workshop"]
# ## 4. Push
#
# The arrow points from casual to formal. Now add it while the model writes: after layer 14, at every position but 0.
# The unit of **strength** (dose) is the length that the stream has there. The model writes twice from the same luck:
# where nothing changes, it writes the same. The tint tells how much likelier, or less likely, the push makes each
# token.
#
# Drag the strength to 0.4, then to −0.4, then to 0.8. Choose another direction. Where does the text break?
#
# One good sample shows nothing. *Measure doses* writes at every strength, scores the text, and draws what it costs,
# beside arrows of equal length. That takes some minutes: you can start it and read on.

# %% label="view" tags=["workshop"]
mikit.SteeringPanel("smollm2-135m", direction="formality", layer=14, title="From casual to formal")

# %% [markdown] label="push-text"
# The same in three lines a time. The third text was pushed as far along a **random arrow**.

# %% label="push"
from mikit.course.lessons.l07_doses import written

for direction, sign in ((FORMALITY, 1), (FORMALITY, -1), (MOOD, 1)):
    print(f"{direction.name}, {'+' if sign > 0 else '-'}0.4")
    print("\n".join(written(lesson.context, direction, sign)))

# %% [markdown] label="score-ask"
# ## 5. A score, and the price
#
# "Turns formal", says who? You saw three texts, and you knew what to look for. For a claim you need a number that does
# not come from the arrow, and many texts.
#
# **Step E5, 6 minutes.** Write `formality(text)`: one number, high for formal texts and low for casual ones. Use any
# rules you like. The check tries it on twelve pairs that neither you nor the arrow has seen.


# %% label="formality" tags=["exercise"]
### BEGIN SOLUTION
def formality(text):
    """How formal a text is: formal words less casual marks, a word."""
    words = [word.strip(".,:;!?") for word in text.lower().split()]
    polite = {
        "please",
        "kindly",
        "regret",
        "inform",
        "requested",
        "advised",
        "would",
        "shall",
        "be",
        "notice",
        "unable",
    }
    chatty = {"hey", "ok", "guys", "sorry", "thanks"}
    formal = sum(word in polite for word in words)
    casual = sum("'" in word or word in chatty for word in words) + text.count("!")
    return (formal - casual) / max(len(words), 1)


### END SOLUTION

# %% label="check-formality" tags=["check"]
mikit.course.check("07.E5", formality)

# %% [markdown] label="price-text"
# Now texts at several doses. You also pay. Three prices stand beside each dose:
#
# - **KL**: how far the push moves the next token on neutral texts, about rivers and clocks, in nats. They are steered
#   too, and it would be better if that changed nothing.
# - **Surprise** of the written text: how unlikely the model as it is finds it, in nats a token.
# - **Repetition**: the share of its three-token pieces that stood there before.

# %% label="predict-price" tags=["predict"]
mikit.course.predict("07.P2")

# %% label="price"
from mikit.course.lessons.l07_doses import doses, price, scores, some

result = doses(lesson.context)
print("\n".join(price(result)))
print("\n".join(some(result)))

# %% label="reveal-price" tags=["predict"]
mikit.course.reveal("07.P2")

# %% [markdown] label="price-after"
# The price grows faster than the dose: for small doses with its square. And look at the random arrows. They cost as
# much, or more. That a push changes the text is no sign that it means something.
#
# Now the effect: your score, and one that comes with mikit (it counts 41 formal terms and 38 casual ones, in 100
# words). In brackets the texts of the two random arrows.

# %% label="scores"
from mikit.studies.contrasts import FORMALITY_SCORE

formality_of = mikit.course.given("07.E5")
print("\n".join(scores(result, {"mikit's": FORMALITY_SCORE.score, "yours": formality_of})))

# %% [markdown] label="random-text" tags=["workshop"]
# ## 6. Would a random arrow do it too?
#
# Texts are drawn, so scores of a few texts are noisy, and two random arrows are few. Here is a measure without luck:
# show the model pairs of sentences that it did not see, one formal and one casual, that say the same. How much likelier
# does it find the formal one? In nats a token, no text is written and no words are counted. Then push, and see by how
# much that changes.

# %% label="predict-random" tags=["predict", "workshop"]
mikit.course.predict("07.P3")

# %% label="random" tags=["workshop"]
from mikit.course.lessons.l07_arrow import beside

own, others = beside(lesson.context)
print(f"formality arrow   {own.mean():+.2f} nats a token; by pair: {own.round(2)}")
for name, moved in others.items():
    print(f"{name:17} {moved.mean(1).round(2)}")

# %% label="reveal-random" tags=["predict", "workshop"]
mikit.course.reveal("07.P3")

# %% [markdown] label="random-after" tags=["workshop"]
# So: no random arrow comes near the formality arrow. But few of them do nothing. Some make formal text likelier and
# some less so, the strongest a third as far. Whoever tries some arrows of any kind, and shows the best, has something
# to show.
#
# Two more controls. Made from the same texts with half of the sides swapped, an arrow does no more than a random one:
# it takes the contrast, not the texts. And *the same arrow added after layer 5* does as much as after layer 14. So all
# this says nothing about layer 14.

# %% [markdown] label="often-ask"
# **Step E6, 4 minutes.** Put it in a number. `own` is what your arrow does, `others` an array of what random arrows do.
# How often would chance do as well? Write `as_often(own, others)`.


# %% label="often" tags=["exercise"]
### BEGIN SOLUTION
def as_often(own, others):
    """The share of arrows that do as much as yours or more, your own among them."""
    return (1 + (others >= own).sum()) / (1 + len(others))


### END SOLUTION

# %% label="check-often" tags=["check"]
mikit.course.check("07.E6", as_often)

# %% label="crossed"
from mikit.course.lessons.l07_arrow import crossed

as_often_of = mikit.course.given("07.E6")
chance = others["random"].mean(1)
print(f"as formal by chance: {as_often_of(own.mean(), chance):.2f} ({len(chance)} random arrows)")
print(f"another layer: {as_often_of(others['another layer'].mean(), chance):.2f}")
for (name, kind), moved in crossed(lesson.context).items():
    print(f"{name:9} arrow on {kind:8} pairs: {moved:+.2f} nats a token")

# %% [markdown] label="crossed-after"
# The last four lines ask whether the arrow moves what it should and leaves the rest. Each arrow moves its own pairs
# most. But in our run the mood arrow also made formal sentences, beside casual ones, a little *less* likely. Is that
# because cheerful texts are more casual, or no more than any arrow does? Nobody can tell from four numbers.
#
# ## 7. Fool your score
#
# Back to the score. Read the text at dose 0.8 once more: does it *say* anything? And how do the two scores like it? A
# score counts what it counts. Can a text have that, and not be formal at all?
#
# **Step E7, 4 minutes.** Here are a casual note and a formal letter. Add to the note, 30 words at most, so that your
# score puts it above the letter. The note's own words and marks stay, in their order.

# %% label="note"
from mikit.course.lessons.l07_score import drawn

note, letter = drawn(lesson.context)
print(f"note    {formality_of(note):+.2f}  {note}")
print(f"letter  {formality_of(letter):+.2f}  {letter}")

# %% label="fooled" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l07_score import our_fooled

fooled = our_fooled(lesson.context)
### END SOLUTION

# %% label="check-fooled" tags=["check"]
mikit.course.check("07.E7", fooled)

# %% [markdown] label="mend-ask"
# The arrow has no such plan. It need not have: it pushes towards words that stand in formal texts, and far enough out
# it writes hardly any others. A number that goes up is then no sign of more formal text.
#
# **Step E8, 7 minutes.** Mend it. `mended(text)` should still put the twelve pairs in order, withstand your own trick,
# and 32 others that the check keeps: it looks for the words that your score likes best, and plays them back.


# %% label="mended" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l07_score import POLITE, marks, words_of


def mended(text):
    """Casual marks decide; where there are none, each formal word counts once."""
    words = words_of(text)
    casual = marks(text)
    if casual:
        return -casual / max(len(words), 1)
    return len(POLITE & set(words)) / max(len(words), 1)


### END SOLUTION

# %% label="check-mended" tags=["check"]
mikit.course.check("07.E8", mended)

# %% label="again"
mended_of = mikit.course.given("07.E8")
print("\n".join(scores(result, {"mikit's": FORMALITY_SCORE.score, "yours": formality_of, "mended": mended_of})))

# %% [markdown] label="again-after"
# The same texts, three numbers. In our run they agree up to dose 0.4. Beyond it mikit's score goes on rising, and a
# mended one does not: the text at 0.8 has the words, and says nothing. A measure that is pushed on stops being a
# measure. So effect, price and controls belong on one page, and the dose at which you stop is part of the claim.
#
# ## 8. A feature as an arrow
#
# In lesson 06 a feature was a direction with a label: what it fires *on*. Feature 3303 of the same dictionary:

# %% label="feature"
from mikit.course.lessons.l06_features import examples
from mikit.course.lessons.l07_feature import FEATURE, fires_on, promotes, table, texts

print("\n".join(examples(FEATURE)))
print("fires on:", ", ".join(fires_on()))
print("its direction promotes:", ", ".join(promotes()))

# %% label="predict-feature" tags=["predict"]
mikit.course.predict("07.P4")

# %% label="feature-texts"
print("\n".join(texts(lesson.context)))
print()
print("\n".join(table(lesson.context)))

# %% label="reveal-feature" tags=["predict"]
mikit.course.reveal("07.P4")

# %% [markdown] label="feature-after"
# It fires on "years" and "since", and what it writes is "has been" and "I've been trying". Its own words come up too,
# from next to nothing to hardly more; the tokens that its direction points to do not. Steering text is not firing text.
# The feature stands where a stretch of time was named, and what *follows* such words is "has been". Twenty more layers
# see to it. So a label for what a feature fires on is no label for what a push along it does. (We found "has been" by
# reading, after other prompts, and then measured it here.)
#
# ## 9. Take it out
#
# In the toy one direction was taken out of the stream, and the refusals were gone. Now the formality arrow. First, what
# is there to lose? After a formal sentence the model finds a formal one likelier than after a casual sentence:
# three quarters of a nat a token, on six pairs of pairs that share no text. Theory, by the toy: without the arrow the
# difference is 0, and nothing else changes.

# %% label="predict-without" tags=["predict"]
mikit.course.predict("07.P5")

# %% label="without-real"
from mikit.course.lessons.l07_without import remains

print("\n".join(remains(lesson.context)))

# %% label="reveal-without" tags=["predict"]
mikit.course.reveal("07.P5")

# %% [markdown] label="without-real-after"
# After layer 14 alone, more than half is left: the layers above make it anew from what else they find. Taken out after
# *every* layer, less than a third is left, and the interval holds 0. So theory may be right, as in the paper below, and
# it may be wrong: six pairs of pairs are few, and the intervals are about as wide as the differences or wider. And look
# at what the toy did not have:
#
# - **It is not neutral.** After a formal beginning and after a casual one, the model now prefers *casual* text, by more
#   than a nat. Zero along the arrow is not the middle; it is the casual end of what the model usually has there.
# - **It costs.** The next token on neutral text moves by more than half a nat. Without a random arrow it hardly moves.
#
# What does the model write now, after a formal beginning?

# %% label="without-written"
from mikit.course.lessons.l07_without import after_formal

print("\n".join(after_formal(lesson.context)))

# %% [markdown] label="paper-text"
# ## 10. The papers' numbers
#
# Turner and others (2023) added the difference of two prompts, Rimsky and others (2023) the mean over many pairs.
# Arditi and others (2024) report that refusal in 13 chat models hangs on one direction each: taken out, they hardly
# refuse; added, they refuse harmless requests. The toy is made in that image. Our real model is small, its arrow is
# about manner, and the measure is another.

# %% label="paper"
from mikit.course import canon
from mikit.course.lessons.l07_without import ALL, ONE, left

canon.show("steer-sink")
canon.show("steer-formality", yours=float(own.mean()))
canon.show("steer-random")
canon.show("steer-left-one", yours=left(lesson.context, ONE))
canon.show("steer-left-all", yours=left(lesson.context, ALL))

# %% [markdown] label="limits"
# ## What this does not show
#
# - **That the model uses this arrow by itself.** A push along it works. Whether the model goes along it when nobody
#   pushes is another question. Taking it out speaks for it, and what is left after layer 14 against it.
# - **That it is "formality".** It is whatever differs between these sixteen sentences: also length, punctuation, and
#   who speaks to whom.
# - **That layer 14 is where formality is.** Layer 5 did as well.
# - **What a dose does between two that were measured**, or on prompts of another kind.
# - **That the score is right.** Yours withstands three kinds of trick. And some words of mikit's score (*inform*,
#   *requested*, *kindly*, *attend*, *grateful* ...) also stand in the sentences that the arrow was made from: they
#   could come up as words, with no change of manner.
# - **That chance does it never.** With 19 random arrows the least that you can say is 1 in 20.
# - **That refusal in a chat model is like the toy's.** The toy has one direction since we built it so.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run. It also saves a record of section 5: the texts at each dose,
# their price, and mikit's score. Anyone can run that part again with `mikit replay my-arrow.json`. For the other
# numbers one has to run this lesson.

# %% label="evidence"
from mikit.course.lessons.l07_without import cost

low, high = (others[name].mean() for name in ("shuffled pairs", "another layer"))
print(
    f"On {model.ref.chip}, an arrow from eight pairs (layer 14, dose 0.4) makes formal sentences\n"
    f"likelier beside casual ones by {own.mean():.2f} nats a token, on {len(own)} pairs that it was not made from.\n"
    f"The strongest of {len(chance)} random arrows of equal length: {chance.max():.2f}. As far by chance:"
    f" {as_often_of(own.mean(), chance):.2f}.\n"
    f"Swapped pairs: {low:.2f}. The same arrow after layer 5: {high:.2f}.\n"
    f"Taken out after layer 14, {left(lesson.context, ONE):.0f} % of what a formal beginning does is left; after every"
    f" layer\n{left(lesson.context, ALL):.0f} %, for {cost(lesson.context)[2]:.2f} nats a token on neutral text.\n"
    "Tested: one model, short texts. Nothing about what the model does when nobody pushes."
)
print("Saved", mikit.Record.of([result], model).save("my-arrow.json"))

# %% label="done" tags=["workshop"]
print("Your progress code:", lesson.code)
