# %% [markdown] label="title" tags=["workshop"]
# # Start here
#
# One invisible character turns the answer " Mary", 92 %, into "1". Which character?
#
# **You will** find it, learn to read what a language model gives out, and then take the place of one of its 270
# attention heads: you look, the model answers.
#
# **You need** a little Python. About 55 minutes: eight steps that are checked, four predictions. The model is
# SmolLM2-135M. It is small, it is real, and it runs on this machine, with no network and no GPU. On one core the cells
# compute for 0.6 minutes in all, in 1.15 GB of memory.

# %% [markdown] label="how" tags=["workshop"]
# Run a cell with **Shift + Enter**. Where a cell says `...`, write your answer there. A check tells you which
# property is missing and offers a hint; being wrong costs nothing. After the third hint you may go on: later cells
# then use our answer, and say so.
#
# You can stop at any time. The next cells find your place again.

# %% label="parameters" tags=["parameters", "workshop"]
pace = "full"

# %% label="open" tags=["workshop"]
import mikit

lesson = mikit.course.open("00", pace=pace)

# %% [markdown] label="load-text" tags=["workshop"]
# ## 1. A model in memory
#
# The line that comes back names the model, gives eight digits of a hash of its weights, and says how its numbers are
# kept. Every view and every record carries them. Two people who see the same digits look at the same weights.

# %% label="load" tags=["workshop"]
model = mikit.load("smollm2-135m")
model

# %% [markdown] label="self-check-text"
# A tool that looks inside a model can look in the wrong place, and it will still give you numbers. So mikit tests
# itself on each model before you use it. Each row takes the same thing in two ways; `deviation` is how far apart
# they came out. Is a row not ok?

# %% label="self-check"
model.check()

# %% [markdown] label="tokens-text" tags=["workshop"]
# ## 2. The model reads tokens
#
# A model does not read letters or words. It reads **tokens**: pieces of text from a fixed list of 49,152. A dot
# marks a space at the start of a token. Look at the names.

# %% label="tokens" tags=["workshop"]
mikit.TokenStrip(model.tokens("When Florence and Zbigniew went to the store, Zbigniew gave a drink to"))

# %% [markdown] label="several-ask"
# **Step E1, 4 minutes.** One of these names is not a single token. Find another name, any name, that comes in
# several tokens in mid-sentence.

# %% label="several" tags=["exercise"]
### BEGIN SOLUTION
name = " Zbigniew"
### END SOLUTION

# %% label="check-several" tags=["check"]
mikit.course.check("00.E1", name)

# %% [markdown] label="logits-text" tags=["workshop"]
# ## 3. The model answers with 49,152 numbers
#
# For each token of its list the model gives one number, a **logit**: the larger, the likelier that token is to come
# next. The function *softmax* turns all logits together into probabilities, which add up to 100 %.

# %% label="logits" tags=["workshop"]
from mikit.course.lessons.l00_names import my_names, next_logits, top_tokens

prompt = "When Mary and John went to the store, John gave a drink to"
for token, share, logit in top_tokens(model, prompt):
    print(f"{token!r:10} {share:6.1%}   logit {logit:.2f}")

# %% [markdown] label="space-text" tags=["workshop"]
# Now a prediction. You look at the result after you have locked it, and it counts either way: say how sure you are,
# too. 50 % means that you might as well toss a coin.

# %% label="predict-space" tags=["predict", "workshop"]
mikit.course.predict("00.P1")

# %% [markdown] label="invisible-ask" tags=["workshop"]
# **Step E2, 6 minutes.** One invisible character turns " Mary" into a digit. Put it into the prompt. Several
# invisible characters do nothing of the kind, so try what you have.

# %% label="invisible" tags=["exercise", "workshop"]
### BEGIN SOLUTION
odd_prompt = prompt + " "
### END SOLUTION

# %% label="check-invisible" tags=["check", "workshop"]
mikit.course.check("00.E2", odd_prompt)

# %% label="reveal-space" tags=["predict", "workshop"]
mikit.course.reveal("00.P1")
mikit.TokenStrip(model.tokens(mikit.course.given("00.E2")))

# %% [markdown] label="difference-text"
# Someone who tests models with prompts that end in a space finds that the models are bad at names. That is a bug in
# the prompt and not a finding about the model. Before you explain a number, look at the tokens.
#
# ## 4. One number to watch
#
# In this lesson we follow one question: how far is " Mary" ahead of " John"? The field calls them **answer** and
# **foil**, and measures with the **logit difference**: the answer's logit less the foil's.
#
# **Step E3, 7 minutes.** Write it. The check tries your function on logits that it makes up, where the right
# properties are known.


# %% label="difference" tags=["exercise"]
### BEGIN SOLUTION
def logit_diff(logits, answer, foil):
    """How far token id `answer` is ahead of token id `foil`. `logits` is a tensor [vocab]."""
    return float(logits[answer] - logits[foil])


### END SOLUTION

# %% label="check-difference" tags=["check"]
mikit.course.check("00.E3", logit_diff)

# %% label="difference-mary"
diff_of = mikit.course.given("00.E3")
mary, john = (int(model.tokens(word).ids[0, 0]) for word in (" Mary", " John"))
for text in (prompt, prompt.replace("John gave", "Mary gave")):
    print(f"{diff_of(next_logits(model, text), mary, john):+.2f}   {text}")

# %% [markdown] label="odds-ask"
# The sign says who is ahead. But how much is 6?
#
# **Step E4, 5 minutes.** You have two names of your own; your neighbour has others. How many times as likely as the
# foil is the answer, after your prompt?

# %% label="mine"
mine = my_names(lesson.context)
mine

# %% label="odds" tags=["exercise"]
### BEGIN SOLUTION
import math

answer_id, foil_id = (int(model.tokens(word).ids[0, 0]) for word in (mine.answer, mine.foil))
my_odds = math.exp(diff_of(next_logits(model, mine.text), answer_id, foil_id))
### END SOLUTION

# %% label="check-odds" tags=["check"]
mikit.course.check("00.E4", my_odds)

# %% label="paper"
from mikit.course import canon

canon.show("names-difference")

# %% [markdown] label="paper-text"
# The paper's number and ours are close, and that means little: another model, other prompts, other names. A number
# belongs to its model and its data. So each number that these lessons quote stands in one file with both, and a test
# measures it again.
#
# ## 5. A question is not a text
#
# SmolLM2 was trained to chat, and in a chat window it answers. What does it do with the bare text?

# %% label="predict-bare" tags=["predict"]
mikit.course.predict("00.P2")

# %% label="bare"
question = "What is the capital of France?"
for text in (question, mikit.Chat(user=question)):
    print(repr(text), [(token, f"{share:.0%}") for token, share, _ in top_tokens(model, text)])
mikit.course.reveal("00.P2")

# %% [markdown] label="chat-text"
# A chat window does not send your question alone. It wraps it in a **template**, with tokens that nobody typed. They
# are grey below. Count them: the template is longer than the question.

# %% label="chat"
mikit.TokenStrip(model.tokens(mikit.Chat(user=question)))

# %% [markdown] label="paris-ask"
# **Step E5, 5 minutes.** Leave the template out. Write a raw text after which " Paris" is the likeliest next token.
# The text may not say Paris itself.

# %% label="paris" tags=["exercise"]
### BEGIN SOLUTION
raw_text = "The capital of France is"
### END SOLUTION

# %% label="check-paris" tags=["check"]
mikit.course.check("00.E5", raw_text)

# %% [markdown] label="view-text" tags=["workshop"]
# ## 6. Where the heads look
#
# The model has 30 layers. In each, 9 **attention heads** let every token read from the tokens before it. How much a
# head looks at each token is a share; the shares of one reader add up to 100 %. Each small picture below is one
# head. A row is the token that reads, a column a token that it looks at.
#
# - **Hover** over small pictures. Find one with a clean diagonal: a head that looks at the token before.
# - **Click** one to keep it, then hover over the tokens of the text.
# - **Type** in the box. The pictures follow.
# - The grey bar at the left of each picture is the share on the very first token. Is it long or short?

# %% label="view" tags=["workshop"]
mikit.AttentionView(model)

# %% [markdown] label="sink-ask"
# The first token is a **sink**: heads look there when they have nothing better to look at. The pictures leave it
# out, since nothing else would show.
#
# **Step E6, 6 minutes.** How much is it? `pattern` holds the attention of all heads on your own prompt, [layer,
# head, reader, looked at]. Take the mean share on position 0.

# %% label="pattern"
from mikit.studies.prompts import TextPrompt

study = mikit.AttentionPatterns(model=model.ref, prompt=TextPrompt(text=mine.text))
pattern = mikit.run_study(study, model).grids["pattern"].values.numpy()
pattern.shape

# %% label="sink" tags=["exercise"]
### BEGIN SOLUTION
sink = float(pattern[:, :, 1:, 0].mean())
### END SOLUTION

# %% label="check-sink" tags=["check"]
mikit.course.check("00.E6", sink)

# %% [markdown] label="moves-text"
# Is it the word "When", or is it the place? That can be tried: put another word before it.

# %% label="predict-moves" tags=["predict"]
mikit.course.predict("00.P3")

# %% label="reveal-moves" tags=["predict"]
mikit.course.reveal("00.P3")
mikit.AttentionView(model, text="Then " + prompt.replace("When", "when"))

# %% [markdown] label="head-text" tags=["workshop"]
# ## 7. Be the head
#
# You have watched heads look. Now you look, and the model does the rest. Below is one head, L23H3: layer 23, head 3.
# Its attention from the last token is in your hands, all 100 % of it. Everything else in the model stays as it is.
#
# First a prediction. Untouched, " Mary" is ahead of " John" by 6.1.

# %% label="predict-head" tags=["predict", "workshop"]
mikit.course.predict("00.P4")

# %% label="head" tags=["workshop"]
locked = mikit.course.locked("00.P4")
mikit.BeTheHead(model, head=(23, 3), predicted=locked.value if locked else None)

# %% [markdown] label="head-try" tags=["workshop"]
# Click " Mary" to put everything there. Then try the other tokens. When you have an idea of what this head does,
# press **Show the real head**: where does it look by itself?

# %% label="reveal-head" tags=["predict", "workshop"]
mikit.course.reveal("00.P4")

# %% [markdown] label="other-ask" tags=["workshop"]
# Looking at " Mary" makes " Mary" *less* likely. The head lowers what it looks at. Left alone it looks at " John",
# and so it helps " Mary" by holding " John" down. Such heads were found in GPT-2 small (Wang et al., 2022); the
# paper calls them negative name movers.
#
# **Step E7, 7 minutes.** Does it hold for your own names? Place the attention so that the model prefers the *foil*.
# Then write the shares down, one for each token.

# %% label="mine-again" tags=["workshop"]
mine = my_names(lesson.context)
tokens = model.tokens(mine.text).strings
mikit.BeTheHead(model, head=(23, 3), text=mine.text, answer=mine.answer, foil=mine.foil, title="Your names")

# %% label="other" tags=["exercise", "workshop"]
### BEGIN SOLUTION
my_shares = [1.0 if token == mine.answer else 0.0 for token in tokens]
### END SOLUTION

# %% label="check-other" tags=["check", "workshop"]
mikit.course.check("00.E7", my_shares)

# %% label="many" tags=["workshop"]
from mikit.course import canon

canon.show("head-on-answer")
canon.show("head-on-answer-control")

# %% [markdown] label="control-ask"
# ## 8. The question to ask of every effect
#
# Would *any* head do that? Setting a head's attention by hand is a rough thing to do. Perhaps the model stumbles
# whichever head you take. Without an answer to this you have no result.
#
# **Step E8, 7 minutes.** Make the same move, 100 % on the answer, in eight other heads, and note by how much the
# logit difference changes: `changes[(layer, head)] = ...`. The cell shows how it is done for one.

# %% label="one-control"
shares = mikit.course.given("00.E7")
move = {"model": model.ref, "prompt": TextPrompt(text=mine.text), "answer": mine.answer, "foil": mine.foil}
result = mikit.run_study(mikit.PlaceAttention(**move, shares=shares, layer=23, head=3), model)
result.frame("logit difference")

# %% label="controls" tags=["exercise"]
### BEGIN SOLUTION
everything = [1.0 if token == mine.answer else 0.0 for token in tokens]
changes = {}
for layer, head in [(15, 0), (17, 4), (18, 6), (20, 2), (21, 7), (22, 1), (25, 5), (27, 8)]:
    other = mikit.PlaceAttention(**move, shares=everything, layer=layer, head=head)
    placed, real = mikit.run_study(other, model).grids["logit difference"].values.numpy()
    changes[(layer, head)] = placed - real
### END SOLUTION

# %% label="check-controls" tags=["check"]
mikit.course.check("00.E8", changes)

# %% [markdown] label="not" tags=["workshop"]
# ## What this does not show
#
# - **That lowering names is what L23H3 is for.** You set its attention on prompts of one kind. On other text it may
#   look elsewhere and do something else.
# - **That the model works like this untouched.** A head that looks at one token alone is something the model never
#   met. What the real head does is the row that you can show, and its effect is smaller.
# - **That it is this head alone.** In the same layer, other heads move the number too. Look at the grey bars in the
#   view.
# - **That it holds for all names.** Your names are from a list on which it holds. On prompts that nobody chose it
#   held in 15 of 16.
#
# ## What you may now say
#
# A record keeps the experiment, its numbers, its controls and the machine. Anyone can run it again with `mikit
# replay my-record.json` in a terminal; it says how far the numbers are from yours.

# %% label="evidence" tags=["workshop"]
from mikit.studies.prompts import TextPrompt

mary_alone = [1.0 if i == 1 else 0.0 for i in range(14)]
study = mikit.PlaceAttention(
    model=model.ref, prompt=TextPrompt(text=prompt), layer=23, head=3, answer=" Mary", foil=" John", shares=mary_alone
)
result = mikit.run_study(study, model)
placed, real = result.grids["logit difference"].values.numpy()
even = result.controls[0].grids["logit difference"].values.numpy()[0]
print(
    f"In {model.ref.chip}, on one prompt, setting L23H3's attention from the last token to ' Mary' alone changed the\n"
    f"logit difference of ' Mary' and ' John' from {real:+.2f} to {placed:+.2f}; spreading it evenly, to {even:+.2f}.\n"
    "Tested: one prompt here, 16 in the file of numbers; one way to set attention; one model."
)
print("Saved", mikit.Record.of([result], model).save("my-record.json"))

# %% [markdown] label="raw-text" tags=["optional"]
# ## Optional: the tool underneath
#
# mikit reads and changes models with a library called **nnsight**. Here it is in the open, on a model of two layers
# with random weights, made for the purpose. Inside `with ... .trace` the lines do not run at once: they are woven
# into the model's forward pass, and run when it gets there. So they must stand in the order in which the model
# computes.
#
# nnsight can do one thing at a time in a process. The views above share it, so `mikit.exclusive()` makes them wait.

# %% label="raw" tags=["optional", "toy"]
import nnsight
import torch
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(0)
sizes = {"vocab_size": 50, "hidden_size": 16, "intermediate_size": 32}
hf = LlamaForCausalLM(LlamaConfig(**sizes, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2)).eval()
tiny = nnsight.NNsight(hf)
ids = torch.tensor([[3, 1, 4, 1, 5]])

with mikit.exclusive(), torch.no_grad():
    with tiny.trace(ids):
        stream = nnsight.save(tiny.model.layers[0].output.clone())  # read what leaves layer 0
        before = nnsight.save(tiny.output.logits[0, -1].clone())
    with tiny.trace(ids):
        tiny.model.layers[1].self_attn.o_proj.input[:, :, :8] = 0  # switch off head 0 of layer 1: its 8 numbers
        after = nnsight.save(tiny.output.logits[0, -1].clone())

print("what leaves layer 0: [batch, position, width] =", list(stream.shape))
print("largest change of a logit with the head off:", round((after - before).abs().max().item(), 4))

# %% [markdown] label="raw-try" tags=["optional"]
# Change `:8` to `8:` to switch off the other head. Then press **Code** in any view above and choose *nnsight*: you
# can read those lines now.

# %% label="done" tags=["workshop"]
print("Your progress code:", lesson.code)
