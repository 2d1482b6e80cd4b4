# %% [markdown] label="title"
# # Reading features
#
# A label fits all ten of the texts on which a feature fires most. Is it the right label?
#
# **You will** put labels to the test. First where you know the truth, then on the features of a real model. You will
# write a label, and hunt for the texts that break it. You will see what a good label does not tell. In the end you
# read the features of a model that learned nothing.
#
# **You need** lesson 05, or its idea: a dictionary writes each activation of a model as a sum of a few directions, its
# features. About 55 minutes: seven steps that are checked, four predictions. Everything runs on this machine, with no
# network. On one core the cells compute for 0.7 minutes in all, in 1.1 GB of memory.

# %% [markdown] label="how"
# Where a cell says `...`, write your answer there. A check tells you which property is missing and offers a hint. You
# can stop at any time: the next cell finds your place again.

# %% label="parameters" tags=["parameters"]
pace = "full"

# %% label="open"
import mikit

lesson = mikit.course.open("06", pace=pace)

# %% [markdown] label="toy-text"
# ## 1. A feature with a known label
#
# Many people read features like this: look at the ten texts on which the feature fires most, and say what they have in
# common. What they say is the **label**. Before you see how far that carries:

# %% label="predict-weak" tags=["predict"]
mikit.course.predict("06.P1")

# %% [markdown] label="toy-ask"
# The next feature is made up, so the truth about it is known. Here are its ten strongest firings, the word in «», and
# four labels. A label says at each word: fires, or silent.

# %% label="toy" tags=["toy"]
from mikit.course.lessons.l06_toy import toy

small = toy(lesson.context)
for place in small.strongest(10):
    print(place)
print()
for name, label in small.labels.items():
    fits = sum(label.says(place) for place in small.strongest(10))
    print(f"{name}  fits {fits:2} of these 10   {label.words}")

# %% [markdown] label="balanced-ask"
# Three of the four fit ten of ten. So ten of ten decides nothing. A label must be asked about **all** firings, weak
# ones too, and about places where the feature is **silent**.
#
# **Step E1, 5 minutes.** Write the score. `said` and `fires` are arrays of True and False, one entry a place: what the
# label says, and what is so. Of the firings, the label finds a share. Of the silent places, it leaves a share alone.
# The score is the mean of the two shares. (The field calls it **balanced accuracy**.)


# %% label="balanced" tags=["exercise", "toy"]
### BEGIN SOLUTION
def balanced(said, fires):
    """Mean of two shares: firings found, silent places left alone. Arrays of bool; one number, 0.5 is chance."""
    return float((said[fires].mean() + (~said)[~fires].mean()) / 2)


### END SOLUTION

# %% label="check-balanced" tags=["check"]
mikit.course.check("06.E1", balanced)

# %% [markdown] label="which-text"
# The table has two columns, because silence is of two kinds. *Drawn*: silent places from anywhere. *Hard*: silent
# places that look like the firings, here nouns after "the".

# %% label="scores" tags=["toy"]
balanced_of = mikit.course.given("06.E1")
print("label   drawn silence   hard silence")
for name, label in small.labels.items():
    drawn, hard = (balanced_of(*small.asked(label, silence)) for silence in ("drawn", "hard"))
    print(f"{name:5} {drawn:15.2f} {hard:14.2f}")

# %% [markdown] label="which-ask"
# **Step E2, 4 minutes.** Which label is which? One `"holds"`. One is true of the `"top ten only"`. One has an
# `"easy silence"`: it does well where silence is drawn, and no better than a coin where it is hard. One says
# `"nothing"` about this feature. Give each name a letter.

# %% label="which" tags=["exercise", "toy"]
### BEGIN SOLUTION
from mikit.course.lessons.l06_toy import our_which

which = our_which(lesson.context)
### END SOLUTION

# %% label="check-which" tags=["check"]
mikit.course.check("06.E2", which)

# %% [markdown] label="real-text"
# ## 2. A real feature
#
# Now a dictionary that comes with mikit: 4,608 features of the stream of SmolLM2 after layer 9, at most 32 of them on
# each token. It was read on 2,000 windows of text: novels, chemistry, a manual and code, of kinds that training never
# saw, and speeches, which it did see.
# Half of the windows are for looking. The other half nobody looks at: labels are tested there.
#
# One of the features is yours. Its examples come in four bands: its strongest tenth of firings, and the other firings
# in thirds. The number is the activation as a share of the feature's largest.

# %% label="mine"
from mikit.course.lessons.l06_features import examples, subject

model = lesson.context.model()
mine = subject(lesson.context)
print("Feature", mine)
print("\n".join(examples(mine)))

# %% [markdown] label="view-text"
# The view shows the same feature, and all others. Click on a dot, or search. Under *Intruder game* the feature
# fires in four of five texts: find the fifth. *Type a label* and then *Test it blind* asks you, text by text,
# where a feature with your label should fire. Play one round of each.

# %% label="view"
mikit.FeatureDashboard(model=model, feature=mine, title="Features of layer 9")

# %% [markdown] label="label-ask"
# The blind test in the view judged you and your label together: you understand more than it says. For the next step
# the label is on its own: a list of words, at most twelve, and whether the feature fires `"on"` them or `"after"` them.
#
# **Step E3, 6 minutes.** Write a label for your feature, such as `("on", ["red", "blue"])`. Upper and lower case are
# the same, and so are `" red"` and `"red"`. The check asks it about 24 places of the half that you did not see. The
# interval of its score should lie above 0.5.

# %% label="label" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l06_labels import our_label

label = our_label(lesson.context)
### END SOLUTION

# %% label="check-label" tags=["check"]
mikit.course.check("06.E3", label)

# %% label="blind"
from mikit.course.lessons.l06_labels import as_rule, blind, outcome

my_label = mikit.course.given("06.E3")
tested = blind(lesson.context, as_rule(my_label))
print("\n".join(outcome(tested)))

# %% [markdown] label="blind-after"
# This is how a label should be quoted: *predicts firing*, a number, its interval, and a control beside it. The control
# deals the same answers to the places anew. 24 places give a wide interval. The proposed labels in the view were asked
# about up to 400.
#
# ## 3. Hunt
#
# A score says how often a label is wrong. It does not say where. Write texts of your own. `on_text` shows for each
# token what the feature does and what your label says. Beside the activation stands a control: the same token, when
# the text's tokens stand in another order (mean of eight).

# %% label="try"
from mikit.course.lessons.l06_labels import on_text

some = "She wrote it down: " + " and ".join(my_label[1][:3]) + "."
print("\n".join(on_text(lesson.context, some, my_label)))

# %% [markdown] label="hunt-ask"
# **Step E4, 7 minutes.** Find two texts. In the first your label says yes on some token, and the feature is silent
# there: a **false positive**. In the second the feature fires with a tenth of its peak or more on a token where your
# label says no: a **false negative**. Position 0 is left out.

# %% label="hunt" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l06_labels import our_hunt

hunted = our_hunt(lesson.context)
### END SOLUTION

# %% label="check-hunt" tags=["check"]
mikit.course.check("06.E4", hunted)

# %% [markdown] label="bands-text"
# ## 4. The top ten, again
#
# Where did your false negative come from? Often from the lower bands. Here is a feature whose three strongest examples
# are all on one word. Read them, and choose a label in your head. Then read on.

# %% label="seductive"
from mikit.course.lessons.l06_features import index, own_rule, seductive
from mikit.sae.labels import BANDS, words

pretty = seductive(lesson.context)
print("Feature", pretty)
print("\n".join(examples(pretty)))

# %% label="seductive-bands"
features = index()
value, low, high = features.score[pretty]
print(f"{words(own_rule(features, pretty))} predicts firing {value:.2f} [{low:.2f}, {high:.2f}]")
for band, share in zip(BANDS, features.recall[pretty], strict=True):
    print(f"{band:10} of these firings it finds {share:.0%}")

# %% [markdown] label="share-ask"
# The proposed label finds the strongest firings, and next to none of the weakest. Is that one bad feature, or the rule?
# `features.recall` has a row for each feature and a column for each band: the share of firings that its proposed label
# finds. NaN stands where a label could not be tested.
#
# **Step E5, 5 minutes.** Take the labels that find 0.9 or more of the strongest firings. What share of them finds less
# by 0.3 or more of the lowest third? Give `share`.

# %% label="share" tags=["exercise"]
### BEGIN SOLUTION
recall = features.recall
top = recall[:, 0] >= 0.9
lost = recall[:, 0] - recall[:, 3] >= 0.3
share = lost[top].mean()
### END SOLUTION

# %% label="check-share" tags=["check"]
mikit.course.check("06.E5", share)

# %% label="reveal-weak" tags=["predict"]
mikit.course.reveal("06.P1")

# %% [markdown] label="share-after"
# Of 100 labels that look right at the top, 74 have lost a good part of the feature at the bottom. Weak firings are
# no rare exception: the lowest third is near a third of all that the feature does. What they mean is open. They may be
# another meaning, or noise that the dictionary needs to add up. A list of words may also be too poor a label: "after a
# number, in a date" cannot be said in it. What is *not* open is that the top ten do not show it.
#
# ## 5. What it fires on, and what it does
#
# A label says when a feature fires. Does it also say what the feature *does*? The prompt is the text on which your
# feature fires most. Next token after that, please. Take the feature's part away, and see by how much the next token
# changes. (In nats: KL of the two distributions, 0 for no change.) Beside it as a control: other features that fire
# on the prompt, with a part of about the same length, taken away in the same way.

# %% label="effects"
from mikit.course.lessons.l06_effect import effect, effects, prompt_of, raised

print(repr(prompt_of(lesson.context)))
print("\n".join(effects(lesson.context)))

# %% [markdown] label="quiet-ask"
# **Step E6, 5 minutes.** All of these fire here, and all have good labels. Give the number of one whose loss changes
# the next token no more than the loss of the others.

# %% label="quiet" tags=["exercise"]
### BEGIN SOLUTION
from mikit.course.lessons.l06_effect import our_quiet

quiet = our_quiet(lesson.context)
### END SOLUTION

# %% label="check-quiet" tags=["check"]
mikit.course.check("06.E6", quiet)

# %% label="predict-boost" tags=["predict"]
mikit.course.predict("06.P2")

# %% label="boost"
from mikit.course.lessons.l06_effect import moved

tokens, named, written = raised(lesson.context, mine)
boosted = effect(lesson.context, mine, "boost")
own, others = moved(boosted)
print("Moved most:", *map(repr, tokens))
print(f"Your label names {named} of these 10; the tokens that its direction points to or away from are {written}.")
print(
    f"The boost changes the next token by {own:.2f} nats, random features by {others.min():.2f} to {others.max():.2f}."
)

# %% label="reveal-boost" tags=["predict"]
mikit.course.reveal("06.P2")

# %% [markdown] label="boost-after"
# A feature that fires on a word says: *this word is here*. What follows from that is for twenty more layers to decide.
# So a label that holds for firing is no forecast of the effect, and "promoted tokens" are none either, in the middle of
# a model. A push along a random feature of the same length can change more. If you want to claim an effect, measure
# the effect.
#
# ## 6. The same again, from another seed
#
# The dictionary was trained a second time: same texts, same settings, other random numbers at the start. Each feature
# has a nearest direction in the other dictionary. A cosine of 1 means the same direction.

# %% label="predict-seeds" tags=["predict"]
mikit.course.predict("06.P3")

# %% label="seeds"
from mikit.course.lessons.l06_controls import by_stability, twins

near = features.stability
print(f"a twin, cosine 0.7 or more: {twins():.0f} of 100 features")
print(f"nearest direction, mean: {near.mean():.2f}; of random directions as a control {features.stability_random:.2f}")
print(f"your feature {mine}: {near[mine]:.2f}; feature {pretty}: {near[pretty]:.2f}")
print()
print("\n".join(by_stability()))

# %% label="reveal-seeds" tags=["predict"]
mikit.course.reveal("06.P3")

# %% [markdown] label="seeds-after"
# Far nearer than chance, and for most features far from the same. The lower table is the surprise: labels hold as well
# for features that the other training did not find as for those that it did. So a label that holds does not tell that
# *this* feature is part of the model. There are many ways to cut the same activations, and each piece can have a
# good label.
#
# ## 7. A model that learned nothing
#
# Last control. Take the same model, and put the numbers of each of its weight matrices in random order. It says
# nothing now. Train a dictionary on it, in the same way; a smaller one, with 2,304 features.

# %% label="predict-scrambled" tags=["predict"]
mikit.course.predict("06.P4")

# %% [markdown] label="game-text"
# Of each pair below, one feature is from the real model and one from the scrambled one. You see the three strongest
# firings of each. Which learned nothing?

# %% label="game"
from mikit.course.lessons.l06_controls import guessed, show_game

print("\n".join(show_game(lesson.context)))

# %% label="guess"
guesses = "AAAAAA"  # your six letters, A or B: the scrambled one of each pair
print(guessed(lesson.context, guesses))

# %% [markdown] label="apart-ask"
# These were picked: from both dictionaries only features whose three strongest firings are all on one word. In such
# company the one that learned nothing looks as good as the other. Whoever may pick can show a fine feature of anything.
# So do not pick: compare all.
#
# **Step E7, 5 minutes.** How well do scores tell two lists apart? Write `apart(ours, theirs)`: the share of all pairs,
# one of ours and one of theirs, in which ours is above. A tie counts half. (The field calls it the AUC.)


# %% label="apart" tags=["exercise"]
### BEGIN SOLUTION
def apart(ours, theirs):
    """How often one of ours is above one of theirs, ties half. Arrays; one number, 0.5: nobody can tell."""
    return float((ours[:, None] > theirs).mean() + (ours[:, None] == theirs).mean() / 2)


### END SOLUTION

# %% label="check-apart" tags=["check"]
mikit.course.check("06.E7", apart)

# %% label="all"
import numpy as np

from mikit.course.lessons.l06_controls import NAME, SCRAMBLED, label_scores, pretty_examples

apart_of = mikit.course.given("06.E7")
trained, scrambled = label_scores(NAME), label_scores(SCRAMBLED)
for name, scores in (("trained", trained), ("scrambled", scrambled)):
    low, middle, high = np.quantile(scores, (0.25, 0.5, 0.75))
    good = (scores >= 0.7).mean()
    print(f"{name:10} label scores, middle half {middle:.2f} [{low:.2f}, {high:.2f}]   0.7 or more {good:.1%}")
picked = [index(name).score[list(pretty_examples(name)), 0] for name in (NAME, SCRAMBLED)]
print(f"apart: all features {apart_of(trained, scrambled):.2f}; only those with three alike {apart_of(*picked):.2f}")
print(f"three alike: {len(picked[0])} of {len(trained)} trained, {len(picked[1])} of {len(scrambled)} scrambled")

# %% label="reveal-scrambled" tags=["predict"]
mikit.course.reveal("06.P4")

# %% [markdown] label="all-after"
# The examples did not tell them apart. The score on other places did: the middle label scores 0.71 for the trained
# model and 0.53 for the scrambled one, where a coin has 0.50. The fine examples change little about it. That is why a
# score stands beside each label.
#
# ## 8. The papers' numbers
#
# Heap and others (2025) report that in many settings the usual scores of labels and of dictionaries are much the same
# for trained models and for random ones. Ours are not the same here. The labels are of another kind (lists of tokens),
# the model is small, and the scrambling is one of many. What holds for both: without this control, a score says little.

# %% label="paper"
from mikit.course import canon

canon.show("label-score-trained")
canon.show("label-score-scrambled")
canon.show("label-loses")
canon.show("label-weak")
canon.show("seed-twins")

# %% [markdown] label="limits"
# ## What this does not show
#
# - **What a feature means.** A label that predicts firing on novels, speeches and code predicts it there. Other text
#   was not asked.
# - **That weak firings are noise, or that they are not.** Labels find fewer of them. Why, is open.
# - **That features with low scores are bad.** A list of up to six tokens is a poor language. A feature for "inside
#   quotation marks" would score low with any such list.
# - **That the model uses a feature.** Taking it away changed the next token more than others do, or not, on one prompt.
# - **That features of the other seed are wrong.** Two dictionaries can both give back the activations well, with
#   different features. This one has no right to be called the true one.
# - **That every random model is this easy to tell.** One way of scrambling, one dictionary, one kind of label.
#
# ## What you may now say
#
# The next cell writes it with the numbers of this run, and saves a record: anyone can run it again with `mikit replay
# my-feature.json`.

# %% label="evidence"
effect_of_mine = effect(lesson.context, mine)
own, others = moved(effect_of_mine)
accuracy = tested.grids["accuracy"]
value, low, high = (float(part.numpy()[0]) for part in (accuracy.values, accuracy.low, accuracy.high))
shuffled = float(tested.controls[0].grids["accuracy"].values.numpy()[0])
print(
    f"Feature {mine} of {tested.study.dictionary.chip}, read on {model.ref.chip}:\n"
    f"{tested.study.label} predicts firing {value:.2f} [{low:.2f}, {high:.2f}]\n"
    f"on 24 places that it was not made from; the same answers shuffled {shuffled:.2f}.\n"
    f"Its nearest direction of another seed has a cosine of {near[mine]:.2f}, of random ones"
    f" {features.stability_random:.2f}.\n"
    f"Its loss on one prompt moves the next token by {own:.4f} nats, that of others by {others.min():.4f} to"
    f" {others.max():.4f}.\n"
    "Tested: five kinds of text, one label, one prompt. Nothing about what the feature means."
)
print("Saved", mikit.Record.of([tested, effect_of_mine], model).save("my-feature.json"))

# %% label="done"
print("Your progress code:", lesson.code)
