# %% [markdown] label="title"
# # Check a claim
#
# Somebody says what a model does. Here you hold it to a rule that you fix beforehand, and leave with one page and a
# record that another person can replay. You write no code.
#
# An example to begin with: "the model names the person who receives the drink". In one wording SmolLM2-135M does so 64
# times out of 64. Say the same in two sentences instead of one, and it is 4 out of 64. Which of the two would a test
# with one wording have found?
#
# Run the two grey bars below: click a bar, then press **Shift + Enter**. Everything else is clicks and text boxes.

# %% label="parameters" tags=["parameters", "hidden"]
pace = "full"

# %% label="claim" tags=["hidden"]
import mikit

claim = mikit.ClaimView("smollm2-135m", n=8 if pace == "ci" else 32)
if pace == "ci":
    claim.run().record().save("mikit-record-claim-1.json")
claim

# %% [markdown] label="words"
# **met**: in every wording, with every name list, the whole interval is at or above your bar. **not met**: somewhere
# the whole interval is under it. **cannot tell**: neither; a larger n could.
#
# The page says how far from the bar a true value must be before this n would have noticed. A claim that was locked and
# then begun anew stays on the record: who may try often meets any rule in the end.
#
# ## Replay somebody else's record
#
# Put the record, or the saved page, into this folder and press **Look again**, or choose it from your computer.

# %% label="replay" tags=["hidden"]
replay = mikit.ReplayView()
if pace == "ci":
    replay.choose("mikit-record-claim-1.json")
    print(replay.run().outcome["sentence"])
replay

# %% [markdown] label="limits"
# A replay says that the numbers come out again, on these weights and these prompts. It does not say that the claim is
# true, that the prompts are like those that people write, or that another model would do the same.
