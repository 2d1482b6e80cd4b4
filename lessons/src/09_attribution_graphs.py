# %% [markdown] label="title"
# # Attribution graphs
#
# A graph shows how a model gets from "rose" to "flower". Switch two of its neurons off, and it says that the answer
# loses 1.9 logits. Will it?
#
# **You will** read the graph of a toy in which it holds all of the effect, and see what it cannot say even there. Then
# you draw the graph of a real prompt, lock four predictions, run them, and find out where the graph can be trusted. At
# the end you rewrite a claim so that it survives.
#
# **You need** lesson 03 (switching parts off) and lesson 02 (logit difference). About 60 minutes: eight steps that are
# checked, five predictions. Everything runs on this machine, with no network. On one core the cells compute for 1.6
# minutes in all, in 1.08 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import mikit

lesson = mikit.course.open("09", pace=pace)

# %% [markdown] label="toy-text"
# ## 1. A graph that holds everything
#
# The weights of this toy were written by hand, so it is known what it does. It reads the names of fruit. The last one
# has come before, and it says the colour of the fruit that came *after* it then. After *lemon plum lime lemon* it says
# "purple", the colour of the plum.
#
# An **attribution graph** says where a logit came from, on one prompt. Its nodes are single neurons (at one word each),
# the words, and the answer. An **edge** says how many logits, or how much of a neuron, its source brings its target. To
# draw it, everything that is not a straight line is held where it was in this run: where attention looked, the scales
# of the norms, and each neuron's slope.

# %% label="toy" tags=["toy"]
import torch

from mikit.course.lessons.l09_toy import edges

print("\n".join(edges()))

# %% [markdown] label="toy-read"
# Two edges are all there is: the plum makes one neuron fire, and that neuron makes "purple". The graph holds 100 % of
# the effect, and by both scores that are in use (more of them below) it is as good as a graph can be.
#
# What is it for? To say what *would* happen, without a run. If a source is twice as large, so is what it brings.
#
# **Step E1, 7 minutes.** `effects[to, from]` holds the edges, neurons first (from the first layer up), the output last.
# `values` are the neurons' own values. `ratios` says which nodes are set, and to how many times their own value; with
# `{3: 0}` node 3 is off. A node that is not set changes by what its sources bring it. By how much does the output
# change?


# %% label="predicted" tags=["exercise", "toy"]
### BEGIN SOLUTION
def predicted(effects, values, ratios):
    """The change of the output. effects [to, from], values [neuron], ratios {node: new / own}."""
    change = torch.zeros(len(effects))  # of each node, as a share of its own value
    for node, ratio in ratios.items():
        change[node] = ratio - 1
    for n in range(len(values)):
        if n not in ratios:
            change[n] = effects[n] @ change / values[n]
    return float(effects[-1] @ change)


### END SOLUTION

# %% label="check-predicted" tags=["check"]
mikit.course.check("09.E1", predicted)

# %% label="toy-neuron" tags=["toy"]
from mikit.course.lessons.l09_toy import neuron_lines, word_lines

predicted_of = mikit.course.given("09.E1")
print("\n".join(neuron_lines(predicted_of)))

# %% [markdown] label="toy-neuron-after"
# To the last digit, and at any dose. So the graph holds everything, and what it foretells comes true. Is the toy
# understood?

# %% label="predict-places" tags=["predict"]
mikit.course.predict("09.P1")

# %% label="toy-words" tags=["toy"]
print("\n".join(word_lines(predicted_of)))

# %% label="reveal-places" tags=["predict"]
mikit.course.reveal("09.P1")

# %% [markdown] label="toy-after"
# Each "lemon" is worth as much as the plum, and neither is in the graph. They do their work by *where attention looks*:
# the last lemon looks for what came after the first. The graph takes attention as given, so whatever only steers it has
# no edge. (The field says: QK is frozen.)
#
# And for the plum the graph says twice what happens. Its neuron fires above a threshold: without the plum it stops at
# 0, while a straight line goes on below. That is **saturation**.
#
# Keep both in mind. This is a graph with a share of 100 %.

# %% [markdown] label="real-text"
# ## 2. The graph of a real prompt
#
# *A dog is an animal. A rose is a* calls for " flower". We trace how far it is ahead of " animal", at the last word,
# back over single MLP neurons of a real model. There are far too many to draw, so the graph has the 600 of largest
# effect, and for each layer and word one **rest** node for all the others.

# %% label="draw"
from mikit.course.lessons.l09_graph import strongest

print("\n".join(strongest(lesson.context)))

# %% [markdown] label="draw-after"
# The last column is what a neuron writes, as tokens. Most say nothing to us. But some do: one promotes *plant*, one
# *stem*, *buds* and *roots*, one *living*, and one *animal*, and pushes against the answer. It is tempting to stop here
# and tell the story: *it finds out that a rose is a plant.*
#
# First: how much is in the picture at all?
#
# **Step E2, 4 minutes.** `effects` [layer, position, neuron] has the effect of every neuron of the model on the output,
# above 0 or below. Which share of it do the `count` largest hold? Write `share(effects, count)`.


# %% label="share" tags=["exercise"]
### BEGIN SOLUTION
def share(effects, count):
    """The share of all effects, whichever way they push, that the largest hold."""
    sizes = effects.abs().flatten()
    return float(sizes.topk(count).values.sum() / sizes.sum())


### END SOLUTION

# %% label="check-share" tags=["check"]
mikit.course.check("09.E2", share)

# %% label="shares"
from mikit.course.lessons.l09_graph import share_lines

share_of = mikit.course.given("09.E2")
print("\n".join(share_lines(lesson.context, share_of)))

# %% [markdown] label="share-after"
# This is THE number of the lesson. The 600 neurons hold 15 of 100 parts of the effect. As many random ones hold less
# than a hundredth of that: a few neurons do a lot. Still, 85 parts are not in the picture. For half of the effect you
# would need 12,000 neurons, and nobody reads those.
#
# Beware of a number that sounds better. Added up *with their signs*, the 600 bring 91 of 100 parts of the lead. But
# what was left out pushes both ways, and cancels. That it adds up to little does not mean that it does little.
#
# Two other numbers stand beside most graphs. The **replacement score**: of all the influence that reaches the answer,
# which share began at the words, and not at a rest node? The **completeness score**: of what comes into a node, which
# share comes from named nodes, on average, where nodes count by their influence?
#
# **Step E3, 5 minutes.** Write `completeness(shares, weights, rest)`. `shares[to, from]` says which share of what comes
# into a node comes from each other. `weights` is how much each node counts. `rest` is True for rest nodes.


# %% label="completeness" tags=["exercise"]
### BEGIN SOLUTION
def completeness(shares, weights, rest):
    """The weighted mean, over all nodes, of the share of what comes in that comes from named nodes."""
    named = 1 - shares[:, rest].sum(1)
    return float((weights * named).sum() / weights.sum())


### END SOLUTION

# %% label="check-completeness" tags=["check"]
mikit.course.check("09.E3", completeness)

# %% label="scores"
from mikit.course.lessons.l09_graph import score_lines

completeness_of = mikit.course.given("09.E3")
print("\n".join(score_lines(lesson.context, completeness_of)))

# %% [markdown] label="scores-after"
# The last line names no neuron at all, and has a completeness of 0.50. Into a rest node nothing comes, so it counts as
# fully explained: by the formula (circuit-tracer's) the scale begins at a half. The 0.72 of our graph is less than half
# way up.
#
# So neither score is "per cent understood". Both are shares of influence, which has no sign, through what was drawn.
# The replacement score of 0.11 is the stricter one.
#
# Now look. Point at a node and its ways light up; click to keep it. The slider prunes: fewer neurons, those of most
# influence. Rest nodes are diamonds. The scores below are those of what is kept, so they are lower than the table's.
# Find the neuron L29 N307 at the last word, and the ways that lead to it.
#
# **Leave *Switch off* and *Double* alone for now.** You will first say what they do.

# %% label="view"
mikit.CircuitGraph(
    "smollm2-135m",
    prompt="A dog is an animal. A rose is a",
    answer=" flower",
    foil=" animal",
    title="From rose to flower",
)

# %% [markdown] label="locked-text"
# ## 3. Lock four predictions
#
# Here are four changes, and what the graph says of each, by your own function.

# %% label="four"
from mikit.course.lessons.l09_locked import said_lines

predicted_of = mikit.course.given("09.E1")
print("\n".join(said_lines(lesson.context, predicted_of)))

# %% [markdown] label="rule-ask"
# Before the first run, say what will count. Otherwise −0.4 where −1.8 was said is a success to whoever hopes for one.
#
# **Step E4, 5 minutes.** Write `came_out(said, measured, low, high)`. `low` and `high` are the least and the most that
# eight draws of other neurons do, as many, at the same layers and words. Give one of four words, asked in this order:
#
# - `"nothing"`: what was measured lies between low and high;
# - `"another sign"`;
# - `"as said"`: off by a third of what was said, or less;
# - `"another size"`.


# %% label="rule" tags=["exercise"]
### BEGIN SOLUTION
def came_out(said, measured, low, high):
    """One of four words for what became of a prediction."""
    if low <= measured <= high:
        return "nothing"
    if said * measured < 0:
        return "another sign"
    return "as said" if abs(measured - said) <= abs(said) / 3 else "another size"


### END SOLUTION

# %% label="check-rule" tags=["check"]
mikit.course.check("09.E4", came_out)

# %% label="predict-plants" tags=["predict"]
mikit.course.predict("09.P2")

# %% label="predict-doubled" tags=["predict"]
mikit.course.predict("09.P3")

# %% label="predict-top" tags=["predict"]
mikit.course.predict("09.P4")

# %% label="predict-rose" tags=["predict"]
mikit.course.predict("09.P5")

# %% label="run"
from mikit.course.lessons.l09_locked import lines

came_out_of = mikit.course.given("09.E4")
print("\n".join(lines(lesson.context, came_out_of)))

# %% label="reveal-four" tags=["predict"]
mikit.course.reveal("09.P2")
mikit.course.reveal("09.P3")
mikit.course.reveal("09.P4")
mikit.course.reveal("09.P5")

# %% [markdown] label="run-after"
# One came out as said: without the two plant neurons the answer loses 2.0 logits, where 1.9 were said, and random
# neurons do next to nothing. So the graph is no fiction. But of four it was right once. The others:
#
# - All late neurons doubled bring +1.7 logits, and +7.3 were said.
# - The neuron of most influence in the whole graph does the *opposite* of what the graph says.
# - Doubling the one at the rose does nothing at all.
#
# You can now press *Switch off* and *Double* in the view above: every test is kept, with what was said beside it.
#
# Three more changes, before we ask why.

# %% label="more"
from mikit.course.lessons.l09_locked import more

print("\n".join(lines(lesson.context, came_out_of, more(lesson.context))))

# %% [markdown] label="more-after"
# The same late neurons, switched *off* instead of doubled, come out as said. And three neurons that the graph gives
# 0.1 logits take away the whole answer: 12.4 logits, more than all 346 late neurons together. A graph reader would not
# have looked at them twice.
#
# ## 4. Where the story breaks
#
# Two things were held that the model does not hold. The next table gives them back to the graph, one at a time: the
# same change, with every attention pattern kept as it was in the run; and the same change, with the scale of the last
# norm kept. The last column: how many times as long the last stream gets.

# %% label="held"
from mikit.course.lessons.l09_breaks import held_lines

print("\n".join(held_lines(lesson.context)))

# %% [markdown] label="held-after"
# Read it line by line.
#
# - **Late neurons doubled**: with the norm's scale kept, what was said comes true, +7.0 of +7.3. The stream gets 1.4
#   times as long, and the last norm divides by that. It is the real model's saturation. Switched off, they leave the
#   length nearly as it was: so *off* was foretold and *doubled* was not. A prediction for one dose is none for another.
# - **The three at the first word**: with attention kept, three quarters of the effect are gone. They make position 0
#   the **attention sink** of lesson 07. Without them attention looks elsewhere, everywhere. That is the lemon of the
#   toy.
# - **The top neuron**: attention is a quarter of the miss. The last line is about those that were left out: count the
#   ways through them too, and the graph's +0.9 becomes +0.3. That is a third of the miss. For the rest this table has
#   no reason.
#
# Now look at many neurons: the 80 of largest effect, switched off one at a time. Of each we ask for its sign alone.

# %% label="parts"
from mikit.course.lessons.l09_breaks import part_lines

print("\n".join(part_lines(lesson.context)))

# %% [markdown] label="trusted-ask"
# **Step E5, 5 minutes.** Draw the line. `trusted(layer, position)` is True where you would take the graph's sign for
# the model's. At least half of the neurons must be trusted, and nine of ten of these must come out right: on this
# prompt, and on others that the check draws.


# %% label="trusted" tags=["exercise"]
### BEGIN SOLUTION
def trusted(layer, position):
    """Whether the sign that the graph gives a neuron can be taken for the model's."""
    return position > 0 and layer >= 20


### END SOLUTION

# %% label="check-trusted" tags=["check"]
mikit.course.check("09.E5", trusted)

# %% [markdown] label="trusted-after"
# Late neurons speak nearly straight to the logits, and of those the graph is a good account. But what made you believe
# the story was its *way*: from the rose, early, to the flower, late. That part is the weak one. And at position 0 the
# sign is hardly better than a coin.
#
# ## 5. Prune it, and the story changes
#
# Nobody reads 600 neurons. Graphs are shown **pruned**: the neurons that hold 80 % of the influence, say. The threshold
# is a choice. Here is the graph at ten of them: how many neurons are left, and at which words.

# %% label="levels"
from mikit.course.lessons.l09_story import story_lines

print("\n".join(story_lines(lesson.context)))

# %% [markdown] label="stories-ask"
# **Step E6, 3 minutes.** Get two stories out of one graph: choose two levels so that in the first at least 40 % of the
# kept neurons stand at the first word, and in the second at most 10 %. `stories = (first, second)`.

# %% label="stories" tags=["exercise"]
### BEGIN SOLUTION
stories = (0.3, 0.8)
### END SOLUTION

# %% label="check-stories" tags=["check"]
mikit.course.check("09.E6", stories)

# %% [markdown] label="stories-after"
# The right half of the table is the test that belongs beside each: all kept neurons off. At every level more happens
# than the graph says. It comes nearest where most is kept, and that is the picture that nobody can read.
#
# ## 6. The coverage dial
#
# One prompt is one prompt. On how many does a graph do well? That depends on what you call well. So here is a rule,
# **stated before a single graph of them was drawn**: replacement at least 0.1, completeness at least 0.7, and of the
# ten neurons of largest effect at least eight move the answer the way the graph says. Graphs of 300 neurons, 24
# prompts. It is computed now, and takes about a minute.

# %% label="prompts"
from mikit.course.lessons.l09_story import prompt_lines

print("\n".join(prompt_lines(lesson.context)))

# %% [markdown] label="covered-ask"
# The control, on the right: what the signs would agree by luck, with what is said dealt out anew among the ten.
#
# **Step E7, 4 minutes.** `numbers` [prompt, 3] has the three measures of each prompt, and `rule` the least of each.
# Which share of the prompts does the rule cover? Write `covered(numbers, rule)`.


# %% label="covered" tags=["exercise"]
### BEGIN SOLUTION
def covered(numbers, rule):
    """The share of prompts that have at least what the rule asks for, in all three."""
    return float((numbers >= rule).all(1).mean())


### END SOLUTION

# %% label="check-covered" tags=["check"]
mikit.course.check("09.E7", covered)

# %% label="rules"
from mikit.course.lessons.l09_story import rule_lines

covered_of = mikit.course.given("09.E7")
print("\n".join(rule_lines(lesson.context, covered_of)))

# %% [markdown] label="rules-after"
# The same graphs, the same runs, and a coverage from none to all. Each of these rules could be defended. So a share of
# prompts says nothing without its rule, and little if the rule came after the result. In brackets the 95 % interval
# (Wilson): with 24 prompts even a fixed rule leaves it wide.
#
# In the view the dial at the foot does the same on twelve prompts of its own: state a rule, let it run, and then move
# the rule.
#
# ## 7. Rewrite the claim
#
# Somebody shows your graph, with this beside it:

# %% label="claim-before"
from mikit.course.lessons.l09_claim import CLAIM, claim_lines

print(CLAIM)

# %% [markdown] label="claim-ask"
# **Step E8, 6 minutes.** Rewrite it so that it survives: a dictionary of seven fields.
#
# - `says`: one sentence. What was changed, what happened, on how much. No more.
# - `share`: how much of the effect the graph holds.
# - `as_said`: of the predictions that were locked, how many came out as said: `(how many, of how many)`.
# - `said`, `measured`, `random`: of one change. `random` is (least, most).
# - `not_shown`: at least one thing that this run cannot show.

# %% label="claim" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l09_claim import our_claim

claim = our_claim(lesson.context)
### END SOLUTION

# %% label="check-claim" tags=["check"]
mikit.course.check("09.E8", claim)

# %% [markdown] label="paper-text"
# ## 8. The papers' numbers
#
# Ameisen and others (2025) drew such graphs for larger models. Their nodes are features of transcoders, which were
# trained to be read and to stand in for the MLPs; ours are the model's own neurons, as nothing had to be trained. In
# the paper beside it, Lindsey and others (2025) write that the graphs gave them satisfying insight for **about a
# quarter** of the prompts that they tried. That is a coverage, and its rule was their own judgement. circuit-tracer,
# the tool that others use, prunes at 0.8 of the influence for nodes and 0.98 for edges unless told otherwise. You saw
# what a threshold does.

# %% label="paper"
from mikit.course import canon
from mikit.course.lessons.l09_graph import all_effects, nothing_named
from mikit.course.lessons.l09_locked import PLANTS, SINK, outcomes, result

tests = outcomes(result(lesson.context)) | outcomes(result(lesson.context, more(lesson.context)))
share_of = mikit.course.given("09.E2")
canon.show("graph-share", yours=100 * share_of(all_effects(lesson.context), 600))
canon.show("graph-completeness")
canon.show("graph-nothing-named", yours=nothing_named(lesson.context))
canon.show("graph-plants", yours=-tests[PLANTS].measured)
canon.show("graph-sink", yours=-tests[SINK].measured)

# %% [markdown] label="limits"
# ## What this does not show
#
# - **How the model finds out that a rose is a flower.** The graph has 15 of 100 parts of the effect, and the early ones
#   are those that did not hold.
# - **Why attention looks where it looks.** It is not in the graph at all, and in the toy it was half of the task.
# - **Whether features do better than neurons.** No graph of features was drawn here. The tests would stay the same.
# - **That a neuron "is" plant.** That is read off the tokens it promotes, and it fires on other text too.
# - **That switching off is what the model would do by itself.** A value of 0 may be one that it never has.
# - **What holds on other prompts.** The four changes are of one prompt; the line of step E5 was tried on two more.
# - **That so many per cent of all prompts are covered.** The 24 prompts were chosen by us, and so was the rule.
#
# ## What you may now say
#
# The next cell writes your claim, and saves a record of the four predictions. Anyone can run it again with
# `mikit replay my-graph.json`.

# %% label="evidence"
claim_of = mikit.course.given("09.E8")
model = lesson.context.model()
print("\n".join(claim_lines(claim_of)))
print(f"Model: {model.ref.chip}. Prompt: A dog is an animal. A rose is a")
print("Saved", mikit.Record.of([result(lesson.context)], model).save("my-graph.json"))

# %% label="done"
print("Your progress code:", lesson.code)
