# %% [markdown] label="title"
# # Patching
#
# Put half John, half Mary inside. Whom does it name?
#
# **You will** swap one value of a running model for another and see what it does. First in small circuits whose
# insides you know, then by hand in a real model, then with a slider, then on 64 pairs of prompts. You will see where a
# fast short cut goes wrong, and find the mistakes in four reports by their controls.
#
# **You need** lesson 00. About 60 minutes: eight steps that are checked, four predictions. Everything runs on this
# machine, with no network. On one core the cells compute for 1.8 minutes in all, in 1.16 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import mikit

lesson = mikit.course.open("03", pace=pace)

# %% [markdown] label="pair-text"
# ## 1. Two prompts, one word apart
#
# In the **original** prompt John acts, so Mary should be named. In the **changed** prompt Mary acts, so John should be
# named. (The field calls them clean and corrupt.) One token differs. The number below is the logit difference: how far
# " Mary" is ahead of " John".

# %% label="pair"
from mikit.course.lessons.l03_real import ends

model = mikit.load("smollm2-135m")
pair = mikit.name_pair(model, "Mary", "John")
for name, text, lead in zip(("original", "changed"), (pair.clean, pair.corrupt), ends(model, pair), strict=True):
    print(f"{name:9} {text}   {lead:+.2f}")

# %% [markdown] label="half-text"
# Run the changed prompt. At the second name, where layer 5 begins, take out the value that says " Mary" and put in the
# value from the original run, which says " John". That is a **patch**. Now do it half way: a value in the middle
# between the two. Nobody ever wrote a word that gives this value. What will the model do with it?

# %% label="predict-half" tags=["predict"]
mikit.course.predict("03.P1")

# %% [markdown] label="toy-text"
# You will see in section 4. Before you trust a patch in a model that nobody can read, try it where you know what must
# come out.
#
# ## 2. Circuits that you can read
#
# This circuit reads a name and gives an answer: a number that is high for Mary and low for John.

# %% label="circuit" tags=["toy"]
from mikit.course.lessons.l03_toy import circuit, sealed

toy = circuit()
for part, says in toy.says.items():
    print(f"{part:8} = {says}")
for name in ("Mary", "John"):
    print(name, toy.run(name))
print("John, with the carrier put to 4:", toy.run("John", put={"carrier": 4.0}))

# %% [markdown] label="effect-text"
# The ear hears the name too. If you only looked at the values, you could not tell the ear from the carrier: both are
# high for Mary and low for John. Only the carrier is used.
#
# **Step E1, 6 minutes.** Write `effect(circuit, part)`. Mary is the original, John the changed run. By how much does
# the answer of the changed run move when one part gets its value from the original run? (The field calls this
# denoising.)


# %% label="effect" tags=["exercise"]
### BEGIN SOLUTION
def effect(circuit, part):
    """How much the changed run's answer moves when `part` gets its value from the original run."""
    original, changed = circuit.run("Mary"), circuit.run("John")
    return circuit.run("John", put={part: original[part]})["answer"] - changed["answer"]


### END SOLUTION

# %% label="check-effect" tags=["check"]
mikit.course.check("03.E1", effect)

# %% label="effects" tags=["toy"]
effect_of = mikit.course.given("03.E1")
for part in ("carrier", "ear", "clock", "brake"):
    print(f"{part:8} {effect_of(toy, part):+.1f}")
print("whole change:", toy.run("Mary")["answer"] - toy.run("John")["answer"])

# %% [markdown] label="sum-text"
# The parts do not add up to the whole change: +6 and −2 against 6. The brake acts on what the carrier gives, so the
# carrier's number has the brake in it already. Effects of patches are no shares of a cake.
#
# There is a second direction. Put John's value into Mary's run and see what **breaks** (noising). Do the two
# directions say the same? Here are three circuits that you cannot look into. Each has two parts, `left` and `right`.

# %% label="sealed" tags=["toy"]
boxes = sealed(lesson.context)
for name, box in boxes.items():
    original, changed = box.run("Mary"), box.run("John")
    for part in ("left", "right"):
        restored = box.run("John", put={part: original[part]})["answer"] - changed["answer"]
        broken = box.run("Mary", put={part: changed[part]})["answer"] - original["answer"]
        print(f"circuit {name:5}  {part:5}  restore it: {restored:+.0f}   break it: {broken:+.0f}")

# %% [markdown] label="kinds-ask"
# **Step E2, 5 minutes.** In which circuit is *either* part enough? In which are *both* needed? In which does each do
# *half*? Give `{"one": ..., "two": ..., "three": ...}` with the words `"either"`, `"both"`, `"half each"`.

# %% label="kinds" tags=["exercise"]
### BEGIN SOLUTION
kinds = {}
for name, box in boxes.items():
    original, changed = box.run("Mary"), box.run("John")
    restored = box.run("John", put={"left": original["left"]})["answer"] - changed["answer"]
    kinds[name] = {8: "either", 0: "both", 4: "half each"}[round(restored)]
### END SOLUTION

# %% label="check-kinds" tags=["check"]
mikit.course.check("03.E2", kinds)

# %% [markdown] label="hand-text"
# Restoring shows what is *enough*. Breaking shows what is *needed*. A part with a stand-in is not needed, and breaking
# it shows nothing.
#
# ## 3. A patch by hand
#
# Two calls do it. `capture` reads a value from a run, `run` runs a prompt with edits. Below, a patch that does
# nothing: it puts the changed prompt's own value back into the changed prompt.

# %% label="hand"
from mikit.course.lessons.l03_real import my_pair
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import capture, run

mine = my_pair(lesson.context)  # names of your own
read = mine.read(model)  # both prompts as tokens, and the ids of answer and foil
site = mikit.Site(name="resid_post", layer=20, position=9)  # the stream that leaves layer 20, at token 9
value = capture(model, read.corrupt, [site])[site][0]  # [0]: the only prompt of the batch
edit = Patch(site=site, source=Array.of(value))
logits = run(model, read.corrupt, [[edit]])[0]  # one row, with one edit
print(mine.clean, "->", mine.answer)
print(f"changed, with its own value put back: {float(logits[read.answer] - logits[read.foil]):+.2f}")

# %% [markdown] label="hand-ask"
# **Step E3, 7 minutes.** Write `patched(model, pair, layer, position)`: the logit difference of the changed prompt,
# with one `resid_post` from the original prompt. The check tries it at the last layer's last position, where you can
# say in advance what must come out. What?


# %% label="patched" tags=["exercise"]
### BEGIN SOLUTION
def patched(model, pair, layer, position):
    """Logit difference of the changed prompt with one value of the original prompt."""
    read = pair.read(model)
    site = mikit.Site(name="resid_post", layer=layer, position=position)
    value = capture(model, read.clean, [site])[site][0]
    logits = run(model, read.corrupt, [[Patch(site=site, source=Array.of(value))]])[0]
    return float(logits[read.answer] - logits[read.foil])


### END SOLUTION

# %% label="check-patched" tags=["check"]
mikit.course.check("03.E3", patched)

# %% [markdown] label="view-text"
# ## 4. Drag the slider
#
# The view patches every layer and position of Mary and John's pair. Click the cell at **layer 5** above the second
# **John**. Then drag the slider from changed to original, and watch the curve and the names. The grey curves are the
# same move at three other tokens, drawn at random.

# %% label="view"
mikit.PatchingView(model, pair, title="Mary and John")

# %% label="reveal-half" tags=["predict"]
mikit.course.reveal("03.P1")

# %% [markdown] label="knobs-text"
# At layer 5 the value in the middle is no mixture to the model. It puts Mary ahead by 2.8 logits. Nearly
# half of the change falls between a third and a half of the dose: this knob is a **switch**. The layers above make a
# decision out of what they find there.
#
# Other cells turn evenly: a **dimmer**. And others do nothing, although the two runs differ there: a **dead knob**, as
# the ear was.
#
# **Step E4, 7 minutes.** Find one of each in the map, as `(layer, position)`. A switch does more than half of its
# change within a quarter of the way. A dimmer does less than a third of it in any quarter. Both move the answer by more
# than 3 logits. A dead knob moves it by less than 0.1. Positions are counted from 0; `"S2"` (the second name) and
# `"end"` are names for 9 and 13.

# %% label="knobs" tags=["exercise"]
### BEGIN SOLUTION
knobs = {"switch": (5, "S2"), "dimmer": (27, "end"), "dead": (10, 10)}
### END SOLUTION

# %% label="check-knobs" tags=["check"]
mikit.course.check("03.E4", knobs)

# %% [markdown] label="line-text"
# Near the output there is little left that could decide, so the answer follows the dose. Far below it, there is much.
#
# ## 5. All cells at once, by a straight line
#
# The view drew a whole map at once, before it had computed a single cell. How? It asked for the **slope** at dose 0:
# how fast does the answer begin to move? Then it went on from there in a straight line. One pass forward and one back
# give the slopes of all cells. (The field calls this attribution patching.)

# %% label="predict-line" tags=["predict"]
mikit.course.predict("03.P2")

# %% label="maps"
import numpy as np

from mikit.course.lessons.l03_real import measured  # runs a study once, and keeps its result

sweep = mikit.PatchSweep(model=model.ref, pairs=(pair,))
line = mikit.Attribution(model=model.ref, pairs=(pair,))
exact, approximate = (measured(study, model).grids["resid_pre"].values.numpy() for study in (sweep, line))
print("[layer, position]:", exact.shape)
print(f"correlation of the two maps over all cells: {np.corrcoef(exact.ravel(), approximate.ravel())[0, 1]:.2f}")

# %% label="reveal-line" tags=["predict"]
mikit.course.reveal("03.P2")

# %% [markdown] label="worst-ask"
# A correlation of 0.85 sounds good. It says that the two maps are large in about the same places. It does not say that
# the numbers are right.
#
# **Step E5, 5 minutes.** In which cell is the straight line furthest from the exact change, in logits? Give
# `(layer, position)`.

# %% label="worst" tags=["exercise"]
### BEGIN SOLUTION
layer, position = np.unravel_index(np.abs(exact - approximate).argmax(), exact.shape)
worst = (int(layer), int(position))
### END SOLUTION

# %% label="check-worst" tags=["check"]
mikit.course.check("03.E5", worst)

# %% label="gap"
tokens = model.tokens(pair.clean).strings
mikit.ActivationHeatmap(
    approximate - exact,
    cols=tokens,
    row_axis="layer",
    col_axis="position",
    unit="logits",
    layers_up=True,
    tokens_on_x=True,
    title="Straight line less exact",
)

# %% [markdown] label="why-text"
# One column is wrong, from the bottom to layer 20: the second name. There the cells are switches. Look at the curve at
# layer 5 beside the line that starts with its slope:

# %% label="why"
dose = mikit.Dose(model=model.ref, pair=pair, layer=5, position="S2")
curve = measured(dose, model).grids["metric"].values.numpy()
print("dose   measured   straight line")
for i in range(0, 17, 2):
    print(f"{i / 16:4.2f}  {curve[i]:+8.2f}  {curve[0] + i / 16 * approximate[5, 9]:+8.2f}")

# %% [markdown] label="many-text"
# The slope is taken where the curve is still flat. A line from there never sees the switch. The same can
# happen where attention looks at one token alone: the first small steps change nothing.
#
# So the straight line is a way to choose where to look. It is no measurement.
#
# ## 6. From one pair to 64
#
# One pair may be odd. Here are 64, in four wordings with sixteen names. The wordings have four lengths, so a position
# *number* means nothing across them. Only named positions do: the first names (IO and S1), the second (S2), and the
# end. As a control, each prompt adds one position without a name, drawn at random.

# %% label="many"
pairs = mikit.name_pairs(model, 64 if pace == "full" else 8)
for one in pairs[:4]:
    print(one.clean)
table = measured(mikit.Attribution(model=model.ref, pairs=pairs), model).frame("resid_pre")
table[table["layer"].astype(int) % 6 == 5].round(2)

# %% [markdown] label="ten-ask"
# **Step E6, 5 minutes.** Choose the ten cells to compute exactly: those with the largest change, up or down. Give a
# list of `(layer, name)`, as `(24, "end")`. Leave the control out.

# %% label="ten" tags=["exercise"]
### BEGIN SOLUTION
rows = table[table["from"] == "effect"]
rows = rows.loc[rows["value"].abs().nlargest(10).index]
ten = [(int(row.layer), row.position) for row in rows.itertuples()]
### END SOLUTION

# %% label="check-ten" tags=["check"]
mikit.course.check("03.E6", ten)

# %% [markdown] label="exact-text"
# Now the ten exactly, and one cell that the straight line did not choose: layer 5 at S2. `low` and `high` are the ends
# of a 95 % interval over the pairs.

# %% label="exact"
chosen = mikit.course.given("03.E6")
cells = (*((layer, name) for layer, name in chosen), (5, "S2"))
strong = measured(mikit.PatchSweep(model=model.ref, pairs=pairs, cells=cells), model)
strong.frame("resid_pre").dropna(subset="value").round(2)

# %% [markdown] label="ranking-text"
# At the end, the straight line was about right. But layer 5 at S2 is as large as any of the ten, and the line had
# ranked it far below them. Someone who computes only what a short cut recommends can miss a column as strong as the
# one that is found.
#
# The random positions move next to nothing. The intervals say how far the mean of *these* wordings and names may be
# off. They say nothing of a fifth wording.
#
# ## 7. Restore it, break it, switch it off
#
# Now single heads. Both directions for all 270 of them, and the eight that move most:

# %% label="heads"
import pandas as pd

both = {
    direction: measured(
        mikit.PatchSweep(model=model.ref, pairs=(pair,), site="z", by="head", direction=direction), model
    )
    .grids["z"]
    .values.numpy()
    for direction in ("denoise", "noise")
}
order = np.argsort(-np.abs(both["denoise"]), axis=None)[:8]
names = [f"L{i // 9}H{i % 9}" for i in order]
pd.DataFrame(
    {"restore it": both["denoise"].ravel()[order], "break it": both["noise"].ravel()[order]}, index=names
).round(2)

# %% [markdown] label="heads-text"
# L23H3, the head that you were in lesson 00, moves the answer by about the same in both directions. L17H4 restores
# twice what its loss breaks. It is more enough than needed: a sign that others do part of its work. L24H4 pulls the
# other way, as the brake did.
#
# A patch brings a value that the model made itself, for another prompt. You can also **switch a head off**. What does
# it give then? *Zero*: zeros. *Mean*: what it gives on average, over ordinary sentences. *Resample*: what it gave at
# some token of such a sentence, drawn at random. All are called ablation. The table shows the three, and the patch
# that breaks, for the heads of three layers, in the original prompt.

# %% label="off"
from mikit.course.lessons.l03_real import switched_off

off = pd.DataFrame(switched_off(model)).round(2)
off.index = [f"L{layer}H{head}" for layer, head in off.index]
off

# %% [markdown] label="off-ask"
# **Step E7, 5 minutes.** One kind of switching off can raise a false alarm. Find a head that costs more than a logit
# when it gives zeros, and less than 0.3 by mean *and* by resample. Give `(layer, head)`.

# %% label="artefact" tags=["exercise"]
### BEGIN SOLUTION
artefact = (1, 4)
### END SOLUTION

# %% label="check-artefact" tags=["check"]
mikit.course.check("03.E7", artefact)

# %% [markdown] label="sink-text"
# And now look at L23H0. Every way of switching it off says: not needed. The patch says that it moves the answer by more
# than a logit, in both directions. It carries the name, and when it says nothing, nobody misses it. L23H5 is its
# opposite: needed in every way of switching off, and the same in both prompts, so that the patch finds nothing.
#
# No replacement is neutral. Say which you used.
#
# ## 8. Three mistakes, and the controls that find them
#
# Most attention goes to the first token: the sink of lesson 00. In our prompts it is "When".

# %% label="predict-sink" tags=["predict"]
mikit.course.predict("03.P3")

# %% label="sink"
from mikit.course.lessons.l03_real import first_token

layers = (1, 3, 10, 24)
for source in ("other prompt", "zero", "mean", "resample"):
    changes = first_token(model, layers, source)
    print(f"{source:13}", *(f"layer {one}: {change:+6.2f}  " for one, change in zip(layers, changes, strict=True)))

# %% label="reveal-sink" tags=["predict"]
mikit.course.reveal("03.P3")

# %% [markdown] label="reports-text"
# The other prompt's value does nothing, and cannot: both prompts begin alike, and a token never sees what comes after
# it. Zeros at layer 3 break everything: more than half of all attention goes there. (Another token's value at layer 1
# does little. In lesson 00 you saw why: whatever stands first becomes the sink. At layer 3 it is one already.)
# "Position 0 matters most" is true, and has nothing to do with names.
#
# Here are four reports. Each patched one site in the changed prompt. Three of them made a mistake: a **flipped
# metric**, **misaligned** prompts, whose tokens do not stand opposite each other, or the **sink**. One is **sound**.
# Beside each stand three controls that its author did not run:
#
# - *everything*: their metric with the original's whole last stream put in. Mary is right there, so she should lead.
# - *same answer*: their effect in a prompt that calls for Mary already. There is nothing to restore.
# - *without names*: the same replacement in two sentences without names. How far does the next token change, in nats?

# %% label="reports"
from mikit.course.lessons.l03_reports import reports

for letter, report in reports(lesson.context).items():
    print(f"{letter}: {report.claim(model)}")
    controls = report.everything(model), report.same_answer(model), report.without_names(model)
    print("   everything {:+.2f}   same answer {:+.2f}   without names {:.3f}".format(*controls))
    print("   " + "|".join(model.tokens(report.changed).strings))

# %% [markdown] label="mistakes-ask"
# **Step E8, 7 minutes.** Which is which? Give `{"A": ..., "B": ..., "C": ..., "D": ...}` with the words `"sound"`,
# `"flipped metric"`, `"misaligned"`, `"sink"`.

# %% label="mistakes" tags=["exercise"]
### BEGIN SOLUTION
mistakes = {}
for letter, report in reports(lesson.context).items():
    if report.everything(model) < 0:
        mistakes[letter] = "flipped metric"
    elif report.without_names(model) > 0.1:
        mistakes[letter] = "sink"
    else:
        mistakes[letter] = "misaligned" if abs(report.same_answer(model)) > 0.5 else "sound"
### END SOLUTION

# %% label="check-mistakes" tags=["check"]
mikit.course.check("03.E8", mistakes)

# %% [markdown] label="guard-text"
# mikit refuses prompts of different length, since their tokens have no partners. It cannot refuse the misaligned pair:
# the two have the same length, and only their words tell that they are shifted.

# %% label="guard"
from mikit.errors import BadPair

try:
    longer = "When Mary and John went to the store together, Mary gave a drink to"
    mikit.PromptPair(clean=pair.clean, corrupt=longer, answer=" Mary", foil=" John").read(model)
except BadPair as refused:
    print(refused)

# %% [markdown] label="paper-text"
# ## 9. The paper's number
#
# Wang and others (2022) took GPT-2 small apart on this task. It has 12 layers. They describe heads of layers 7 and 8
# that read at the second name and write at the end: there the name moves. Go back to the map of section 4. At the
# bottom the column of the second name is strong, at the top that of the end. When does the end overtake?

# %% label="predict-handover" tags=["predict"]
mikit.course.predict("03.P4")

# %% label="handover"
from mikit.course import canon
from mikit.course.lessons.l03_real import handovers

layers = handovers(model, 16 if pace == "full" else 4)
print("first layer where the end restores more, for each pair:", *layers)
canon.show("handover", yours=float(layers.mean()))

# %% label="reveal-handover" tags=["predict"]
mikit.course.reveal("03.P4", float(layers.mean()))

# %% [markdown] label="limits"
# On 16 pairs it is layer 22.6 on average: three quarters of the way up, where GPT-2 small has it at two thirds. Two
# models of different makers and sizes share an order of events. That is worth noticing, and it is not a law.
#
# ## What this does not show
#
# - **How it is done.** A strong cell says *where* something passes. What the layers compute there is another question.
#   A site is no mechanism.
# - **That it holds elsewhere.** All prompts here are of one family: two names, one of whom acts.
# - **A sum of parts.** The cells of a column carry the same signal, layer after layer. Adding them counts it thirty
#   times. And a brake hides in the number of what it brakes.
# - **What the model does undisturbed.** A half-way value, zeros, or one run's value among another's are things that the
#   model never met. It may do something then that it never does otherwise.
# - **That a dead knob is empty.** The value differs there. It is not used for this answer, on these prompts.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run.

# %% label="evidence"
numbers = strong.frame("resid_pre").dropna(subset="value")
numbers = numbers[numbers["layer"].astype(int) == 5].set_index("position")
original, changed = strong.grids["baseline"].values.numpy()
said = {name: "{value:+.2f} [{low:.2f}, {high:.2f}]".format(**numbers.loc[name]) for name in ("S2", "random")}
print(
    f"On {len(pairs)} pairs of name prompts in 4 wordings, {model.ref.chip} has a mean logit difference of"
    f" {original:+.1f} in the original and {changed:+.1f} in the changed prompts.\n"
    f"With the original's stream put in at layer 5, at the second name, the changed prompts move by {said['S2']}.\n"
    f"At a position without a name, drawn at random, they move by {said['random']} (95 % intervals over pairs).\n"
    "Tested: one family of prompts, one model, one direction (restore it). It says where the name passes, and not how."
)

# %% label="done"
print("Your progress code:", lesson.code)
