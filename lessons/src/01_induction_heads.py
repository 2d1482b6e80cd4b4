# %% [markdown] label="title" tags=["workshop"]
# # Induction heads
#
# It never saw "florp quane". How can it know what follows?
#
# **You will** watch a small network learn to repeat, find the two steps by which it does so, break it with one
# switch, and then find the same two steps in a real language model. At the end you will make a famous number move
# without touching the model.
#
# **You need** lesson 00, or some Python and the idea of an attention head. About 55 minutes: seven steps that are
# checked, four predictions. Everything runs on this machine, with no network. On one core the cells compute for 1.0
# minutes in all, in 1.32 GB of memory.

# %% [markdown] label="how" tags=["workshop"]
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters", "workshop"]
pace = "full"

# %% label="open" tags=["workshop"]
import mikit

lesson = mikit.course.open("01", pace=pace)

# %% [markdown] label="florp-text" tags=["workshop"]
# ## 1. A word that nobody ever wrote
#
# Below are the likeliest next tokens after two texts. Both end in the same words. "quane" is no word, so it is cut
# into pieces; the first is " qu". What makes the difference?

# %% label="florp" tags=["workshop"]
from mikit.studies.prompts import TextPrompt

model = mikit.load("smollm2-135m")
for text in ("Every day the florp", "Once there was a florp quane. Every day the florp"):
    study = mikit.AttentionPatterns(model=model.ref, prompt=TextPrompt(text=text))
    print(text)
    print(mikit.run_study(study, model).frame("next")[["token", "value"]].round(3).to_string(index=False), "\n")

# %% [markdown] label="copier-text" tags=["workshop"]
# With the first sentence, " qu" is the likeliest. It stands in no dictionary, so the model must have taken it from
# the text itself. Which steps does that take? Do it by hand. Here is a text of numbered tokens, drawn for you:

# %% label="puzzle" tags=["workshop"]
from mikit.course.lessons.l01_toy import puzzle, training

ids = puzzle(lesson.context)
for position, token in enumerate(ids):
    print(f"position {position}: token {token}")

# %% [markdown] label="copier-ask" tags=["workshop"]
# **Step E1, 4 minutes.** You stand on the last token. You may look at one earlier position and say what is there.
# Where do you look, so that what you say continues the pattern? Give `(position, token)`.

# %% label="copier" tags=["exercise", "workshop"]
### BEGIN SOLUTION
twin = ids.index(ids[-1])
copier = (twin + 1, ids[twin + 1])
### END SOLUTION

# %% label="check-copier" tags=["check", "workshop"]
mikit.course.check("01.E1", copier)

# %% [markdown] label="steps" tags=["workshop"]
# You used two steps:
#
# 1. Find the **twin**: the same token, earlier.
# 2. Look **one further**, and say what is there.
#
# An attention head compares the token that reads with each token that it could look at. It looks where they match.
# But the token after the twin does not look like the reader at all: it is another token. So how could one head find
# it? It would help if each token carried a note that says *what came before me*. Then a head can search for notes
# that match.
#
# ## 2. A small network learns it
#
# This network has no MLPs. It has two layers with two attention heads each. It is trained on random tokens that
# repeat, after 12 to 24 tokens, each text with a distance of its own. So the position alone does not tell where to
# look. Beside it, a network with a single layer gets the same texts: that is the control.
#
# The **loss** is the mean surprise at the tokens that can be known, in nats. Someone who guesses among all 48 tokens
# alike has a loss of 3.87.

# %% label="predict-loss" tags=["predict", "workshop"]
mikit.course.predict("01.P1")

# %% [markdown] label="train-text" tags=["workshop"]
# Press **Start**. It takes less than a minute and a half. The blue line is the network with two layers, the grey
# dashed line the control; your prediction is the diamond. Watch the pictures of the heads while the blue line falls.
# In each picture a row is a token that reads, a column a token that it looks at.

# %% label="train" tags=["workshop"]
study = training(lesson.context)
mine = mikit.course.locked("01.P1")
mikit.TrainingView(seed=study.seed, updates=study.updates, predicted=mine.value if mine else None)

# %% [markdown] label="train-after" tags=["workshop"]
# Wait until the view says "trained". Then: at which moment does the blue line fall, and what happens in the pictures
# then? Move along the curve with the mouse, or with the arrow keys, to read the scores at any time.
#
# The next cell takes the trained network. If you did not press Start, it trains now.

# %% label="toy" tags=["toy", "workshop"]
toy = study.network()
mikit.course.reveal("01.P1", toy.loss(study.probes()))

# %% [markdown] label="score-text"
# The two-layer network ends near 0. The single layer falls too, but stays above 2: it learns which tokens are about,
# and not which comes next. One layer has no place for a note that another layer could read.
#
# **Step E2, 7 minutes.** The view gave each head an *induction score*. Write it yourself: the mean attention that
# goes from each token that was there before to the token after its last twin. Tokens that are new have no twin and do
# not count. `pattern` is a tensor [query, key], where the query is the reader; `ids` a tensor [position].


# %% label="score" tags=["exercise"]
### BEGIN SOLUTION
def induction_score(pattern, ids):
    """Mean attention from each token that was there before to the token after its last twin."""
    last, found = {}, []
    for query, token in enumerate(ids.tolist()):
        if token in last:
            found.append(float(pattern[query, last[token] + 1]))
        last[token] = query
    return sum(found) / len(found)


### END SOLUTION

# %% label="check-score" tags=["check"]
mikit.course.check("01.E2", induction_score)

# %% [markdown] label="roles-text"
# The check planted heads whose attention is known, and looked whether your function finds them. That is how you test
# a measure: on cases where you have the answer.
#
# Now use it on the network, where nobody planted anything.

# %% label="patterns" tags=["toy"]
score_of = mikit.course.given("01.E2")
twice = study.twice().ids[0]  # 24 random tokens, said twice
patterns = toy.patterns(twice)  # [layer, head, query, key]
for layer in (0, 1):
    for head in (0, 1):
        back = patterns[layer, head].diagonal(-1)[:24].mean()
        print(f"L{layer}H{head}: induction {score_of(patterns[layer, head], twice):.2f}, looks back by one {back:.2f}")

# %% [markdown] label="roles-ask"
# **Step E3, 6 minutes.** Which head writes the note *what came before me*, and which uses the notes to find the
# place? Give one head for each, as `(layer, head)`. (Looking back by one is measured in the first copy only. Why does
# nobody need it in the second?)

# %% label="roles" tags=["exercise"]
### BEGIN SOLUTION
back = {(layer, head): float(patterns[layer, head].diagonal(-1)[:24].mean()) for layer in (0, 1) for head in (0, 1)}
after = {place: float(score_of(patterns[place], twice)) for place in back}
roles = {"previous": max(back, key=back.get), "induction": max(after, key=after.get)}
### END SOLUTION

# %% label="check-roles" tags=["check"]
mikit.course.check("01.E3", roles)

# %% [markdown] label="break-text" tags=["workshop"]
# ## 3. Break it
#
# A picture shows where a head looks. It does not show that anything depends on it. For that you must change something
# and see what happens.

# %% label="predict-break" tags=["predict", "workshop"]
mikit.course.predict("01.P2")

# %% [markdown] label="break-ask" tags=["workshop"]
# **Step E4, 6 minutes.** Find a head that breaks the network when it is off, so that the loss rises above 1. And
# choose a control: a head as like it as can be that may be switched off without harm. Without a control you could not
# tell whether *any* missing head would break it. `toy.loss(study.probes(), off=[(layer, head)])` gives the loss with
# a head off.

# %% label="break" tags=["exercise", "workshop"]
### BEGIN SOLUTION
previous = mikit.course.given("01.E3")["previous"]
broken = {"off": previous, "control": (0, 1 - previous[1])}
### END SOLUTION

# %% label="check-break" tags=["check", "workshop"]
mikit.course.check("01.E4", broken)

# %% label="reveal-break" tags=["predict", "workshop"]
mikit.course.reveal("01.P2")

# %% [markdown] label="compose-text" tags=["workshop"]
# Above chance means: worse than someone who guesses among all tokens alike. The second step still runs. It looks for
# notes that are no longer there, and what it copies is wrong.
#
# You switched off a head of layer 0. What did that do to where the heads of layer 1 *look*?

# %% label="compose" tags=["toy", "workshop"]
off = mikit.course.given("01.E4")["off"]
score_of, twice = mikit.course.given("01.E2"), study.twice().ids[0]
for head in (0, 1):
    before, now = (score_of(toy.patterns(twice, heads_off)[1, head], twice) for heads_off in ([], [off]))
    print(f"L1H{head}: induction score {before:.2f}, with L{off[0]}H{off[1]} off {now:.2f}")

# %% [markdown] label="real-text" tags=["workshop"]
# The two heads work as a chain: the second reads what the first wrote. (The field calls this K-composition.)
#
# ## 4. The same in a real model
#
# SmolLM2 has 30 layers of 9 heads, and nobody trained it on random tokens. Does it have such heads? The study below
# says 50 random tokens twice, and scores all heads as you did. As a control it reads the same places in random tokens
# that do not repeat.

# %% label="scores" tags=["workshop"]
result = mikit.run_study(mikit.HeadScores(model=model.ref, seeds=8 if pace == "full" else 2), model)
table = result.frame("induction")
table.groupby("from")["value"].describe().round(3)

# %% [markdown] label="eight-ask"
# **Step E5, 5 minutes.** Make a list of the eight heads with the largest induction scores, as `[(layer, head), ...]`.

# %% label="eight" tags=["exercise"]
### BEGIN SOLUTION
rows = table[table["from"] == "effect"].nlargest(8, "value")
eight = [(int(row.layer), int(row.head)) for row in rows.itertuples()]
### END SOLUTION

# %% label="check-eight" tags=["check"]
mikit.course.check("01.E5", eight)

# %% [markdown] label="mute-text" tags=["workshop"]
# A high score says where a head looks. Whether the model needs these heads is another question. Say 25 random tokens
# twice: in the second copy 24 tokens can be known, and the model guesses 19 of them.

# %% label="predict-mute" tags=["predict", "workshop"]
mikit.course.predict("01.P3")

# %% label="mute" tags=["workshop"]
muted = mikit.course.given("01.E5")
mikit.AttentionView(model, mode="repeat", muted=muted, focus=muted[0], sort="induction", title="Eight heads off")

# %% label="reveal-mute" tags=["predict", "workshop"]
mikit.course.reveal("01.P3")

# %% [markdown] label="draws-text"
# Beside the number stand eight controls: each time eight *other* heads, drawn at random. Most of them cost a little.
# One of the draws broke the copying nearly as badly as yours. Is that bad luck, or does it mean something?

# %% label="draws"
from mikit.course.lessons.l01_real import EIGHT, NONSENSE, broken_draw

result = mikit.run_study(mikit.MuteHeads(model=model.ref, prompt=NONSENSE, heads=EIGHT), model)
for heads, right in zip(result.texts["draws"], result.controls[0].grids["guessed"].values.numpy(), strict=True):
    print(f"{right:2} of 24 right with {heads} off")
draw = broken_draw(lesson.context)

# %% [markdown] label="culprit-ask"
# **Step E6, 7 minutes.** Which head of that draw did it? `draw` holds its eight heads. Switch them off one at a time
# and count. A study of a single head looks like this: `mikit.MuteHeads(model=model.ref, prompt=NONSENSE,
# heads=(head,), draws=0)`.

# %% label="culprit" tags=["exercise"]
### BEGIN SOLUTION
right = {}
for head in draw:
    alone = mikit.MuteHeads(model=model.ref, prompt=NONSENSE, heads=(head,), draws=0)
    right[head] = int(mikit.run_study(alone, model).grids["guessed"].values.numpy()[1])
culprit = min(right, key=right.get)
### END SOLUTION

# %% label="check-culprit" tags=["check"]
mikit.course.check("01.E6", culprit)

# %% [markdown] label="famous-text"
# A control that comes out strange is worth a look. This one found the first step.
#
# ## 5. Where it ends
#
# Now a sentence that the model has met many times in its training: "We hold these truths to be self-evident ..." The
# same eight heads off.

# %% label="predict-famous" tags=["predict"]
mikit.course.predict("01.P4")

# %% label="famous"
from mikit.course.lessons.l01_real import FAMOUS

mikit.AttentionView(model, text=FAMOUS, muted=mikit.course.given("01.E5"), title="A famous sentence, eight heads off")

# %% label="reveal-famous" tags=["predict"]
mikit.course.reveal("01.P4")

# %% [markdown] label="why"
# Why does it survive? Little in that sentence is said twice, so there is little to copy. What comes next must be
# stored in the weights, and the eight heads have no great part in that. The model has more than one way to continue a
# text. These heads serve one of them.
#
# Look at the random heads too: in surprise, every draw costs *more* here than your eight. "These heads matter" is
# true on one text and false on another.

# %% [markdown] label="moved-ask" tags=["workshop"]
# ## 6. What a score belongs to
#
# L18H6 has the largest induction score of all: about 0.9, with random tokens said twice. Is it "an induction head",
# then?
#
# **Step E7, 7 minutes.** Write a text on which the same score of the same head differs by at least 0.3. At least
# eight of its tokens must come again. The model and the score stay as they are.

# %% label="moved" tags=["exercise", "workshop"]
### BEGIN SOLUTION
text = (
    "My aunt keeps bees behind the school. In the summer the bees drink from the pond, and in the winter my aunt feeds"
    " the bees sugar and water so that they live until the spring."
)
### END SOLUTION

# %% label="check-moved" tags=["check", "workshop"]
mikit.course.check("01.E7", text)

# %% [markdown] label="moved-text" tags=["workshop"]
# A number like 0.9 belongs to a head *and* a protocol: which text, which tokens count, which are left out. A paper
# that gives the number without the protocol gives you half of it.
#
# ## What this does not show
#
# - **That these heads are all there is to learning from context.** They copy what was said. A model can use its
#   context in other ways.
# - **That large models learn it as the toy did.** The toy had two layers and one task. In three of the ten seeds that
#   we tried (3, 5 and 8), two heads share the first step, and no single head breaks it as badly. Type one of these
#   into the view above and see.
# - **That a head has one job.** We looked at one kind of text. The same head may do something else on another.
# - **That switching off is a clean cut.** A head that gives zeros is something that the model never met in training.
#   Lesson 03 replaces values instead.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run.

# %% label="evidence" tags=["workshop"]
from mikit.course.lessons.l01_real import EIGHT, NONSENSE

result = mikit.run_study(mikit.MuteHeads(model=model.ref, prompt=NONSENSE, heads=EIGHT), model)
as_is, without = result.grids["guessed"].values.numpy()
random = result.controls[0].grids["guessed"].values.numpy()
print(
    f"On 25 random tokens said twice, {model.ref.chip} guesses {as_is} of 24 repeated tokens.\n"
    f"With eight heads set to zero that were chosen by their induction score, it guesses {without}.\n"
    f"With eight other heads, drawn at random, it guesses {sorted(random.tolist())[len(random) // 2]}"
    f" (upper middle of {len(random)} draws, {random.min()} to {random.max()}).\n"
    "Tested: one text, one way of switching off, one model."
)

# %% label="done" tags=["workshop"]
print("Your progress code:", lesson.code)
