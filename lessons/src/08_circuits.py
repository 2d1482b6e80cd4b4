# %% [markdown] label="title"
# # Circuits
#
# You removed the part that did the work: why does half come back?
#
# **You will** find a circuit where the truth is written into the weights, and reject a decoy that any probe would take.
# You will count what it costs to be sure of a smallest circuit. Then a real model: sixteen of its three hundred parts
# seem to name the right person all alone. You will build that circuit, test it on other names, be beaten by an
# adversary, find a second circuit that shares hardly an edge with the first, and meet heads whose work is done by
# others as soon as they are gone. At the end stands one sentence that survives all this.
#
# **You need** lessons 02 and 03: logit difference, and swapping values between two prompts. About 60 minutes: eight
# steps that are checked, five predictions. Everything runs on this machine, with no network. On one core the cells
# compute for 2.3 minutes in all, in 1.23 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import mikit

lesson = mikit.course.open("08", pace=pace)

# %% [markdown] label="toy-text"
# ## 1. A toy with a circuit and a decoy
#
# A model is a graph. Its **parts** are heads and MLPs. An **edge** goes from a part that writes to the stream to a part
# that reads it later. A **circuit** is a set of edges that is said to do a job.
#
# Here is a transformer that nobody trained: its weights are written down. Its prompts are fruit, and the last fruit has
# come before: "lemon plum lime lemon". It says the colour of the fruit that came next then: "purple". Two heads and an
# MLP do it. Two more heads do the same work, but they write where nothing reads: a **decoy**.
#
# A probe, a linear readout, is taught to tell the answer from what each part writes at the end.

# %% label="toy-probe" tags=["toy"]
from mikit.course.lessons.l08_toy import decodable, grades

print("\n".join(decodable()))

# %% label="predict-heads" tags=["predict"]
mikit.course.predict("08.P1")

# %% [markdown] label="cut-text"
# To test edges, **cut** them: along a cut edge goes what its sender writes on a changed prompt, along all others what
# it writes in this run. With all edges kept it is the original's run. With none it is the changed prompt's.
#
# **Step E1, 3 minutes.** Three numbers, each a logit difference: `whole` with all edges, `none` with none, `circuit`
# with those of the circuit alone. Which share does the circuit keep?


# %% label="share" tags=["exercise", "toy"]
### BEGIN SOLUTION
def share_kept(circuit, whole, none):
    """What a circuit keeps of the way from none to whole."""
    return (circuit - none) / (whole - none)


### END SOLUTION

# %% label="check-share" tags=["check"]
mikit.course.check("08.E1", share_kept)

# %% [markdown] label="edges-ask"
# **Step E2, 6 minutes.** Ten of the toy's 46 edges are enough on all pairs of prompts. Which of the ten are the
# circuit? `keeps(edges)` cuts all others and gives the share kept on three pairs: another fruit came next; another
# fruit is asked for; the fruit came elsewhere. A circuit is enough on all three, and has no edge to spare. `circuit` is
# a list of names, out of those that the next cell prints.

# %% label="edges-ten" tags=["toy"]
from mikit.course.lessons.l08_toy import candidates, keeps

ten = candidates(lesson.context)
print("\n".join(ten))
print("all ten keep", keeps(ten), "and half of them", keeps(ten[:5]))

# %% label="circuit" tags=["exercise", "toy"]
### BEGIN SOLUTION
circuit = [edge for edge in ten if (keeps([other for other in ten if other != edge]) < 0.99).any()]
### END SOLUTION

# %% label="check-circuit" tags=["check"]
mikit.course.check("08.E2", circuit)

# %% label="reveal-heads" tags=["predict"]
mikit.course.reveal("08.P1")

# %% [markdown] label="grades-text"
# Since the truth is known, methods can be graded. Each takes the six edges or three parts that it ranks highest. How
# many of the planted ones are among them, and how many of the decoy's?

# %% label="grades" tags=["toy"]
print("\n".join(grades()))

# %% [markdown] label="grades-after"
# The probe takes half of the decoy's parts, as many as a ranking drawn at random, and of its edges more than that
# ranking. It is right that the answer is *there*. It is wrong about *use*: what can be read off need not be read by
# anyone. The methods that change something leave the decoy alone. Those that change whole parts find the parts, and not
# all edges between them.
#
# **EAP** (edge attribution patching) scores all edges at once by a straight line, with one pass forward and one back;
# **EAP-IG** takes the slope at several places between the two prompts.

# %% [markdown] label="minimal-text"
# ## 2. The smallest circuit, and what it costs
#
# "Nothing to spare" is not "the smallest": there could be a smaller one of other parts. To be sure, every set has to be
# tested, smaller ones first. Here is a network of 12 units that says yes or no. A circuit is a set of units that keeps
# 90 % of its decisions, all others held at their mean.

# %% label="predict-smallest" tags=["predict"]
mikit.course.predict("08.P2")

# %% label="smallest" tags=["toy"]
from mikit.course.lessons.l08_minimal import by_seed, listed

print("\n".join(listed()))
print("smallest circuits of six networks, from other seeds:", by_seed())

# %% label="reveal-smallest" tags=["predict"]
mikit.course.reveal("08.P2")

# %% [markdown] label="smallest-after"
# We show the network with most of them; half of the six networks have one alone. But where there are several, none of
# them is *the* circuit: the two above keep about as much, and of the eleven units in either one is in both.
#
# **Step E3, 4 minutes.** And what does it cost? Write `sets`: how many sets of at most `size` units can be made of
# `units` units. At most so many are tested before one is sure.

# %% label="sets" tags=["exercise", "toy"]
### BEGIN SOLUTION
import math


def sets(units, size):
    """How many sets of at most `size` of `units` units there are."""
    return sum(math.comb(units, k) for k in range(size + 1))


### END SOLUTION

# %% label="check-sets" tags=["check"]
mikit.course.check("08.E3", sets)

# %% label="years" tags=["toy"]
from mikit.course.lessons.l08_minimal import years

sets_of = mikit.course.given("08.E3")
for units in (12, 24, 48, 300):
    count = sets_of(units, units // 2 if units < 300 else 16)
    print(f"{units:3} units: {count:8.1e} sets, at a tenth of a second each {years(count, 0.1)}")

# %% [markdown] label="years-after"
# The last line is our real model, 300 parts, for circuits of up to 16. So everyone searches greedily, or ranks, and
# nobody can say that a circuit is the smallest. Drag the slider and see both costs grow.

# %% label="minimal-view"
mikit.MinimalView(units=10, seed=2)

# %% [markdown] label="real-text"
# ## 3. A circuit in a real model
#
# Two people are named, one of them acts, and the model should name the other: *When Mary and John went to the store,
# John gave a drink to* Mary. In the changed prompt Mary acts, and John is right. EAP-IG scores every edge of the model,
# on a few such pairs. A score is an estimate: so many logits would the right name's lead lose if that edge were cut.

# %% label="rank"
from mikit.course.lessons.l08_real import by_size, edges_by_score

print("\n".join(edges_by_score(lesson.context)))

# %% label="predict-edges" tags=["predict"]
mikit.course.predict("08.P3")

# %% label="sizes"
print("\n".join(by_size(lesson.context)))

# %% label="reveal-edges" tags=["predict"]
mikit.course.reveal("08.P3")

# %% [markdown] label="sizes-after"
# Fifty edges of seventy thousand! And then more than 100 %: a thousand edges put Mary further ahead than the whole
# model does. The ranking counts the sign, so what works *against* the answer is left out. A share of 200 % is no better
# than one of 100 %: the circuit does something that the model does not do. The random circuits are ways through the
# model from the embedding to the logits, as many edges each. They keep nothing.
#
# The column *other names* is of pairs that the ranking never saw. It is the one to quote.
#
# **Step E4, 7 minutes.** Build a circuit of at most 16 parts (heads and MLPs) that keeps 80 % or more. All edges
# between your parts, the embedding and the logits are kept. Each part's score is that of all edges that leave it. Use
# the table, or tick boxes in the view below: it gives `parts = builder.parts`. `parts` is a list of names.

# %% label="parts-table"
from mikit.course.lessons.l08_real import parts_table

print("\n".join(parts_table(lesson.context)))

# %% label="parts" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l08_real import our_parts

parts = our_parts(lesson.context)
### END SOLUTION

# %% label="check-parts" tags=["check"]
mikit.course.check("08.E4", parts)

# %% [markdown] label="view-text"
# The same with check-boxes, on the first of the pairs. It begins with ten parts. The large number is the share that
# the ticked parts keep (1 is all of it), beside random circuits of the same size. Tick yours, then untick one that you
# think is needed. One pair alone can give a good deal less than all four, or more. *4 name prompts* are those of step
# E4; there a tick takes four times as long. *Beat it* is what comes next.

# %% label="builder"
from mikit.course.lessons.l08_real import looked_at

model, pair = looked_at(lesson.context)
builder = mikit.CircuitBuilder(model, pair, title="Which parts put the right name ahead?")
builder

# %% label="tested"
from mikit.course.lessons.l08_real import test_table

parts = mikit.course.given("08.E4")
print("\n".join(test_table(lesson.context, parts)))

# %% [markdown] label="tested-after"
# Read the fourth line too: all but the circuit. Without these few edges the whole model says the wrong name. So they
# are enough, and they are needed? Some random circuits break it as well: any way of edges that starts with the first
# MLP does. That something breaks says little.
#
# ## 4. An adversary
#
# Here is a harder test. A circuit that has everything should *react* as the model does. Take a part out of both, that
# is, cut all edges that leave it: if the model loses two logits, the circuit should lose two. Somebody who wants to
# beat your circuit looks for the part after which the two differ most.

# %% label="predict-beaten" tags=["predict"]
mikit.course.predict("08.P4")

# %% [markdown] label="next-ask"
# **Step E5, 6 minutes.** Be that somebody. `react(out)` takes the parts in the tuple `out` out of both, and gives two
# logit differences: of the circuit, and of the whole model. Which part of `parts` goes next?


# %% label="next-out" tags=["exercise"]
### BEGIN SOLUTION
def next_out(react, parts, out):
    """The part after whose loss, beside those that are out already, circuit and model differ most."""

    def apart(part):
        circuit, whole = react((*out, part))
        return abs(circuit - whole)

    return max((part for part in parts if part not in out), key=apart)


### END SOLUTION

# %% label="check-next-out" tags=["check"]
mikit.course.check("08.E5", next_out)

# %% label="beaten"
from mikit.course.lessons.l08_beat import beaten

print("\n".join(beaten(lesson.context, parts, mikit.course.given("08.E5"))))

# %% label="reveal-beaten" tags=["predict"]
mikit.course.reveal("08.P4")

# %% [markdown] label="beaten-after"
# One head is gone, and the circuit says the other name. The model still says the right one. So the model has another
# way, and the circuit does not. With our circuit the head is L17H4. It looks for where a word came before; lesson 01
# found others of that kind in layers 17 and 18. No share kept had told: the other way may add little *while* the head
# is there, and a ranking of what adds most leaves it out.
#
# The last column is the control: what a part drawn at random does to the two.
#
# ## 5. Another circuit
#
# Is there a second circuit? Rank once more, and leave out the edges of the first, all but the few without which it
# loses more than a tenth of its share. How much may two circuits have in common?
#
# **Step E6, 3 minutes.** `a` and `b` are arrays of True and False, one for each edge. Write `overlap(a, b)`: 1 for the
# same circuit, 0 for nothing in common.


# %% label="overlap" tags=["exercise"]
### BEGIN SOLUTION
def overlap(a, b):
    """The share of edges in both, of those in either."""
    return float((a & b).sum() / (a | b).sum())


### END SOLUTION

# %% label="check-overlap" tags=["check"]
mikit.course.check("08.E6", overlap)

# %% label="two"
from mikit.course.lessons.l08_real import first, second, two_table

overlap_of = mikit.course.given("08.E6")
print(f"overlap of the two circuits: {overlap_of(first(lesson.context), second(lesson.context)):.3f}")
print("\n".join(two_table(lesson.context)))

# %% [markdown] label="two-after"
# Two circuits of about equal faithfulness, and of a hundred edges in either, three or four are in both. Mind what this
# does not say. We chose "a tenth" so that they would keep about as much. The second is ten times as large. The edges
# that both have are the ones that carry most: from the embedding to the first MLP, and out of the loudest head. Most
# *parts* of the first stand in the second as well. The way from word to answer is not arbitrary. But whoever publishes
# the first drawing has published one of many.
#
# ## 6. Self-repair
#
# How can a model lose a head and still be right? When a head is switched off, others change what they do, and part of
# its effect comes back: **self-repair** (the hydra effect, backup heads). It can be measured head by head. A head
# *writes itself* so many logits into the last stream. Without it the model *loses* so many. The rest came back.

# %% label="predict-repair" tags=["predict"]
mikit.course.predict("08.P5")

# %% label="repair"
from mikit.course.lessons.l08_repair import repaired, who

print("\n".join(repaired(lesson.context)))
print("\n".join(who(lesson.context)))

# %% label="reveal-repair" tags=["predict"]
mikit.course.reveal("08.P5")

# %% [markdown] label="repair-after"
# Heads are set to what they write on average over other texts, at the last position. Three heads of layer 23 write half
# a logit or more, and without any one of them nothing is lost: all of it comes back. Look who brings it back. No
# understudy steps in for L23H0. L24H4, which works *against* the answer, does so less when there is less to work
# against. And the last norm divides by less. L23H3, the loudest, gets nothing back on balance: what some parts bring,
# others take.

# %% [markdown] label="beyond-ask"
# **Step E7, 4 minutes.** If parts react to each other, losses do not add up. Write `beyond`: how much more is lost
# without both of two heads than without each, added up. All four numbers are logit differences.


# %% label="beyond" tags=["exercise"]
### BEGIN SOLUTION
def beyond(whole, without_a, without_b, without_both):
    """What is lost without both, beyond the two single losses."""
    return (whole - without_both) - (whole - without_a) - (whole - without_b)


### END SOLUTION

# %% label="check-beyond" tags=["check"]
mikit.course.check("08.E7", beyond)

# %% label="pairs"
from mikit.course.lessons.l08_repair import by_chance, four

beyond_of = mikit.course.given("08.E7")
together = beyond_of(*four(lesson.context))
print("as it is, without L23H3, without L24H4, without both:", *(f"{x:+.2f}" for x in four(lesson.context)))
print(f"beyond the sum: {together:+.2f} with the changed prompt's values in both heads")
print(f"              {beyond_of(*four(lesson.context, 'mean')):+.2f} with their mean over other texts")
print(f"random pairs of heads: at most {max(map(abs, by_chance(lesson.context))):.2f}, either way")

# %% [markdown] label="pairs-after"
# L24H4 writes *against* Mary: without it alone she gains two logits. So without both heads she should have two logits
# more than without L23H3 alone. She gets half a logit. So most of what L24H4 works against hangs on L23H3: with that
# head gone it has little to do. No list of single losses could have told this. And the number hangs on what a head is
# set to: the changed prompt's values call for John, a mean over other texts for neither of the two.
#
# All of this in one view: each head is a dot, and on the diagonal nothing came back. Click a head to see who makes up
# for it.

# %% label="repair-view"
mikit.RepairView("smollm2-135m", title="What each head writes, and what is lost without it")

# %% [markdown] label="paper-text"
# ## 7. The paper's numbers
#
# Wang and others (2022) found the first circuit of this kind, for the same task in GPT-2 small: 26 heads. "87 %" is
# quoted from it everywhere. It is 1 less 0.46 of 3.56 logits, with means over other prompts in the heads left out. The
# same paper has a second number of 87 %: what their greedy adversary found. After it the circuit and the model were
# 3.09 logits apart.

# %% label="paper"
from mikit.course import canon
from mikit.course.lessons.l08_beat import worst
from mikit.course.lessons.l08_real import two
from mikit.course.lessons.l08_words import our_share

name, alone, model_without = worst(lesson.context)
canon.show("circuit-keeps", yours=our_share(lesson.context))
canon.show("circuit-beaten", yours=abs(alone - model_without))
canon.show("circuit-overlap", yours=100 * two(lesson.context)["overlap"])
canon.show("repair-share")
canon.show("repair-beyond", yours=together)

# %% [markdown] label="limits"
# ## What this does not show
#
# - **That this is how the model names people.** It is a way that is enough on pairs like these. The adversary showed
#   that the model has others.
# - **What the parts compute.** No edge says why a head looks where it looks. That takes other experiments.
# - **Other prompts.** Four wordings, sixteen names. Where both names stand in another order, nothing was tested.
# - **That cutting is harmless.** Values of two prompts are mixed in one run. Such mixtures never occur by themselves.
#   Cut edges that carry a mean, and the shares are others.
# - **The interval is wide.** Pairs differ much. A share over eight pairs leaves room for a good deal less, and more.
# - **That the second circuit is as good.** It keeps about as much. It has not met an adversary.
# - **That self-repair is there for repair.** Whatever brings an effect back also acts when nothing is broken.
#
# ## 8. What you may now say
#
# **Step E8, 6 minutes.** One sentence. It says how much your circuit keeps on names that the ranking did not see, with
# its interval; on which prompts; beside what control; and what the adversary found. It says no more than that.

# %% label="numbers"
from mikit.course.lessons.l08_words import measured_share

share, low, high = measured_share(lesson.context)
print(f"{len(parts)} parts keep {share:.0f} % [{low:.0f}, {high:.0f}] on pairs of other names")

# %% label="sentence" tags=["exercise"]
### BEGIN SOLUTION
sentence = (
    f"On pairs of name prompts that no ranking saw, a circuit of {len(parts)} parts keeps {share:.0f} %"
    f" [{low:.0f}, {high:.0f}] of the logit difference, random circuits of as many edges about 0 %,"
    " but without one head it falls much further than the model does."
)
### END SOLUTION

# %% label="check-sentence" tags=["check"]
mikit.course.check("08.E8", sentence)

# %% [markdown] label="evidence-text"
# The record holds the test of your circuit: whole, none, circuit, knocked out, and what each part's loss takes, beside
# random circuits. Anyone can run it again with `mikit replay my-circuit.json`.

# %% label="evidence"
from mikit.course.lessons.l08_real import tested

print("Saved", mikit.Record.of([tested(lesson.context, parts)], lesson.context.model()).save("my-circuit.json"))

# %% label="done"
print("Your progress code:", lesson.code)
